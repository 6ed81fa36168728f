// The supplementary groups, and where each comes from.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/identity/accounts.h"
#include "stepdown/identity/identity.h"

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stepdown {

enum class GroupSource {
    account,    // lists the user in /etc/group
    container,  // added by whoever started the container
    setting,    // named by GOSU_GROUPS
};

struct Membership {
    gid_t gid = 0;
    std::string name;  // "" where the gid has no entry
    GroupSource source = GroupSource::account;
    bool operator==(const Membership&) const = default;
};

// A group that the process has and the command will not, and why.
struct LeftOutGroup {
    gid_t gid = 0;
    std::string name;
    std::string reason;
    bool operator==(const LeftOutGroup&) const = default;
};

struct Groups {
    std::vector<Membership> members;  // without the primary gid, each gid once, ascending
    std::vector<LeftOutGroup> left_out;
    bool operator==(const Groups&) const = default;
};

// What this process has now.
struct CurrentGroups {
    gid_t primary = 0;
    std::vector<gid_t> supplementary;
};

// Those of current that whoever started the container added (docker run --group-add, supplementalGroups, fsGroup):
// less 0, the overflow gid, every group that lists root (those come from the image), and the current primary gid.
[[nodiscard]] Groups groups_of_container(const CurrentGroups& current, const Accounts& accounts);

// The groups that list the user of identity in /etc/group.
[[nodiscard]] Groups groups_of_account(const Identity& identity, const Accounts& accounts);

// What GOSU_GROUPS names: names, gids, @PATH. Errors are reasons: an unknown name, a gid out of range, an @PATH that
// group 0 owns.
[[nodiscard]] Result<Groups> groups_of_setting(std::span<const std::string> entries, const Accounts& accounts);

// All of more added to groups; the first source of a gid is kept, and primary is not repeated.
void add_groups(Groups& groups, const Groups& more, gid_t primary);

// The gids of groups, ascending.
[[nodiscard]] std::vector<gid_t> gids_of(const Groups& groups);

}  // namespace stepdown
