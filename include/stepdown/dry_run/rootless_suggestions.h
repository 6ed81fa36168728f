// SPDX-License-Identifier: Apache-2.0
// Suggestions for a file of the person who runs a rootless engine. In the container that person appears as root.
#pragma once

#include "stepdown/dry_run/findings.h"
#include "stepdown/plan/plan.h"

#include <vector>

namespace stepdown {

// The first suggestion is to run as root. The second is to start as the person's uid (podman's keep-id); it is omitted
// if a flag names the user or strict is set. cannot_change_user: the container itself has to start as root.
[[nodiscard]] std::vector<Suggestion> rootless_suggestions(const Plan& plan, bool cannot_change_user);

}  // namespace stepdown
