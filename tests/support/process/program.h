// SPDX-License-Identifier: Apache-2.0
// Runs a program to its end and keeps what it wrote.
#pragma once

#include <string>
#include <vector>

namespace stepdown::test {

struct Ended {
    int code = -1;  // 128+N when killed by signal N
    std::string out;
    std::string err;
};

[[nodiscard]] Ended run_program(const std::vector<std::string>& words);

// The same under strace(1) with its options ("-e", "trace=statx"); trace is what it wrote, a call a line.
struct Traced {
    Ended ended;
    std::string trace;
    // How many lines of the trace have text in them.
    [[nodiscard]] int count(const std::string& text) const;
    // How many calls were made.
    [[nodiscard]] int calls() const;
};

[[nodiscard]] Traced run_traced(const std::vector<std::string>& strace_options, const std::vector<std::string>& words);

// Whether strace works here: it needs ptrace(2), which containers may forbid.
[[nodiscard]] bool can_trace();

}  // namespace stepdown::test
