// SPDX-License-Identifier: Apache-2.0
// The output of stepdown itself, on standard output and standard error, whatever those are.
#pragma once

#include "stepdown/base/result.h"

#include <string_view>

namespace stepdown {

// From here on a pipe that nobody reads (SIGPIPE) and a file at its size limit (SIGXFSZ) are errors of write(2) alone.
// The command finds these signals as they were.
void survive_output_signals();

// Writes bytes, at most PIPE_BUF of them, to standard error, at once or not at all, or to a terminal that this process
// may not open by its name as many as there is room for: never blocks, waits or kills, whether that is closed, full, a
// pipe that nobody reads, a stopped terminal or a file at its size limit.
void write_stderr(std::string_view bytes);

// Writes text to standard output, waiting as long as it takes. Errors: what write(2) says.
[[nodiscard]] Result<void> print(std::string_view text);

}  // namespace stepdown
