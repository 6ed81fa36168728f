// SPDX-License-Identifier: Apache-2.0
// Processes that count for a limit.
#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

namespace stepdown::test {

// Processes of uid, which wait until the end of the test.
class Processes {
  public:
    Processes(int count, uid_t uid) {
        for (int i = 0; i < count; ++i) {
            const pid_t child = ::fork();
            if (child == 0) {
                if (::setresuid(uid, uid, uid) == 0) ::raise(SIGSTOP);
                ::_exit(0);
            }
            ::waitpid(child, nullptr, WUNTRACED);
            all_.push_back(child);
        }
    }
    Processes(const Processes&) = delete;
    Processes& operator=(const Processes&) = delete;
    ~Processes() {
        for (const pid_t child : all_) {
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
        }
    }

  private:
    std::vector<pid_t> all_;
};

}  // namespace stepdown::test
