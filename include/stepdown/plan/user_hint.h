// SPDX-License-Identifier: Apache-2.0
// The refusals of a user or group that is not set or not known, with what was probably meant. A user is proposed only
// where the account files know it.
#pragma once

#include "stepdown/plan/make_plan.h"

#include <string>

namespace stepdown {

// Adds to plan.errors that no user is set, and what comes close to one: a variable whose name is near GOSU_USER, a
// variable by which another image takes the user, or a first word of the command that names a user. A warning that
// says the same of the variable leaves plan.warnings.
void refuse_without_user(const PlanInputs& inputs, Plan& plan);

// "cannot use <label>: <reason>. <hint>" for each reason why the user could not be resolved. The hint is value_hint's,
// else the account that is meant by a name with one typo, by "app.app", or by a number that YAML 1.1 made of "33:33". A
// hint corrects the value as a whole, so the reasons after one that has a hint are left out.
[[nodiscard]] Failure refuse_user(const RawValue& given, const Error& reasons, const Accounts& accounts);

// The same for those reasons that process does not skip (is_skippable); success if it skips all of them.
[[nodiscard]] Result<void> refuse_unless_skipped(const Settings& settings, const Process& process, const Error& reasons,
                                                 const Accounts& accounts);

// The same for each entry of the list of groups that cannot be resolved.
[[nodiscard]] Result<void> refuse_groups(const Settings& settings, const Process& process, const Accounts& accounts);

}  // namespace stepdown
