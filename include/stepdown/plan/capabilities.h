// What becomes of the capabilities.
#pragma once

#include "stepdown/plan/plan.h"

namespace stepdown {

// Adds to plan, whose credentials are decided, what the setting of capabilities asks for. What process lacks for it is
// an obstacle; where a variable asked, and process is not root and stays the same user, it is a warning, and the rest
// is done.
void decide_capabilities(const Settings& settings, const Process& process, Plan& plan);

}  // namespace stepdown
