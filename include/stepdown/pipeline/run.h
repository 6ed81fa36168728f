// The pipeline, natively and as a peer: from argv to the command.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/compat/command_line.h"
#include "stepdown/system/kernel.h"

namespace stepdown {

// Reads settings, accounts and the process, makes the plan, and carries it out, or prints it for a dry run. environment
// is the process's own. Returns only when the command does not run: success when what was asked for is printed.
[[nodiscard]] Result<void> run_natively(Kernel& kernel, StringVector argv, StringVector environment);

// The same as gosu or su-exec. The error is in the peer's words.
[[nodiscard]] Result<void> run_as_peer(Kernel& kernel, Personality peer, StringVector argv, StringVector environment);

}  // namespace stepdown
