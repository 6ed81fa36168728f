// SPDX-License-Identifier: Apache-2.0
// The settings that name ids, groups and an account. Errors are those of a value that is badly written.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/settings/settings.h"

#include <cstdint>
#include <optional>

namespace stepdown {

// The entries of a list of groups; nothing for a variable that holds none. "none" gives no entry, and stands alone.
[[nodiscard]] Result<std::optional<GroupsSetting>> group_entries(const std::optional<RawValue>& given);

// The value of option if it is a number from lowest to 4294967294, @PATH or -@PATH.
[[nodiscard]] Result<std::optional<RawValue>> new_id(const CommandLine& line, Option option, std::uint32_t lowest);

// given, if it is a name that useradd(8) takes.
[[nodiscard]] Result<std::optional<RawValue>> name_for_passwd(const std::optional<RawValue>& given);

}  // namespace stepdown
