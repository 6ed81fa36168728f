// SPDX-License-Identifier: Apache-2.0
// The flags of the command line, which CLI11 reads.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/settings/options.h"
#include "stepdown/system/kernel.h"

#include <array>
#include <string>

namespace stepdown {

// Values indexed by Option. "" means not given, because empty values are refused.
using FlagValues = std::array<std::string, option_count>;

// Reads the options after argv[0] and returns the place in argv at which the command's words begin. Options end at the
// first word that is not one, or after "--". Nothing is abbreviated, and letters are not joined. A list that is given
// more than once adds up, and of anything else the last value counts. Errors (a usage error): the first word from the
// left that is an unknown option or an option whose value is missing or empty.
[[nodiscard]] Result<StringVector> read_flags(StringVector argv, FlagValues& values);

}  // namespace stepdown
