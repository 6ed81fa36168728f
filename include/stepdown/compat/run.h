// SPDX-License-Identifier: Apache-2.0
// The pipeline of the gosu and su-exec names.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/compat/command_line.h"
#include "stepdown/system/kernel.h"

namespace stepdown {

// Runs the command that argv asks for. environment is the process's own. Returns only when the command does not run:
// success when a text that was asked for is printed. The error is in the words of applet.
[[nodiscard]] Result<void> run_applet(Kernel& kernel, Applet applet, StringVector argv, StringVector environment);

}  // namespace stepdown
