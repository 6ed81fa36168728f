// SPDX-License-Identifier: Apache-2.0
// Settings that are given as flags in one start and as variables in the next, and the names that messages then hold.
#pragma once

#include "stepdown/settings/setting_names.h"

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace stepdown::test {

using GivenSettings = std::vector<std::pair<Option, std::string>>;

// "--user=app" or "GOSU_USER=app" for each.
inline std::vector<std::string> as_words(const GivenSettings& given, Origin origin) {
    std::vector<std::string> words;
    for (const auto& [option, value] : given) words.push_back(std::string(name_of(option, origin)) + "=" + value);
    return words;
}

// Every name of a setting in message: "--chown", "GOSU_CHOWN". Options of docker's are none.
inline std::set<std::string> names_in(const std::string& message) {
    const std::regex name("GOSU_[A-Z_]*[A-Z]|--[a-z]+(-[a-z]+)*");
    std::set<std::string> names;
    for (std::sregex_iterator each(message.begin(), message.end(), name); each != std::sregex_iterator(); ++each) {
        const std::string found = each->str();
        const bool is_ours = std::any_of(option_table.begin(), option_table.end(),
                                         [&found](const auto& declared) { return found == declared.long_flag(); });
        if (is_ours || !found.starts_with('-')) names.insert(found);
    }
    return names;
}

// Returns true if message names a setting, and none in the other form.
inline bool names_as(Origin origin, const std::string& message) {
    const std::set<std::string> names = names_in(message);
    for (const std::string& name : names) {
        if (name.starts_with('-') != (origin == Origin::flag)) return false;
    }
    return !names.empty();
}

}  // namespace stepdown::test
