// SPDX-License-Identifier: Apache-2.0
// What `probe see` and `probe regain` printed, as values.
#pragma once

#include "support/process/process.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown::test {

class Seen {
  public:
    explicit Seen(std::string_view output);

    // Every value of key, in the order printed.
    [[nodiscard]] std::vector<std::string> all(const std::string& key) const;
    // The first value of key; "" when there is none.
    [[nodiscard]] std::string one(const std::string& key) const;
    // The value of an environment variable, the first of that name; "(unset)" when there is none.
    [[nodiscard]] std::string variable(std::string_view name) const;
    // The environment and the arguments in order, unescaped, with their lengths checked.
    [[nodiscard]] std::vector<std::string> texts(const std::string& key) const;
    // "1000": the one id that real, effective, saved and filesystem id all are; else all four.
    [[nodiscard]] std::string uid() const;
    [[nodiscard]] std::string gid() const;
    // "29 44": the supplementary groups in ascending order.
    [[nodiscard]] std::string groups() const;
    // "1000:1000 29 44": uid(), gid() and groups().
    [[nodiscard]] std::string ids() const;
    // fd → where it leads, as /proc/self/fd has it.
    [[nodiscard]] std::map<int, std::string> fds() const;

  private:
    std::vector<std::pair<std::string, std::string>> lines_;
};

// The output of a run; records a failure unless it ended with exit code 0.
Seen seen(const Outcome& outcome);

}  // namespace stepdown::test
