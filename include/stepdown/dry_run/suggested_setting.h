// SPDX-License-Identifier: Apache-2.0
// The suggestions to set a setting, by its flag or its variable as the user wrote it.
#pragma once

#include "stepdown/base/setting_name.h"
#include "stepdown/dry_run/findings.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// The suggestion to set name, which takes one value, to value: "set GOSU_HOME=/tmp". purpose follows the clause as it
// is: " to run as its owner".
[[nodiscard]] Suggestion suggest_value(SettingName name, const std::string& value, std::string_view purpose = "");

// The suggestion to set name, a list of paths or groups, to entry: "set GOSU_CHOWN=/data". If the list has entries
// already (is_first is false), entry joins them: "add /data to GOSU_CHOWN", or "add --chown /data" for a flag, which
// may be repeated. An entry with a blank is quoted for stepdown, and where it is set, once more for the shell.
[[nodiscard]] Suggestion suggest_entry(SettingName name, const std::string& entry, bool is_first,
                                       std::string_view purpose = "");

// The suggestion to take those paths out of plan's exclusions that are given: "take /data/a out of GOSU_CHOWN_EXCLUDE".
// Its value is the list of those that stay, "" if none does.
[[nodiscard]] Suggestion suggest_without(const std::vector<std::string>& given, const Exclusions& exclusions);

// The suggestion to run the command as the owner of step, which is not root. An account that plan.is_renumberable says
// can have other ids gets them and keeps its name.
[[nodiscard]] Suggestion suggest_owner(const Plan& plan, const PathStep& step);

// The suggestions as one sentence without its full stop: "Set GOSU_GROUPS=@/data, or GOSU_CHOWN=/data"; "" for none.
[[nodiscard]] std::string in_words(const std::vector<Suggestion>& suggestions);

}  // namespace stepdown
