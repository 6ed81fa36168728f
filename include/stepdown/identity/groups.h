// SPDX-License-Identifier: Apache-2.0
// The supplementary groups, and where each comes from.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/base/setting_name.h"
#include "stepdown/identity/accounts.h"
#include "stepdown/identity/identity.h"

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

enum class GroupSource {
    account,    // lists the user in /etc/group
    container,  // added by whoever started the container
    setting,    // named by the setting of groups
};

struct Membership {
    gid_t gid = 0;
    std::string name;  // "" where the gid has no entry
    GroupSource source = GroupSource::account;
    bool operator==(const Membership&) const = default;
};

// Why the process has a group that the command will not have.
enum class IgnoredCause {
    group_of_root,     // it is gid 0
    unmapped,          // it is the overflow gid, which stands for gids that are not mapped in this user namespace
    lists_root,        // root has it from the image
    starting_primary,  // it is the primary group of the start
    hidden_list,       // the image's list of root's groups is hidden, and the gid is one that images give to root
};
// The cause as a reason: "it is root's group".
[[nodiscard]] std::string_view in_words(IgnoredCause cause);

// A group that the process has and the command will not.
struct IgnoredGroup {
    gid_t gid = 0;
    std::string name;
    IgnoredCause cause = IgnoredCause::group_of_root;
    bool operator==(const IgnoredGroup&) const = default;
};

struct Groups {
    std::vector<Membership> members;  // without the primary gid, each gid once, ascending
    std::vector<IgnoredGroup> ignored;
    std::vector<std::string> absent{};  // entries of the setting, as written ("-video"), that need not exist and do not
    bool operator==(const Groups&) const = default;
};

// The groups that this process has now.
struct CurrentGroups {
    gid_t primary = 0;
    std::vector<gid_t> supplementary;
};

// Those of current that whoever started the container added (docker run --group-add, supplementalGroups, fsGroup):
// less 0, the overflow gid, every group that lists root (those come from the image), and the current primary gid.
[[nodiscard]] Groups groups_of_container(const CurrentGroups& current, const Accounts& accounts);

// Returns true if gid is one that images and distributions give to services: below 1000 (login.defs(5), GID_MIN).
[[nodiscard]] bool is_system_gid(gid_t gid);

// Moves the members with a system gid to the ignored ones, with the cause hidden_list. root's groups in the image have
// such gids, and a group file that is apart (is_group_file_apart) does not say which they are.
void ignore_hidden_groups(Groups& groups);

// Returns true if /etc/group is on another mount than / and so not the image's. It is true where that cannot be told,
// and false where there is no such file.
[[nodiscard]] bool is_group_file_apart();

// The groups that list the user of identity in /etc/group, by the name of its entry. None for a uid without entry. The
// primary group is among them if it lists the user.
[[nodiscard]] Groups groups_of_account(const Identity& identity, const Accounts& accounts);

// The groups that the entries of the setting called name mean: names, gids, @PATH. A leading '-' means "if it exists":
// a name or a gid exists if /etc/group has a line with it, and @PATH if PATH does. Errors are reasons: an unknown name
// or path, a gid out of range, an @PATH that group 0 owns.
[[nodiscard]] Result<Groups> groups_of_setting(std::span<const std::string> entries, const Accounts& accounts,
                                               SettingName name);

// All of more added to groups; the first source of a gid is kept, and primary is not repeated.
void add_groups(Groups& groups, const Groups& more, gid_t primary);

// The gids of groups, ascending.
[[nodiscard]] std::vector<gid_t> gids_of(const Groups& groups);

}  // namespace stepdown
