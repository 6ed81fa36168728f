// SPDX-License-Identifier: Apache-2.0
// The dry run as a page for programs.
#pragma once

#include "stepdown/dry_run/findings.h"
#include "stepdown/plan/plan.h"
#include "stepdown/system/kernel.h"

#include <string>

namespace stepdown {

// The same for machines: one JSON object and a line feed. What is not UTF-8 is escaped. A user that is not known is
// null, and so are the group, the groups and HOME.
[[nodiscard]] std::string json_page(const Plan& plan, const Findings& findings, StringVector environment);

}  // namespace stepdown
