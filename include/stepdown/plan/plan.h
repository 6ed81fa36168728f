// SPDX-License-Identifier: Apache-2.0
// The Plan: everything that will happen, decided before anything does.
#pragma once

#include "stepdown/base/choices.h"
#include "stepdown/identity/accounts.h"
#include "stepdown/identity/groups.h"
#include "stepdown/identity/identity.h"
#include "stepdown/launch/command.h"
#include "stepdown/launch/credentials.h"
#include "stepdown/launch/environment.h"
#include "stepdown/ownership/ownership.h"
#include "stepdown/prepare/account_files.h"
#include "stepdown/prepare/directories.h"
#include "stepdown/prepare/stdio.h"
#include "stepdown/settings/mistakes.h"
#include "stepdown/settings/setting_names.h"
#include "stepdown/system/kernel.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace stepdown {

// Who this process is, as far as decisions depend on it.
struct Process {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;  // ascending
    CapabilitySet effective;
    CapabilitySet permitted{};
    CapabilitySet bounding{};  // empty unless capabilities are set
};

// Which account files change, and what it means that one cannot be changed.
struct AccountPlan {
    FileEdits edits;
    Strictness strictness = Strictness::lenient;
    bool operator==(const AccountPlan&) const = default;
};

// The process is not root, already is the user, and prepares what it may. One message says what it cannot do.
struct Unprivileged {
    uid_t uid = 0;
    std::string labels;  // of the settings for which it prepares
    bool operator==(const Unprivileged&) const = default;
};

struct Plan {
    Identity identity;                       // whom the command runs as; the process's own where that is not known
    bool is_user_known = true;               // false: errors say why, and what depends on the user is not decided
    bool is_renumberable = false;            // the account is named, without a group: other ids for it can be set
    Groups groups;                           // and with which groups; meaningless where they are kept
    bool groups_kept = false;                // the process's groups stay as they are
    std::optional<Credentials> credentials;  // nothing: the process stays who it is
    bool no_new_privileges = false;          // true: given up for good
    // Those that the platform gave a uid other than 0 that stays (podman --user with --cap-add); nothing: another user.
    std::optional<CapabilitySet> platform_capabilities;
    AccountPlan accounts;
    std::vector<EnvironmentChange> environment;
    std::vector<EnvironmentChange> environment_without_entry;  // where accounts adds one, and that fails
    std::optional<mode_t> umask;
    std::optional<Unprivileged> unprivileged;
    DirectoriesPlan directories;
    OwnershipPlan ownership;
    std::optional<StdioPlan> stdio;  // nothing: every stream stays as it is
    StringVector command = nullptr;
    SearchPath path;                 // where a command without '/' is looked for
    std::vector<std::string> notes;  // said at the level info
    std::vector<Message> warnings;   // said, and the start goes on
    Mistakes errors;                 // any of them ends the start before anything is changed
    SettingNames names;
    bool operator==(const Plan&) const = default;
};

}  // namespace stepdown
