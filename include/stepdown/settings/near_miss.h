// Variables whose names are one slip from a setting's.
#pragma once

#include "stepdown/base/kernel.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// Whether a and b differ by exactly one slip: a letter missing, added or changed, or two neighbours swapped.
[[nodiscard]] bool one_slip_apart(std::string_view a, std::string_view b);

// One warning for each variable of environment that is one slip from a setting's name and no setting itself.
[[nodiscard]] std::vector<std::string> near_miss_warnings(StringVector environment);

}  // namespace stepdown
