// SPDX-License-Identifier: Apache-2.0
// The values that a dry run finds out.
#pragma once

#include "stepdown/ownership/ownership.h"
#include "stepdown/plan/plan.h"
#include "stepdown/prepare/directories.h"
#include "stepdown/system/path_trace.h"

#include <sys/types.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace stepdown {

// The object that a denied permission is about.
struct DeniedStep {
    std::string path;
    Permission permission = Permission::search;
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t mode = 0;       // the permissions alone, as in chmod(2)
    bool has_acl = false;  // an access control list may be what denies it (acl(5))
    bool operator==(const DeniedStep&) const = default;
};

// A remedy for a denied permission.
struct Suggestion {
    enum class Kind {
        setting,  // set setting to value, add value to it, or leave only value of it
        chmod,    // run value, which is a command, where the file is
        group,    // start the container with the additional group value
        mount,    // mount something otherwise
        user,     // start the container as another user
        none,     // nothing that stepdown or the container can do
    };
    Kind kind = Kind::none;
    std::string text;       // a clause that begins with a verb: "set GOSU_CHOWN=/data"
    std::string setting{};  // its flag or its variable, as the user wrote it
    std::string value{};
    bool operator==(const Suggestion&) const = default;
};

// A path that the command is likely to use and where the user will lack a permission. It does not end the start.
struct DeniedPath {
    std::string use;      // "chown", "mkdir", "HOME", "working directory", "argument", "stdout", "stderr"
    std::string path;     // as it was asked for
    std::string problem;  // "/data: 0:0 0700, uid 1000 cannot enter"
    std::optional<DeniedStep> denied{};  // nothing: the path does not exist, or cannot be opened by a name
    std::vector<Suggestion> suggestions{};
};

// Everything that a dry run finds out about one plan.
struct Findings {
    std::vector<DirectoryPreview> directories;  // one per path of the plan, in its order
    std::vector<TreePreview> trees;             // one per operand of the plan, in its order
    std::array<std::string, 3> streams;         // what happens to each of fds 0-2, in words
    std::string command;                        // the file that would be executed; "" for none
    std::vector<DeniedPath> access;
    std::vector<Message> warnings;  // beside those of the plan
    bool entry_missing = false;     // true: the passwd entry of the plan cannot be added
    std::vector<Message> problems;  // everything that would end the start
};

// The changes of the environment that the command of plan would get.
[[nodiscard]] inline const std::vector<EnvironmentChange>& environment_of(const Plan& plan, const Findings& findings) {
    return findings.entry_missing ? plan.environment_without_entry : plan.environment;
}

}  // namespace stepdown
