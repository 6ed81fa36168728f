// SPDX-License-Identifier: Apache-2.0

#include "stepdown/compat/identity.h"

#include "stepdown/base/text.h"

#include <charconv>
#include <limits>
#include <optional>

namespace stepdown {
namespace {

constexpr std::int64_t largest_gosu_id = std::numeric_limits<std::int32_t>::max();
// One more is "no change" to setresuid(2).
constexpr std::int64_t largest_su_exec_id = std::numeric_limits<std::uint32_t>::max() - 1LL;

// A half of a spec of gosu or su-exec. Their numbers may have a sign; what does not fit 64 bits is a name to gosu.
struct PeerPart {
    std::string text;
    std::optional<std::int64_t> number;

    explicit PeerPart(std::string_view part) : text(part) {
        std::string_view digits = part.starts_with('+') || part.starts_with('-') ? part.substr(1) : part;
        if (!is_number(digits)) return;
        if (part.starts_with('-')) digits = part;
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error == std::errc{}) number = value;
    }
    [[nodiscard]] bool empty() const { return text.empty(); }
    [[nodiscard]] bool is_up_to(std::int64_t largest) const { return number && *number >= 0 && *number <= largest; }
    [[nodiscard]] id_t id() const { return static_cast<id_t>(*number); }
};

struct PeerSpec {
    PeerPart user;
    PeerPart group;
};

std::optional<User> entry_of(const PeerPart& part, const Accounts& accounts, uid_t current) {
    if (part.empty()) return accounts.user_with(current);
    // Digits too many for a number are looked up as a name by gosu: here not even they are one.
    if (!part.number) return is_number(part.text) ? std::nullopt : accounts.user_named(part.text);
    return part.is_up_to(largest_su_exec_id) ? accounts.user_with(part.id()) : std::nullopt;
}

std::vector<gid_t> gids_listing(const std::optional<User>& entry, const Accounts& accounts) {
    std::vector<gid_t> gids;
    if (!entry) return gids;
    for (const Group& group : accounts.groups_listing(entry->name)) gids.push_back(group.gid);
    return gids;
}

CompatIdentity starting_with(const std::optional<User>& entry, const PeerPart& user, CurrentIds current) {
    if (entry) return CompatIdentity{entry->uid, entry->gid, {}, entry->home};
    return CompatIdentity{user.empty() ? current.uid : user.id(), current.gid, {}, "/"};
}

Failure out_of_gosu_range() { return fail(MessageId::other, "uids and gids must be in range 0-2147483647"); }

Result<gid_t> gosu_group(const PeerPart& group, const Accounts& accounts) {
    if (group.number && !group.is_up_to(largest_gosu_id)) return out_of_gosu_range();
    if (group.number) return group.id();
    const auto found = is_number(group.text) ? std::nullopt : accounts.group_named(group.text);
    if (!found)
        return fail(MessageId::other, "unable to find group " + group.text + ": no matching entries in group file");
    return found->gid;
}

Failure not_an_id(std::string_view call, const PeerPart& part) {
    return fail(MessageId::other, std::string(call) + "(" + part.text + "): it is not from 0 to 4294967294");
}

Failure not_found(std::string_view call, std::string_view what, const PeerPart& part) {
    return fail(MessageId::other, std::string(call) + "(" + part.text + "): no such " + std::string(what));
}

bool is_su_exec_number(const PeerPart& part) { return part.number || is_number(part.text); }

Result<gid_t> su_exec_group(const PeerPart& group, const Accounts& accounts) {
    if (is_su_exec_number(group) && !group.is_up_to(largest_su_exec_id)) return not_an_id("setgid", group);
    if (group.number) return group.id();
    const auto found = accounts.group_named(group.text);
    if (!found) return not_found("getgrnam", "group", group);
    return found->gid;
}

}  // namespace

Result<CompatIdentity> resolve_as_gosu(std::string_view spec, const Accounts& accounts, CurrentIds current) {
    const auto colon = std::min(spec.find(':'), spec.size());
    const std::string_view rest = spec.substr(std::min(colon + 1, spec.size()));
    const PeerSpec parts{PeerPart(spec.substr(0, colon)), PeerPart(rest.substr(0, rest.find(':')))};
    if (parts.user.number && !parts.user.is_up_to(largest_gosu_id)) return out_of_gosu_range();
    const auto entry = entry_of(parts.user, accounts, current.uid);
    if (!entry && !parts.user.empty() && !parts.user.number) {
        return fail(MessageId::other,
                    "unable to find user " + parts.user.text + ": no matching entries in passwd file");
    }
    CompatIdentity identity = starting_with(entry, parts.user, current);
    if (parts.group.empty()) {
        identity.groups = gids_listing(entry, accounts);
    } else {
        identity.gid = TRY(gosu_group(parts.group, accounts));
    }
    return identity;
}

Result<CompatIdentity> resolve_as_su_exec(std::string_view spec, const Accounts& accounts, CurrentIds current) {
    const auto colon = std::min(spec.find(':'), spec.size());
    const PeerSpec parts{PeerPart(spec.substr(0, colon)), PeerPart(spec.substr(std::min(colon + 1, spec.size())))};
    if (is_su_exec_number(parts.user) && !parts.user.is_up_to(largest_su_exec_id))
        return not_an_id("setuid", parts.user);
    const auto entry = entry_of(parts.user, accounts, current.uid);
    if (!entry && !parts.user.empty() && !parts.user.number) return not_found("getpwnam", "user", parts.user);
    CompatIdentity identity = starting_with(entry, parts.user, current);
    if (parts.group.empty()) {
        identity.groups = gids_listing(entry, accounts);
    } else {
        identity.gid = TRY(su_exec_group(parts.group, accounts));
    }
    identity.groups.push_back(identity.gid);
    return identity;
}

}  // namespace stepdown
