// SPDX-License-Identifier: Apache-2.0
// Names that are close to a setting's: what was meant.
#pragma once

#include "stepdown/settings/options.h"
#include "stepdown/system/kernel.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// Returns true if a and b differ by exactly one edit: a letter missing, added or changed, or two neighbours swapped.
[[nodiscard]] bool is_one_edit_apart(std::string_view a, std::string_view b);

// The option that word, which is no option, may have been meant for: one that it abbreviates, or the one with the
// fewest edits between them, of which there may be one for each three letters. Dashes in front, the case of letters and
// what follows a '=' do not count. Null where there is none.
[[nodiscard]] const OptionDeclaration* closest_option(std::string_view word);

// The warning for a variable called name.
[[nodiscard]] Message unknown_setting(std::string_view name, const OptionDeclaration& meant);

// One warning for each variable of environment that is one typo from a setting's name and no setting itself.
[[nodiscard]] std::vector<Message> typo_warnings(StringVector environment);

}  // namespace stepdown
