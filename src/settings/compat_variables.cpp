// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/compat_variables.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/shell_words.h"

#include <algorithm>
#include <cstdlib>

namespace stepdown {
namespace {

// The variables for uid, gid and umask, in one text, because a start pays for each pointer of a table.
std::string_view variables_of(std::string_view compat) {
    if (compat == "linuxserver") return "PUID PGID UMASK";
    return compat == "jupyter" ? "NB_UID NB_GID NB_UMASK" : "";
}

// The value of a variable of this process; nothing where it is not set, or empty.
std::optional<RawValue> variable(std::string_view name) {
    const char* value =
        ::getenv(std::string(name).c_str());  // NOLINT(concurrency-mt-unsafe): nothing here sets variables
    if (value == nullptr || *value == '\0') return std::nullopt;
    return RawValue{value, Origin::variable, concat({name, "=", quote(value)})};
}

void read_variable(CommandLine& line, std::size_t index, std::string_view name) {
    auto& option = line.options[static_cast<std::size_t>(compat_options[index])];
    if (option) return;
    option = variable(name);
    if (option) line.compat_names[index] = name;
}

// The commas become blanks, as in start.sh of Jupyter's images, and then the value is read as PATHS. Two values are
// joined only if both parse alone. Otherwise an open quote of one could end in the other.
void read_extra_paths(CommandLine& line) {
    constexpr std::size_t index = compat_options.size() - 1;
    static_assert(compat_options[index] == Option::chown);
    auto& chown = line.options[static_cast<std::size_t>(Option::chown)];
    const auto options = variable("CHOWN_EXTRA_OPTS");
    auto extra = variable("CHOWN_EXTRA");
    if (!extra || !options || !is_recursive(options->value)) return;
    if (chown && (chown->origin == Origin::flag || !split_words(chown->value))) return;
    std::replace(extra->value.begin(), extra->value.end(), ',', ' ');
    line.compat_names[index] = "CHOWN_EXTRA";
    if (chown && split_words(extra->value)) {
        line.compat_names[index] = "GOSU_CHOWN or CHOWN_EXTRA";
        extra->value = concat({chown->value, " ", extra->value});
        extra->label = concat({chown->label, ", ", extra->label});
    }
    chown = std::move(extra);
}

}  // namespace

[[gnu::cold]] bool is_recursive(std::string_view options) {
    constexpr std::string_view blanks = " \t\n";
    while (true) {
        options.remove_prefix(std::min(options.find_first_not_of(blanks), options.size()));
        if (options.empty()) return false;
        const std::string_view word = options.substr(0, options.find_first_of(blanks));
        const bool is_letters = word.starts_with('-') && !word.starts_with("--");
        if (word == "--recursive" || (is_letters && word.find('R') != std::string_view::npos)) return true;
        options.remove_prefix(word.size());
    }
}

[[gnu::cold]] void add_compat_variables(CommandLine& line) {
    const std::string& compat = line[Option::compat]->value;
    std::string_view names = variables_of(compat);
    for (std::size_t index = 0; !names.empty(); ++index) read_variable(line, index, pop_piece(names, ' '));
    if (compat == "jupyter") read_extra_paths(line);
}

}  // namespace stepdown
