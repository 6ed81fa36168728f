// SPDX-License-Identifier: Apache-2.0
// The dry run as a page for people.
#pragma once

#include "stepdown/dry_run/findings.h"
#include "stepdown/plan/plan.h"
#include "stepdown/system/kernel.h"

#include <string>

namespace stepdown {

// The dry run's text, for people: a line a decision, where the user lacks access, the problems, and whether the start
// would succeed. What depends on a user that is not known is left out. environment is the process's own.
[[nodiscard]] std::string text_page(const Plan& plan, const Findings& findings, StringVector environment);

}  // namespace stepdown
