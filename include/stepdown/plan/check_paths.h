// SPDX-License-Identifier: Apache-2.0
// The paths of a plan, looked at before its first change.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/plan/plan.h"

#include <vector>

namespace stepdown {

// Returns true if operand does not exist yet, but will when the trees' turn comes: directories says what is created
// before.
[[nodiscard]] bool is_created_first(const Operand& operand, const std::vector<DirectoryPreview>& directories);

// Error: a directory that cannot be created, unless that is a warning, or an operand of the chown that is refused or
// missing and that no directory of the plan is. Does nothing where one stage alone would change something, because each
// stage looks at its own paths first; else a directory costs a second resolution, and so do the operands with the
// protected files. Read-only.
[[nodiscard]] Result<void> check_paths(const Plan& plan);

}  // namespace stepdown
