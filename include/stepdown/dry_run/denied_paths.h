// SPDX-License-Identifier: Apache-2.0
// The paths that the user will not be able to use: the answer to "Permission denied" in a container.
#pragma once

#include "stepdown/dry_run/access_forecast.h"
#include "stepdown/dry_run/findings.h"

#include <vector>

namespace stepdown {

// The paths that the command is likely to use and where the user will lack a right when the preparation is done: what
// is owned and created for it, HOME, the working directory, standard output and error, every mount that is not the
// kernel's own, and absolute paths among the command's words. Each says who owns what stands in the way and what to
// write. Nothing for a plan that cannot be carried out.
[[nodiscard]] std::vector<DeniedPath> find_denied_paths(const AccessForecast& forecast, const Plan& plan,
                                                        const Findings& findings, StringVector environment);

}  // namespace stepdown
