#include "stepdown/identity/groups.h"

#include "stepdown/base/overflow.h"
#include "stepdown/identity/spec.h"

#include <algorithm>

namespace stepdown {
namespace {

std::string name_of(gid_t gid, const Accounts& accounts) {
    const auto group = accounts.group_with(gid);
    return group ? group->name : "";
}

bool contains(const std::vector<Group>& groups, gid_t gid) {
    return std::any_of(groups.begin(), groups.end(), [gid](const Group& group) { return group.gid == gid; });
}

bool contains(const std::vector<Membership>& members, gid_t gid) {
    return std::any_of(members.begin(), members.end(), [gid](const Membership& member) { return member.gid == gid; });
}

}  // namespace

Groups groups_of_container(const CurrentGroups& current, const Accounts& accounts) {
    Groups groups;
    if (current.supplementary.empty()) return groups;
    const std::vector<Group> of_root = accounts.groups_listing("root");
    const gid_t overflow = overflow_id(OverflowId::gid);
    const auto reason_against = [&](gid_t gid) -> std::string {
        if (gid == 0) return "it is root's group";
        if (gid == overflow) return "it is not mapped in this user namespace";
        if (contains(of_root, gid)) return "/etc/group lists root in it";
        if (gid == current.primary) return "it is the primary group of the start";
        return "";
    };
    for (const gid_t gid : current.supplementary) {
        std::string reason = reason_against(gid);
        if (reason.empty()) {
            groups.members.push_back({gid, name_of(gid, accounts), GroupSource::container});
        } else {
            groups.left_out.push_back({gid, name_of(gid, accounts), std::move(reason)});
        }
    }
    return groups;
}

Groups groups_of_account(const Identity& identity, const Accounts& accounts) {
    Groups groups;
    if (!identity.entry) return groups;
    for (Group& group : accounts.groups_listing(identity.entry->name)) {
        groups.members.push_back({group.gid, std::move(group.name), GroupSource::account});
    }
    return groups;
}

Result<Groups> groups_of_setting(std::span<const std::string> entries, const Accounts& accounts) {
    Groups groups;
    for (const std::string& entry : entries) {
        const gid_t gid = TRY(resolve_group(parse_part(entry), accounts,
                                            "Membership of root's group opens more than that: if it is meant, write "
                                            "GOSU_GROUPS=0"));
        groups.members.push_back({gid, name_of(gid, accounts), GroupSource::setting});
    }
    return groups;
}

void add_groups(Groups& groups, const Groups& more, gid_t primary) {
    for (const Membership& member : more.members) {
        if (member.gid != primary && !contains(groups.members, member.gid)) groups.members.push_back(member);
    }
    std::sort(groups.members.begin(), groups.members.end(),
              [](const Membership& a, const Membership& b) { return a.gid < b.gid; });
    groups.left_out.insert(groups.left_out.end(), more.left_out.begin(), more.left_out.end());
}

std::vector<gid_t> gids_of(const Groups& groups) {
    std::vector<gid_t> gids;
    for (const Membership& member : groups.members) gids.push_back(member.gid);
    return gids;
}

}  // namespace stepdown
