// SPDX-License-Identifier: Apache-2.0

#include "stepdown/identity/groups.h"

#include "stepdown/base/text.h"
#include "stepdown/identity/spec.h"
#include "stepdown/system/mount.h"
#include "stepdown/system/resolve.h"
#include "stepdown/system/user_namespace.h"

#include <algorithm>
#include <cerrno>

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

// Only an @PATH can be owned by group 0 without saying so.
Result<gid_t> group_in_list(const SpecPart& entry, const Accounts& accounts, SettingName name) {
    if (!std::holds_alternative<OwnerOf>(entry)) return resolve_group(entry, accounts, "");
    return resolve_group(
        entry, accounts,
        "Membership of root's group opens more than that: if it is meant, " + clause_to_set(name, "0"));
}

Result<gid_t> required_group(const std::string& entry, const Accounts& accounts, SettingName name) {
    auto gid = group_in_list(parse_part(entry), accounts, name);
    if (gid || !is_missing(gid.error())) return gid;
    Error error = std::move(gid).error();
    error.message += concat({". If it need not exist, write -", quote(entry)});
    return Failure(std::move(error));
}

// Nothing: it does not exist.
Result<std::optional<gid_t>> optional_group(const std::string& entry, const Accounts& accounts, SettingName name) {
    if (entry.empty() || entry.front() == '-') {
        return Failure(Error{"a leading - means \"if it exists\", and a name, a gid or @PATH has to follow it",
                             ExitCode::failure, EINVAL, MessageId::setting_invalid});
    }
    const SpecPart part = parse_part(entry);
    const auto gid = group_in_list(part, accounts, name);
    if (!gid && is_missing(gid.error())) return std::optional<gid_t>();
    if (!gid) return Failure(gid.error());
    if (std::holds_alternative<SpecNumber>(part) && !accounts.group_with(*gid)) return std::optional<gid_t>();
    return std::optional(*gid);
}

}  // namespace

std::string_view in_words(IgnoredCause cause) {
    switch (cause) {
        case IgnoredCause::group_of_root: return "it is root's group";
        case IgnoredCause::unmapped: return "it may stand for one that is not mapped in this user namespace";
        case IgnoredCause::lists_root: return "/etc/group lists root in it";
        case IgnoredCause::starting_primary: return "it is the primary group of the start";
        case IgnoredCause::hidden_list: return "it may be root's, and the image's /etc/group is hidden by a mount";
    }
    return "";
}

bool is_group_file_apart() {
    auto file = mount_id_of("/etc/group");
    // A mount that hides the image's file tells as little as one in its place.
    if (!file && is_missing(file.error())) file = mount_id_of("/etc");
    if (!file && is_missing(file.error())) return false;
    const auto root = mount_id_of("/");
    return !file || !root || *file != *root;
}

Groups groups_of_container(const CurrentGroups& current, const Accounts& accounts) {
    Groups groups;
    if (current.supplementary.empty()) return groups;
    const std::vector<Group> of_root = accounts.groups_that_may_list("root");
    const gid_t overflow = overflow_id(OverflowId::gid);
    const auto cause_against = [&](gid_t gid) -> std::optional<IgnoredCause> {
        if (gid == 0) return IgnoredCause::group_of_root;
        if (gid == overflow) return IgnoredCause::unmapped;
        if (contains(of_root, gid)) return IgnoredCause::lists_root;
        if (gid == current.primary) return IgnoredCause::starting_primary;
        return std::nullopt;
    };
    for (const gid_t gid : current.supplementary) {
        const auto cause = cause_against(gid);
        if (cause) {
            groups.ignored.push_back({gid, name_of(gid, accounts), *cause});
        } else {
            groups.members.push_back({gid, name_of(gid, accounts), GroupSource::container});
        }
    }
    return groups;
}

bool is_system_gid(gid_t gid) {
    constexpr gid_t first_of_users = 1000;
    return gid < first_of_users;
}

void ignore_hidden_groups(Groups& groups) {
    std::erase_if(groups.members, [&groups](const Membership& member) {
        if (!is_system_gid(member.gid)) return false;
        groups.ignored.push_back({member.gid, member.name, IgnoredCause::hidden_list});
        return true;
    });
}

Groups groups_of_account(const Identity& identity, const Accounts& accounts) {
    Groups groups;
    if (!identity.entry) return groups;
    for (Group& group : accounts.groups_listing(identity.entry->name)) {
        groups.members.push_back({group.gid, std::move(group.name), GroupSource::account});
    }
    return groups;
}

Result<Groups> groups_of_setting(std::span<const std::string> entries, const Accounts& accounts, SettingName name) {
    Groups groups;
    for (const std::string& entry : entries) {
        const bool optional = entry.starts_with('-');
        const auto gid = optional ? TRY(optional_group(entry.substr(1), accounts, name))
                                  : std::optional(TRY(required_group(entry, accounts, name)));
        if (gid) {
            groups.members.push_back({*gid, name_of(*gid, accounts), GroupSource::setting});
        } else {
            groups.absent.push_back(entry);
        }
    }
    return groups;
}

void add_groups(Groups& groups, const Groups& more, gid_t primary) {
    for (const Membership& member : more.members) {
        if (member.gid != primary && !contains(groups.members, member.gid)) groups.members.push_back(member);
    }
    std::sort(groups.members.begin(), groups.members.end(),
              [](const Membership& a, const Membership& b) { return a.gid < b.gid; });
    groups.ignored.insert(groups.ignored.end(), more.ignored.begin(), more.ignored.end());
    groups.absent.insert(groups.absent.end(), more.absent.begin(), more.absent.end());
}

std::vector<gid_t> gids_of(const Groups& groups) {
    std::vector<gid_t> gids;
    for (const Membership& member : groups.members) gids.push_back(member.gid);
    return gids;
}

}  // namespace stepdown
