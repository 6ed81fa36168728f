// SPDX-License-Identifier: Apache-2.0
// The grammar of the command line, and which values the settings take, by README's table.
#pragma once

#include "stepdown/settings/command_line.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace stepdown::fuzz {

struct Value {
    std::string text;
    Origin origin = Origin::flag;
};
using Values = std::map<Option, Value>;

// What the grammar makes of argv.
struct ArgvReading {
    Values values;
    std::size_t command = 0;  // the index of its first word
};

// Nothing: it is refused.
[[nodiscard]] std::optional<ArgvReading> read_argv(const std::vector<std::string>& argv);

// Which texts the settings take.
class Judge {
  public:
    explicit Judge(const Values& values) : values_(values) {}

    // The options whose values are refused. Option::dry_run stands for a command that is missing, and for a page that
    // no dry run prints.
    [[nodiscard]] std::set<Option> mistakes(bool has_command) const;

    [[nodiscard]] std::string text(Option option, const std::string& otherwise) const;
    // Not set is false.
    [[nodiscard]] bool is_true(Option option) const;
    [[nodiscard]] bool is_boolean(Option option) const;
    [[nodiscard]] bool is_dry_run() const;
    [[nodiscard]] bool is_json() const;

  private:
    [[nodiscard]] std::string lower(Option option) const;
    [[nodiscard]] bool is_one_of(Option option, const std::vector<std::string>& words) const;
    [[nodiscard]] bool is_id(Option option, const std::string& lowest) const;
    [[nodiscard]] bool is_name() const;
    [[nodiscard]] bool is_umask() const;
    [[nodiscard]] bool is_list(Option option) const;
    [[nodiscard]] bool names_capabilities() const;
    [[nodiscard]] bool names_paths(Option option) const;

    const Values& values_;
};

}  // namespace stepdown::fuzz
