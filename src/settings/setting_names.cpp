// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/setting_names.h"

namespace stepdown {
namespace {

static_assert(option_count <= 32, "SettingNames has a bit for each");

std::uint32_t bit_of(Option option) { return std::uint32_t{1} << static_cast<unsigned>(option); }

// The options that a message about the chown tells the user to set.
bool goes_with_chown(Option option) {
    switch (option) {
        case Option::mkdir:
        case Option::chown_policy:
        case Option::chown_errors:
        case Option::chown_hardlinks:
        case Option::one_file_system: return true;
        default: return false;
    }
}

bool goes_by_flag(const CommandLine& line, const OptionDeclaration& declared) {
    const auto& given = line[declared.option];
    if (given) return given->origin == Origin::flag;
    const auto& chown = line[Option::chown];
    if (goes_with_chown(declared.option) && chown) return chown->origin == Origin::flag;
    return line.invocation == Invocation::call && declared.scope == Honoured::at_entrypoint;
}

}  // namespace

SettingName name_of(Option option, Origin origin) {
    const OptionDeclaration& declared = option_table[static_cast<std::size_t>(option)];
    const std::string_view variable(declared.variable);
    return origin == Origin::flag || variable.empty() ? declared.long_flag() : variable;
}

SettingNames::SettingNames(const CommandLine& line) : compat_(line.compat_names) {
    for (const OptionDeclaration& declared : option_table) {
        if (goes_by_flag(line, declared)) flags_ |= bit_of(declared.option);
    }
}

SettingName SettingNames::operator[](Option option) const {
    return name_of(option, (flags_ & bit_of(option)) != 0 ? Origin::flag : Origin::variable);
}

SettingName SettingNames::as_given(Option option) const {
    for (std::size_t i = 0; i < compat_.size(); ++i) {
        if (compat_options[i] == option && !compat_[i].empty()) return compat_[i];
    }
    return (*this)[option];
}

}  // namespace stepdown
