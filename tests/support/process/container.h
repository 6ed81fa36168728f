// SPDX-License-Identifier: Apache-2.0
// Containers as far as pid namespaces and inits make them: who is process 1, and who its child.
#pragma once

#include "support/files/temporary.h"
#include "support/process/programs.h"
#include "support/process/steps.h"

#include <optional>
#include <string>

namespace stepdown::test {

// An init that containers use: the program, by the name that its process has, and its words before the command.
struct Init {
    std::string file;
    Words words;
};

// Those of Debian, and those that Docker and podman mount into a container under names of their own.
class Inits {
  public:
    Inits();
    [[nodiscard]] const std::vector<Init>& all() const { return inits_; }
    // Why they cannot be run here; nothing: they can.
    static std::optional<std::string> missing();

  private:
    TemporaryDirectory directory_;
    std::vector<Init> inits_;
};

// command, which becomes process 1 of a pid namespace with a /proc and a session of its own.
Command in_container(Command command);
// The same with init as process 1, whose child command is.
Command behind(const Init& init, Command command);

// Needs private_mounts: the /proc of this pid namespace.
Step own_proc();
// The program runs in the pid namespace of process, and its parent is outside, as docker exec does it. Its exit code
// becomes that of the process which the harness waits for.
Step enter_pid_namespace(pid_t process);

}  // namespace stepdown::test
