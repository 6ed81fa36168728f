// SPDX-License-Identifier: Apache-2.0
// The plan of the gosu and su-exec names: credentials, HOME and the command.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/compat/command_line.h"
#include "stepdown/plan/make_plan.h"

namespace stepdown {

// The plan for call. Errors: those of the identity.
[[nodiscard]] Result<Plan> make_compat_plan(Applet applet, const CompatCommand& call, const PlanInputs& inputs);

}  // namespace stepdown
