// SPDX-License-Identifier: Apache-2.0
// Programs under strace(1), which records their system calls and makes them fail.
#pragma once

#include "support/process/process.h"

#include <optional>
#include <string>

namespace stepdown::test {

// Why strace cannot be used here; nothing: it can. It needs ptrace(2), which containers may forbid.
std::optional<std::string> no_strace();

// The command as strace starts it, with these options of strace ("-e", "trace=statx"). strace ends as the command does.
Command under_strace(const Words& options, Command command);

struct Traced {
    Outcome outcome;
    std::string trace;  // a line for each call of the command and its children
    // How many lines of the trace have text in them.
    [[nodiscard]] int count(const std::string& text) const;
    // How many calls were made.
    [[nodiscard]] int calls() const;
};

// Runs the command with these options to its end.
[[nodiscard]] Traced run_traced(const Words& options, const Command& command);

}  // namespace stepdown::test
