// SPDX-License-Identifier: Apache-2.0
// The programs that the start-up bench compares, and how they are started.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace stepdown::bench {

// One way to start a command as another user.
struct Contender {
    std::string name;
    bool changes_user = true;
    std::string file;                      // empty: the command itself is started
    std::vector<std::string> environment;  // beside PATH and HOME
    std::vector<std::string> words;        // argv, without the command's own word
};

// Reads lines of "NAME user|root FILE|- [VARIABLE=VALUE]... [ARGV0 [WORD]...]": user for what is to run the command as
// nobody, root for a floor that changes nothing. nullopt: the file cannot be read, or a line is short.
std::optional<std::vector<Contender>> read_contenders(const std::string& path);

// What execve(2) takes to start command by a contender. Valid as long as both live.
class CommandStart {
  public:
    CommandStart(const Contender& contender, const std::string& command);

    const char* file() const { return file_; }
    char* const* argv() const { return argv_.data(); }
    char* const* envp() const { return envp_.data(); }

  private:
    const char* file_;
    std::vector<char*> argv_;
    std::vector<char*> envp_;
};

// The caller and what it starts, so that no start waits for another core to wake.
void stay_on_one_core();

}  // namespace stepdown::bench
