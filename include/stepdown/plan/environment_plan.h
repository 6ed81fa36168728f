// SPDX-License-Identifier: Apache-2.0
// HOME, USER and LOGNAME, of the settings and of who becomes whom.
#pragma once

#include "stepdown/identity/accounts.h"
#include "stepdown/launch/environment.h"
#include "stepdown/plan/make_plan.h"
#include "stepdown/plan/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace stepdown {

// The changes for the command that runs as uid, with this passwd entry. A uid that stays keeps all but the HOME that is
// set, and USER and LOGNAME where passwd-name is set and there is an entry.
[[nodiscard]] std::vector<EnvironmentChange> environment_for(const Settings& settings, const PlanInputs& inputs,
                                                             uid_t uid, const std::optional<User>& entry);

// The HOME of a uid without entry: what a new one says.
[[nodiscard]] std::string home_without_entry(const Settings& settings, const PlanInputs& inputs, uid_t uid);

}  // namespace stepdown
