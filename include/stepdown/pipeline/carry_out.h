// SPDX-License-Identifier: Apache-2.0
// From the Plan to the command: nothing is decided from here on.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/plan/plan.h"
#include "stepdown/system/kernel.h"

namespace stepdown {

// Ends with the errors of plan and those of its paths, all at once. If there are none, it edits the account files,
// makes the directories, owns the trees, hands the streams over, becomes the user, and becomes the command. environment
// is the process's own. Returns only when something failed; then the process may be anything and must end.
[[nodiscard]] Failure carry_out(Kernel& kernel, const Plan& plan, StringVector environment);

}  // namespace stepdown
