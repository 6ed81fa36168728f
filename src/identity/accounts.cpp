// SPDX-License-Identifier: Apache-2.0

#include "stepdown/identity/accounts.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"
#include "stepdown/identity/account_lines.h"

#include <cstring>

namespace stepdown {
namespace {

std::optional<User> user_from(const AccountFields<passwd_fields>& fields) {
    const auto& [name, password, uid, gid, comment, home, shell] = fields;
    const auto uid_number = parse_id(uid);
    const auto gid_number = parse_id(gid);
    if (!uid_number || !gid_number) return std::nullopt;
    return User{std::string(name), *uid_number, *gid_number, std::string(home)};
}

std::optional<Group> group_from(const AccountFields<group_fields>& fields) {
    const auto& [name, password, gid, members] = fields;
    const auto number = parse_id(gid);
    if (!number) return std::nullopt;
    return Group{std::string(name), *number};
}

// Without the white space that glibc passes over around a number and a member.
std::string_view trimmed(std::string_view text) {
    constexpr std::string_view passed_over = " \t\v\f\r";
    const auto start = std::min(text.find_first_not_of(passed_over), text.size());
    return text.substr(start, text.find_last_not_of(passed_over) + 1 - start);
}

// text without the lines in front of the first one that holds part. What has part in a field cannot be among them, and
// to pass them over is most of the work. memmem(3) leaps; std::string_view::find stops at every first letter.
std::string_view from_line_with(std::string_view part, std::string_view text) {
    const void* found = ::memmem(text.data(), text.size(), part.data(), part.size());
    if (found == nullptr) return {};
    const auto line_end = text.rfind('\n', static_cast<std::size_t>(static_cast<const char*>(found) - text.data()));
    return line_end == std::string_view::npos ? text : text.substr(line_end + 1);
}

// The first entry that matches, which only one that holds part does.
template <typename Matches>
std::optional<User> find_user(std::string_view text, std::string_view part, Matches matches) {
    std::optional<User> found;
    for_each_account<passwd_fields>(from_line_with(part, text), [&](const auto& fields) {
        if (!matches(fields)) return false;
        found = user_from(fields);
        return found.has_value();
    });
    return found;
}

template <typename Matches>
std::optional<Group> find_group(std::string_view text, std::string_view part, Matches matches) {
    std::optional<Group> found;
    for_each_account<group_fields>(from_line_with(part, text), [&](const auto& fields) {
        if (!matches(fields)) return false;
        found = group_from(fields);
        return found.has_value();
    });
    return found;
}

}  // namespace

std::optional<User> Accounts::user_named(std::string_view name) const {
    return find_user(passwd_, name, [name](const auto& fields) { return fields[0] == name; });
}

std::optional<User> Accounts::user_with(uid_t uid) const {
    return find_user(passwd_, std::to_string(uid), [uid](const auto& fields) { return parse_id(fields[2]) == uid; });
}

[[gnu::cold]] std::optional<User> Accounts::other_user_with(uid_t uid, std::string_view name) const {
    return find_user(passwd_, std::to_string(uid),
                     [=](const auto& fields) { return parse_id(fields[2]) == uid && fields[0] != name; });
}

std::optional<Group> Accounts::group_named(std::string_view name) const {
    return find_group(group_, name, [name](const auto& fields) { return fields[0] == name; });
}

std::optional<Group> Accounts::group_with(gid_t gid) const {
    return find_group(group_, std::to_string(gid), [gid](const auto& fields) { return parse_id(fields[2]) == gid; });
}

[[gnu::cold]] std::optional<Group> Accounts::other_group_with(gid_t gid, std::string_view name) const {
    return find_group(group_, std::to_string(gid),
                      [=](const auto& fields) { return parse_id(fields[2]) == gid && fields[0] != name; });
}

std::vector<Group> Accounts::groups_listing(std::string_view user) const {
    std::vector<Group> groups;
    for_each_account<group_fields>(from_line_with(user, group_), [&](const auto& fields) {
        if (!lists(fields[3], user)) return false;
        if (auto group = group_from(fields)) groups.push_back(*std::move(group));
        return false;
    });
    return groups;
}

std::vector<Group> Accounts::groups_that_may_list(std::string_view user) const {
    std::vector<Group> groups;
    for_each_account<group_fields>(from_line_with(user, group_), [&](auto fields) {
        fields[2] = trimmed(fields[2]);
        for (std::string_view members = fields[3]; !members.empty();) {
            if (trimmed(pop_piece(members, ',')) != user) continue;
            if (auto group = group_from(fields)) groups.push_back(*std::move(group));
            break;
        }
        return false;
    });
    return groups;
}

[[gnu::cold]] bool Accounts::is_shared(gid_t gid, std::string_view name) const {
    const auto is_other = [name](std::string_view user) { return !user.empty() && user != name && user != "root"; };
    const auto primary = find_user(passwd_, std::to_string(gid), [&](const auto& fields) {
        return parse_id(fields[3]) == gid && is_other(fields[0]);
    });
    bool lists_other = false;
    find_group(group_, std::to_string(gid), [&](const auto& fields) {
        if (parse_id(fields[2]) != gid) return false;
        for (std::string_view members = fields[3]; !members.empty();) {
            lists_other = is_other(pop_piece(members, ',')) || lists_other;
        }
        return true;
    });
    return primary || lists_other;
}

Result<Accounts> read_accounts() {
    std::string passwd = TRY(read_file("/etc/passwd"));
    return Accounts(std::move(passwd), TRY(read_file("/etc/group")));
}

}  // namespace stepdown
