// What is made ready for the user before the process becomes it.
#pragma once

#include "stepdown/plan/plan.h"

namespace stepdown {

// Each adds a stage to plan, whose identity and credentials are decided. What a process that is not root may not do is
// a warning of that stage's, under Strictness::strict the end of the start.
void decide_directories(const Settings& settings, const Process& process, Plan& plan);
void decide_ownership(const Settings& settings, const Process& process, Plan& plan);
// No stage where the uid stays, or where the setting keeps the streams.
void decide_stdio(const Settings& settings, const Process& process, Plan& plan);

}  // namespace stepdown
