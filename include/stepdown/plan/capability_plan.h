// SPDX-License-Identifier: Apache-2.0
// The decision about the capabilities.
#pragma once

#include "stepdown/plan/plan.h"
#include "stepdown/settings/settings.h"

namespace stepdown {

// The names of the capabilities that process lacks to end with exactly those of wanted.
[[nodiscard]] std::vector<std::string> lacking_capabilities(CapabilitySet wanted, const Process& process);

// Adds to plan, whose credentials are decided, what the setting of capabilities asks for. What process lacks for it is
// an error; where a variable asked, and process is not root and stays the same user, it is a warning, and the rest
// is done.
void decide_capabilities(const Settings& settings, const Process& process, Plan& plan);

// The capabilities that plan leaves in the permitted, effective, inheritable and ambient sets, and in the bounding set;
// nothing: they are left as they are.
[[nodiscard]] std::optional<CapabilitySet> capabilities_after(const Plan& plan);
[[nodiscard]] std::optional<CapabilitySet> bounding_set_after(const Plan& plan);

}  // namespace stepdown
