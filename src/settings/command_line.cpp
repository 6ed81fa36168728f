// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/command_line.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/flags.h"

#include <unistd.h>

#include <algorithm>

namespace stepdown {
namespace {

// Values indexed by Option. The data of a variable that is not there is null.
using Variables = std::array<std::string_view, option_count>;

std::size_t index_of(const OptionDeclaration& declared) { return static_cast<std::size_t>(declared.option); }

constexpr std::string_view common_prefix = "GOSU_";  // of all variables

// The option whose variable has that name; option_count for none.
std::size_t option_of_variable(std::string_view name) {
    const auto* found = std::find_if(option_table.begin(), option_table.end(),
                                     [name](const auto& each) { return name == each.variable; });
    return static_cast<std::size_t>(found - option_table.begin());
}

// Reads the variables by one pass over the environment; of several of one name the first counts (getenv(3)).
Variables read_variables(StringVector environment) {
    Variables texts;
    for (; *environment != nullptr; ++environment) {
        const std::string_view entry(*environment);
        const auto equals = entry.find('=');
        if (!entry.starts_with(common_prefix) || equals == std::string_view::npos) continue;
        const std::size_t option = option_of_variable(entry.substr(0, equals));
        if (option == option_count || texts[option].data() != nullptr) continue;
        texts[option] = entry.substr(equals + 1);
    }
    return texts;
}

std::optional<RawValue> given(const OptionDeclaration& declared, const std::string& flag, std::string_view variable) {
    if (!flag.empty()) return RawValue{flag, Origin::flag, std::string(declared.long_flag()) + "=" + quote(flag)};
    if (variable.empty()) return std::nullopt;
    return RawValue{std::string(variable), Origin::variable, std::string(declared.variable) + "=" + quote(variable)};
}

bool is_variable_of_the_start(const CommandLine& line, const OptionDeclaration& declared) {
    const auto& given = line[declared.option];
    return declared.scope == Honoured::at_entrypoint && given && given->origin == Origin::variable;
}

bool is_call(const CommandLine& line, Parent parent) {
    const auto& user = line[Option::user];
    if (!user || user->origin != Origin::flag || is_container_start(parent)) return false;
    return line.overrides_user || parent == Parent::other;
}

}  // namespace

Result<CommandLine> read_command_line(StringVector argv) {
    CommandLine line;
    line.command = argv;
    if (*argv == nullptr) return line;
    FlagValues flags;
    line.command = TRY(read_flags(argv, flags));
    const Variables variables = read_variables(environ);
    for (std::size_t i = 0; i < option_count; ++i) line.options[i] = given(option_table[i], flags[i], variables[i]);
    constexpr auto user = static_cast<std::size_t>(Option::user);
    line.overrides_user = !flags[user].empty() && !variables[user].empty();
    return line;
}

void decide_invocation(CommandLine& line, Parent parent) {
    if (!is_call(line, parent)) return;
    line.invocation = Invocation::call;
    for (const OptionDeclaration& declared : option_table) {
        if (!is_variable_of_the_start(line, declared)) continue;
        line.ignored.push_back(&declared);
        line.options[index_of(declared)].reset();
    }
}

bool has_entrypoint_variables(const CommandLine& line) {
    return std::any_of(option_table.begin(), option_table.end(),
                       [&line](const auto& declared) { return is_variable_of_the_start(line, declared); });
}

}  // namespace stepdown
