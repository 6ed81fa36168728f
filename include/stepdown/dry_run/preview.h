// SPDX-License-Identifier: Apache-2.0
// The preview of a start: every stage says what it would do, and what would fail.
#pragma once

#include "stepdown/dry_run/findings.h"
#include "stepdown/plan/plan.h"
#include "stepdown/system/kernel.h"

namespace stepdown {

// Asks every stage, read-only. environment is the process's own.
[[nodiscard]] Findings preview(Kernel& kernel, const Plan& plan, StringVector environment);

}  // namespace stepdown
