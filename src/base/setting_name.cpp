// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/setting_name.h"

#include "stepdown/base/text.h"

namespace stepdown {

[[gnu::cold]] std::string with_value(SettingName name, std::string_view value) {
    return concat({name, name.starts_with('-') ? " " : "=", value});
}

[[gnu::cold]] std::string clause_to_set(SettingName name, std::string_view value) {
    return concat({name.starts_with('-') ? "give " : "set ", with_value(name, value)});
}

[[gnu::cold]] std::string sentence_to_set(SettingName name, std::string_view value) {
    return as_sentence(clause_to_set(name, value));
}

}  // namespace stepdown
