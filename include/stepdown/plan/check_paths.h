// SPDX-License-Identifier: Apache-2.0
// The paths of a plan, looked at before its first change.
#pragma once

#include "stepdown/plan/plan.h"
#include "stepdown/settings/mistakes.h"

#include <string_view>
#include <vector>

namespace stepdown {

// The reason why operand is not checked yet. The plan creates it first; or a directory above it cannot be created,
// which is an error already; or a mistake in GOSU_MKDIR may have named it. "" if operand exists, or if no reason
// applies.
[[nodiscard]] std::string_view reason_to_wait(const Operand& operand, const Plan& plan,
                                              const std::vector<DirectoryPreview>& directories);

// The mistakes in paths: a directory that cannot be created, unless that is a warning, or an operand of the chown that
// is refused or missing and that no directory of the plan is. Returns nothing for an unprivileged plan. Without errors
// in plan it also looks at nothing if one stage alone changes something and at most one directory is to be created.
// That stage checks its own paths before its first change. Read-only.
[[nodiscard]] Mistakes check_paths(const Plan& plan);

}  // namespace stepdown
