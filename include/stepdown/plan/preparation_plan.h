// SPDX-License-Identifier: Apache-2.0
// The decision about everything that is prepared for the user.
#pragma once

#include "stepdown/plan/plan.h"
#include "stepdown/settings/settings.h"

#include <string>

namespace stepdown {

// Each adds a stage to plan, whose identity and credentials are decided. What a process that is not root may not do is
// a warning of that stage's, under Strictness::strict the end of the start.
void decide_directories(const Settings& settings, const Process& process, Plan& plan);
void decide_ownership(const Settings& settings, const Process& process, Plan& plan);
// No stage where the uid stays, or where the setting keeps the streams.
void decide_stdio(const Settings& settings, const Process& process, Plan& plan);

// The streams that plan's user cannot open because of refusal, and the setting or capability that changes that; ""
// where the user is in the group that may write to the terminal.
[[nodiscard]] std::string terminal_warning(const TerminalRefusal& refusal, const Plan& plan);

}  // namespace stepdown
