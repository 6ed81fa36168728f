// SPDX-License-Identifier: Apache-2.0
// The notes and warnings about variables of other images: those that count, and those that have no counterpart.
#pragma once

#include "stepdown/plan/make_plan.h"
#include "stepdown/plan/plan.h"
#include "stepdown/settings/settings.h"

namespace stepdown {

// Adds to plan, whose identity and credentials are decided, one note for each variable that counts by the compat
// setting of settings, which is there. CHOWN_EXTRA without -R, CHOWN_HOME, and NB_USER for another user than plan's are
// not honoured: a warning says what to set instead, under strict an error. Adds nothing where the user is root, or
// where the process cannot change the user, because one warning says that already.
void decide_compat(const Settings& settings, const PlanInputs& inputs, Plan& plan);

}  // namespace stepdown
