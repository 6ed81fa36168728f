// SPDX-License-Identifier: Apache-2.0
// Refuses an installation that would give privileges to anyone, first and without override.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/system/kernel.h"

namespace stepdown {

// Errors: our executable has a set-id bit; real and effective ids differ; the real uid is not 0 and permitted
// capabilities exceed the ambient ones (file capabilities); or the error of capget(2). AT_SECURE (getauxval(3)) is no
// reason: SELinux sets it at every container's start.
[[nodiscard]] Result<void> refuse_privileged_install(Kernel& kernel);

}  // namespace stepdown
