// SPDX-License-Identifier: Apache-2.0
// The suggestions for the files of the person who runs a rootless engine, which seem to be root's in the container.
#pragma once

#include "stepdown/dry_run/findings.h"
#include "stepdown/plan/plan.h"

#include <vector>

namespace stepdown {

// Running as root, which is that person, or without root as the person's uid (podman's keep-id). The second is left out
// where such a start would be refused: a flag names the user, or strict is set. stays: this process cannot change its
// user, so the container has to start as root.
[[nodiscard]] std::vector<Suggestion> run_as_root(const Plan& plan, bool stays);

}  // namespace stepdown
