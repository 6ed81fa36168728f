// SPDX-License-Identifier: Apache-2.0
// The paths of a plan, looked at before its first change.
#pragma once

#include "stepdown/plan/plan.h"
#include "stepdown/settings/mistakes.h"

#include <string_view>
#include <vector>

namespace stepdown {

// Why operand, which does not exist yet, is not looked at: it will exist when the trees' turn comes, as directories
// says, or it may exist once the mistake in the directories is corrected. "" where it is looked at.
[[nodiscard]] std::string_view reason_to_wait(const Operand& operand, const Plan& plan,
                                              const std::vector<DirectoryPreview>& directories);

// The mistakes in paths: a directory that cannot be created, unless that is a warning, or an operand of the chown that
// is refused or missing and that no directory of the plan is. Looks at nothing where plan has no errors and one stage
// alone would change something, because each stage looks at its own paths first; else a directory costs a second
// resolution, and so do the operands with the protected files. Read-only.
[[nodiscard]] Mistakes check_paths(const Plan& plan);

}  // namespace stepdown
