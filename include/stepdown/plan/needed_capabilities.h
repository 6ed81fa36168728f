// SPDX-License-Identifier: Apache-2.0
// The capabilities that a start as root lacks, all at once, so that one cap_add is enough.
#pragma once

#include "stepdown/plan/plan.h"
#include "stepdown/settings/settings.h"

#include <string>
#include <vector>

namespace stepdown {

// Ends each error of plan about a capability that root lacks with the cap_add that lets the start succeed, and says
// which other setting a capability is for. missing: those that the change of the ids lacks. The directories and trees
// are looked at, as far as this process may see them. Nothing where the process is not root, or no such error exists.
void name_needed_capabilities(const std::vector<std::string>& missing, const Settings& settings, const Process& process,
                              Plan& plan);

}  // namespace stepdown
