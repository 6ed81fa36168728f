// SPDX-License-Identifier: Apache-2.0
// /etc/passwd and /etc/group, read here and without NSS, so that the answer is the same in every image.
#pragma once

#include "stepdown/base/result.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// A line of passwd(5).
struct User {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
    std::string home;  // may be empty
    bool operator==(const User&) const = default;
};

// A line of group(5).
struct Group {
    std::string name;
    gid_t gid = 0;
    bool operator==(const Group&) const = default;
};

// The two texts. Every lookup is exact and the first line wins. Skipped are lines with fewer fields than the ids need,
// with a name that is empty, with ids that are not decimal numbers up to 4294967294, with a NUL byte, and lines that
// start with '#', '+' or '-' (comments, and NIS entries of nsswitch.conf(5)'s compat mode): garbage is never uid 0.
// Lines may end in CR LF, and the last one in nothing.
class Accounts {
  public:
    Accounts() = default;
    Accounts(std::string passwd, std::string group) : passwd_(std::move(passwd)), group_(std::move(group)) {}

    // The first entry with that name or id; nothing if there is none.
    [[nodiscard]] std::optional<User> user_named(std::string_view name) const;
    [[nodiscard]] std::optional<User> user_with(uid_t uid) const;
    [[nodiscard]] std::optional<Group> group_named(std::string_view name) const;
    [[nodiscard]] std::optional<Group> group_with(gid_t gid) const;
    // One that has the id under another name than name.
    [[nodiscard]] std::optional<User> other_user_with(uid_t uid, std::string_view name) const;
    [[nodiscard]] std::optional<Group> other_group_with(gid_t gid, std::string_view name) const;
    // The groups whose member list holds user, in the order of the file.
    [[nodiscard]] std::vector<Group> groups_listing(std::string_view user) const;
    // The same, and those that hold user for glibc alone: it passes over white space before a number and around a
    // member (getgrent(3)), and the engines do not.
    [[nodiscard]] std::vector<Group> groups_that_may_list(std::string_view user) const;
    // Returns true if the group is another's as well: an account other than name has it as its primary group, or its
    // first line lists a member other than name. root does not count, because root needs no group.
    [[nodiscard]] bool is_shared(gid_t gid, std::string_view name) const;

    // The texts themselves.
    [[nodiscard]] const std::string& passwd() const { return passwd_; }
    [[nodiscard]] const std::string& group() const { return group_; }

  private:
    std::string passwd_;
    std::string group_;
};

// Reads /etc/passwd and /etc/group as this process sees them. A missing file counts as empty, as in a scratch image.
// One that is unreadable, not regular or over 16 MiB is an error (file_unreadable), because the user
// would have other groups without it.
[[nodiscard]] Result<Accounts> read_accounts();

}  // namespace stepdown
