// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/group_warnings.h"

#include "stepdown/base/text.h"
#include "stepdown/system/user_namespace.h"

#include <algorithm>

namespace stepdown {
namespace {

bool has(const Groups& groups, gid_t gid) {
    return std::any_of(groups.members.begin(), groups.members.end(),
                       [gid](const Membership& member) { return member.gid == gid; });
}

std::string hidden_in_words(const std::vector<std::string>& gids, const Settings& settings) {
    std::vector<std::string> entries = settings.groups ? settings.groups->entries : std::vector<std::string>();
    entries.insert(entries.end(), gids.begin(), gids.end());
    return concat({"groups left out: ", join(gids, ", "),
                   ". /etc/group is mounted from outside, so it does not tell which groups are root's in the image. If "
                   "the user is meant to have them, ",
                   clause_to_set(settings.names[Option::groups], join(entries, ","))});
}

std::string unmapped_in_words(gid_t gid, SettingName groups) {
    return concat({"group left out: ", std::to_string(gid),
                   ". It stands for groups that are not mapped in this user namespace, such as those of podman's "
                   "keep-groups, and the command loses the access that they give. Map the group into the container, "
                   "and name it in ",
                   groups});
}

}  // namespace

[[gnu::cold]] std::vector<Message> warnings_of_lost_groups(const Groups& groups, gid_t primary,
                                                           const Settings& settings) {
    std::vector<Message> warnings;
    std::vector<std::string> hidden;
    for (const IgnoredGroup& left : groups.ignored) {
        if (left.gid == primary || has(groups, left.gid)) continue;
        if (left.cause == IgnoredCause::hidden_list) hidden.push_back(std::to_string(left.gid));
        const bool has_no_mapping =
            left.cause == IgnoredCause::unmapped && may_have_no_mapping(OverflowId::gid, left.gid);
        if (!has_no_mapping) continue;
        warnings.push_back({MessageId::groups_lost, unmapped_in_words(left.gid, settings.names[Option::groups])});
    }
    if (!hidden.empty()) warnings.push_back({MessageId::groups_lost, hidden_in_words(hidden, settings)});
    return warnings;
}

[[gnu::cold]] std::vector<std::string> notes_of_absent_groups(const Groups& groups, const Settings& settings) {
    std::vector<std::string> notes;
    for (const std::string& entry : groups.absent) {
        notes.push_back(
            concat({quote(entry), " in ", settings.names[Option::groups], " does not exist, which is allowed"}));
    }
    return notes;
}

}  // namespace stepdown
