// The dry run: the plan, and what every stage would do and what would fail.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/ownership/ownership.h"
#include "stepdown/plan/plan.h"
#include "stepdown/system/kernel.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace stepdown {

// A path that the command is likely to use and where the user will lack a right. It does not end the start.
struct MissingAccess {
    std::string use;      // "mount", "chown", "mkdir", "HOME", "working directory", "argument", "stdout", "stderr"
    std::string path;     // as it was asked for
    std::string problem;  // "/data: 0:0 0700, uid 1000 cannot enter. Write GOSU_CHOWN=/data"
};

struct Findings {
    std::vector<DirectoryInspection> directories;
    std::vector<Inspection> trees;
    std::array<std::string, 3> streams;
    std::string command;  // the file that would be executed; "" for none
    std::vector<MissingAccess> access;
    std::vector<std::string> warnings;  // beside those of the plan
    bool entry_missing = false;         // the one that the plan adds could not be
    std::vector<std::string> problems;  // everything that would end the start
};

// The changes of the environment that would come of it.
[[nodiscard]] inline const std::vector<EnvironmentChange>& environment_of(const Plan& plan, const Findings& findings) {
    return findings.entry_missing ? plan.environment_without_entry : plan.environment;
}

// Asks every stage, read-only. environment is the process's own.
[[nodiscard]] Findings inspect(Kernel& kernel, const Plan& plan, StringVector environment);

// The dry run's text, for people: a line a decision, where the user lacks access, the problems, and whether the start
// would succeed. environment is the process's own.
[[nodiscard]] std::string describe(const Plan& plan, const Findings& findings, StringVector environment);

// The same for machines: one JSON object and a line feed. What is not UTF-8 is escaped.
[[nodiscard]] std::string describe_as_json(const Plan& plan, const Findings& findings, StringVector environment);

}  // namespace stepdown
