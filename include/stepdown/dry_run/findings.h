// SPDX-License-Identifier: Apache-2.0
// The values that a dry run finds out.
#pragma once

#include "stepdown/ownership/ownership.h"
#include "stepdown/plan/plan.h"
#include "stepdown/prepare/directories.h"

#include <array>
#include <string>
#include <vector>

namespace stepdown {

// A path that the command is likely to use and where the user will lack a right. It does not end the start.
struct DeniedPath {
    std::string use;      // "mount", "chown", "mkdir", "HOME", "working directory", "argument", "stdout", "stderr"
    std::string path;     // as it was asked for
    std::string problem;  // "/data: 0:0 0700, uid 1000 cannot enter. Set GOSU_CHOWN=/data"
};

struct Findings {
    std::vector<DirectoryPreview> directories;
    std::vector<TreePreview> trees;
    std::array<std::string, 3> streams;
    std::string command;  // the file that would be executed; "" for none
    std::vector<DeniedPath> access;
    std::vector<std::string> warnings;  // beside those of the plan
    bool entry_missing = false;         // the one that the plan adds could not be
    std::vector<std::string> problems;  // everything that would end the start
};

// The changes of the environment that would come of it.
[[nodiscard]] inline const std::vector<EnvironmentChange>& environment_of(const Plan& plan, const Findings& findings) {
    return findings.entry_missing ? plan.environment_without_entry : plan.environment;
}

}  // namespace stepdown
