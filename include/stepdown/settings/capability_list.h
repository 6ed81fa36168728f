// SPDX-License-Identifier: Apache-2.0
// A list of capabilities.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/system/capability.h"

#include <string>
#include <vector>

namespace stepdown {

// The set that entries name; {"none"}: the empty one. Errors are reasons: one for each name that is none, with the one
// that may be meant, and "none" beside others.
[[nodiscard]] Result<CapabilitySet> parse_capabilities(const std::vector<std::string>& entries);

}  // namespace stepdown
