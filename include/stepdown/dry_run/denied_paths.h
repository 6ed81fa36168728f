// SPDX-License-Identifier: Apache-2.0
// The paths that the user will not be able to use: the answer to "Permission denied" in a container.
#pragma once

#include "stepdown/dry_run/access_forecast.h"
#include "stepdown/dry_run/findings.h"

#include <vector>

namespace stepdown {

// The paths that the command is likely to use and where the user will lack a permission when the preparation is done:
// what is owned and created for it, a HOME that is missing, a volume or the working directory, the working directory,
// standard output and error, and absolute paths among the command's words. Nothing for a plan that cannot be carried
// out.
[[nodiscard]] std::vector<DeniedPath> find_denied_paths(const AccessForecast& forecast, const Plan& plan,
                                                        const Findings& findings, StringVector environment);

}  // namespace stepdown
