// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/setting_name.h"

#include "stepdown/base/text.h"

namespace stepdown {

[[gnu::cold]] std::string clause_to_set(SettingName name, std::string_view value) {
    if (name.starts_with('-')) return concat({"give ", name, " ", value});
    return concat({"set ", name, "=", value});
}

[[gnu::cold]] std::string sentence_to_set(SettingName name, std::string_view value) {
    return as_sentence(clause_to_set(name, value));
}

}  // namespace stepdown
