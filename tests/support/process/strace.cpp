// SPDX-License-Identifier: Apache-2.0

#include "support/process/strace.h"

#include "support/files/temporary.h"

#include <sstream>
#include <utility>

namespace stepdown::test {

std::optional<std::string> no_strace() {
    const Outcome outcome = run(under_strace({"-o", "/dev/null", "-e", "trace=none"}, command({"true"})));
    if (outcome.exit_code == 0) return {};
    return "strace cannot be used: " + describe(outcome);
}

Command under_strace(const Words& options, Command command) {
    Words argv{"strace"};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.push_back(command.file.empty() ? command.argv.at(0) : command.file);
    argv.insert(argv.end(), command.argv.begin() + 1, command.argv.end());
    command.argv = std::move(argv);
    command.file = "strace";
    return command;
}

Traced run_traced(const Words& options, const Command& command) {
    const TemporaryDirectory directory;
    Words all{"-f", "-qq", "-o", directory / "log"};
    all.insert(all.end(), options.begin(), options.end());
    Traced traced{run(under_strace(all, command)), {}};
    if (status(directory / "log")) traced.trace = read_file(directory / "log");
    return traced;
}

int Traced::count(const std::string& text) const {
    int count = 0;
    std::istringstream lines(trace);
    for (std::string line; std::getline(lines, line);) {
        if (line.find(text) != std::string::npos) ++count;
    }
    return count;
}

int Traced::calls() const { return count("= ") - count("resumed>"); }

}  // namespace stepdown::test
