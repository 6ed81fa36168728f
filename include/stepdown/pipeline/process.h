// SPDX-License-Identifier: Apache-2.0
// The process as it starts.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/plan/plan.h"
#include "stepdown/system/kernel.h"

namespace stepdown {

// Reads the ids, groups and capabilities of this process; the bounding set stays empty. Errors: those of getgroups(2)
// and capget(2).
[[nodiscard]] Result<Process> read_process(Kernel& kernel);

}  // namespace stepdown
