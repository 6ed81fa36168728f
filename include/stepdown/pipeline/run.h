// SPDX-License-Identifier: Apache-2.0
// The pipeline: from argv to the command.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/system/kernel.h"

namespace stepdown {

// Reads settings, accounts and the process, makes the plan, and carries it out, or prints it for a dry run. environment
// is the process's own. Returns only when the command does not run: success when what was asked for is printed.
[[nodiscard]] Result<void> run_pipeline(Kernel& kernel, StringVector argv, StringVector environment);

}  // namespace stepdown
