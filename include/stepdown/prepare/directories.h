// SPDX-License-Identifier: Apache-2.0
// Directories that the user is to find: mkdir -p, for somebody else.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/base/setting_name.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace stepdown {

enum class DirectoryErrors {
    fail,  // a directory that cannot be created ends the start
    warn,
};

struct DirectoriesPlan {
    std::vector<std::string> paths;
    uid_t uid = 0;  // whose the created directories become
    gid_t gid = 0;
    DirectoryErrors errors = DirectoryErrors::fail;
    // One per path, or none at all: why the path is probably not meant as it is written (settings/path_hint.h).
    std::vector<std::string> hints{};
    SettingName setting{};  // the one that paths come from, for messages
    bool operator==(const DirectoriesPlan&) const = default;
};

// Sets the umask(2) of this process, 0 to 0777: for what it creates from here on, and for the command.
void set_umask(mode_t mask);

// Creates every directory of each path that does not exist, with mode 0777 less the process's umask, and gives it to
// plan.uid and plan.gid; in a set-group-ID directory it keeps the group that it got there (mkdir(2)). Paths follow the
// operand rule (system/resolve.h). What exists is left as it is. A created directory is given away by its descriptor,
// and only if it is ours, empty, and the one that was made (directory_chain.h): where others can write, it may have
// been exchanged meanwhile. One that is empty and plan.uid's already, as on a mount whose files all have one owner, is
// left as it is. A directory above the account files, whose owner could exchange them before the next start, is made
// for nobody else. Errors, where plan.errors says fail: the first path that cannot be; one info line a directory goes
// to the log. Where unmet is given, a path that cannot be created is neither error nor warning: "create /data
// (Permission denied)" is added to unmet, and the message goes to the log as info.
[[nodiscard]] Result<void> create_directories(const DirectoriesPlan& plan, std::vector<std::string>* unmet = nullptr);

struct DirectoryPreview {
    std::string operand;               // as it was given
    std::vector<std::string> missing;  // the directories that would be created, absolute
    std::string problem;               // why they could not be; "" for nothing in the way
    std::string warning;               // that operand seems to be meant otherwise; "" where it does not
    std::string doubt{};               // why nobody can tell before it is tried; "" for nothing of the kind
    std::string unmet{};               // problem in few words: "create /data (Permission denied)"
};

// The outcome that create_directories would have: one preview per path, in the order given. Read-only.
[[nodiscard]] std::vector<DirectoryPreview> preview_directories(const DirectoriesPlan& plan);

}  // namespace stepdown
