// SPDX-License-Identifier: Apache-2.0
// The decision: settings, accounts and the process become a Plan.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/plan/plan.h"
#include "stepdown/settings/settings.h"

namespace stepdown {

// Everything a decision needs.
struct PlanInputs {
    const Accounts& accounts;
    const Process& process;
    StringVector environment = nullptr;
    bool (*group_file_is_apart)() = is_group_file_apart;  // asked only where groups depend on it
};

// The plan for settings, natively. Its errors begin with the mistakes of settings. A mistake hides no other one, except
// those that would follow from it.
[[nodiscard]] Plan make_plan(const Settings& settings, const PlanInputs& inputs);

}  // namespace stepdown
