// SPDX-License-Identifier: Apache-2.0
// The settings that hold PATHS: the directories to create, the trees to own, and what is left out of these.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/settings/settings.h"

#include <optional>
#include <vector>

namespace stepdown {

// The paths of given, each with its hint; none where it is not given. Errors: a quote that is not closed, an empty
// path, a flag that names no path.
[[nodiscard]] Result<std::vector<Operand>> operands_from(const std::optional<RawValue>& given);

// Reads the directories to create into settings. Errors: those of operands_from; a path with a leading '-'.
[[nodiscard]] Result<void> read_directories(const std::optional<RawValue>& given, Settings& settings);

// The words with a '/' are paths, all others are names. Errors: those of operands_from; "." and "..", which no entry is
// called.
[[nodiscard]] Result<ExcludeSetting> exclude_setting(const RawValue& given);

}  // namespace stepdown
