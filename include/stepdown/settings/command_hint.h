// SPDX-License-Identifier: Apache-2.0
// A start without a command, and what became of the command.
#pragma once

#include "stepdown/base/result.h"

namespace stepdown {

// The refusal. It blames the shell form of ENTRYPOINT where the parent is a shell that has words it did not hand on:
// `sh -c stepdown node server.js` makes them the shell's positional parameters (sh(1)). A shell that became this
// program by execve(2) leaves no trace, so otherwise the message says what to look at.
[[nodiscard]] Failure refuse_without_command();

}  // namespace stepdown
