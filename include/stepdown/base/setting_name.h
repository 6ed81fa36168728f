// SPDX-License-Identifier: Apache-2.0
// A setting in a message: named as the user wrote it, by its flag or by its variable.
#pragma once

#include <string>
#include <string_view>

namespace stepdown {

// "--chown" or "GOSU_CHOWN". It points into the option table, so that a start without a message costs no text.
using SettingName = std::string_view;

// The setting with this value, which is escaped already, as the user would write it: "GOSU_CHOWN=/data", or
// "--chown /data" for a flag.
[[nodiscard]] std::string with_value(SettingName name, std::string_view value);

// The clause that tells the user to give the setting this value, which is escaped already: "set GOSU_CHOWN=/data", or
// "give --chown /data" for a flag.
[[nodiscard]] std::string clause_to_set(SettingName name, std::string_view value);

// The same clause at the beginning of a sentence.
[[nodiscard]] std::string sentence_to_set(SettingName name, std::string_view value);

}  // namespace stepdown
