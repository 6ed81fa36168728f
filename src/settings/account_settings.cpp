// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/account_settings.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/setting_names.h"
#include "stepdown/settings/shell_words.h"
#include "stepdown/settings/value_hint.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace stepdown {
namespace {

// "@PATH", or "-@PATH" for one that need not exist; read later, like that of a user.
bool is_owner_of_path(std::string_view text) {
    if (text.starts_with("-@")) text.remove_prefix(1);
    return text.front() == '@' && text.size() > 1;
}

}  // namespace

Result<std::optional<GroupsSetting>> group_entries(const std::optional<RawValue>& given) {
    if (!given) return std::optional<GroupsSetting>();
    GroupsSetting groups{split_list(given->value), *given};
    if (groups.entries.empty() && given->origin == Origin::flag) return refuse_value(*given, "it names no group");
    if (groups.entries.empty()) return std::optional<GroupsSetting>();
    if (std::find(groups.entries.begin(), groups.entries.end(), "none") != groups.entries.end()) {
        if (groups.entries.size() > 1) return refuse_value(*given, "\"none\" cannot be combined with other entries");
        groups.entries.clear();
    }
    return std::optional<GroupsSetting>(std::move(groups));
}

Result<std::optional<RawValue>> new_id(const CommandLine& line, Option option, std::uint32_t lowest) {
    const auto& given = line[option];
    if (!given) return given;
    const auto id = parse_id(given->value);
    if (is_owner_of_path(given->value) || (id && *id >= lowest)) return given;
    if (id) {
        return refuse_value(*given, concat({"uid 0 is root, and no other account. To run as root ",
                                            clause_to_set(SettingNames(line)[Option::user], "root"), ", and leave ",
                                            setting_name(*given), " out"}));
    }
    return refuse_value(*given, "it must be a number from " + std::to_string(lowest) +
                                    " to 4294967294, or @PATH for the owner of PATH");
}

// The names that useradd(8) takes by default, so that no program stumbles over one: a number is no name, and there are
// no separators, blanks or control bytes.
Result<std::optional<RawValue>> name_for_passwd(const std::optional<RawValue>& given) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    constexpr std::string_view others = "0123456789.-";
    constexpr std::size_t longest = 32;
    if (!given) return given;
    const std::string_view name = given->value;
    const auto is_allowed = [&](char c) {
        return letters.find(c) != std::string_view::npos || others.find(c) != std::string_view::npos;
    };
    const bool starts_well = letters.find(name.front()) != std::string_view::npos;
    if (starts_well && name.size() <= longest && std::all_of(name.begin(), name.end(), is_allowed)) return given;
    return refuse_value(*given,
                        "it must be a name of at most 32 letters, digits, _, . and -, that starts with a letter or _");
}

}  // namespace stepdown
