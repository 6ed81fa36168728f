// SPDX-License-Identifier: Apache-2.0
// HOME, USER and LOGNAME for the command; everything else stays as it is, order and duplicates included.
#pragma once

#include "stepdown/system/kernel.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// One variable to set or, without a value, to remove.
struct EnvironmentChange {
    std::string name;
    std::optional<std::string> value;
    bool operator==(const EnvironmentChange&) const = default;
};

// The first value of name, as getenv(3) finds it, or nothing.
[[nodiscard]] std::optional<std::string_view> find_variable(StringVector environment, std::string_view name);

// A vector for execve(2): the original entries, changed ones in place (each duplicate too), new ones at the end. The
// original strings are not copied and must live on.
class Environment {
  public:
    // original ends with a null pointer. A name stands in changes once.
    Environment(StringVector original, const std::vector<EnvironmentChange>& changes);
    // The vector, which ends with a null pointer. It lives as long as this object.
    [[nodiscard]] StringVector data() const { return entries_.data(); }

  private:
    std::vector<std::string> owned_;
    std::vector<char*> entries_;
};

// The facts that the rules for HOME need, about the account that is left and the one that is entered.
struct AccountChange {
    std::string starting_home;                // the home of the account that started the process
    std::optional<std::string> entry_name;    // the target's passwd entry, if it has one
    std::optional<std::string> entry_home;    // its home field, which may be empty
    std::optional<std::string> home_setting;  // the HOME that is set
};

// For a uid that changes. HOME: the setting; else the entry's home; else the inherited HOME unless it is the starting
// account's own; else "/". USER and LOGNAME: the entry's name; without entry removed where they say "root".
[[nodiscard]] std::vector<EnvironmentChange> changes_for_new_user(const AccountChange& account,
                                                                  StringVector environment);

}  // namespace stepdown
