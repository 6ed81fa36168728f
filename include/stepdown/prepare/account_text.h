// SPDX-License-Identifier: Apache-2.0
// Changes of passwd(5) and group(5) as text: every byte that is not meant stays as it is.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <variant>

namespace stepdown {

// A line of /etc/passwd to append. No field holds a colon or a control byte.
struct NewUser {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
    std::string home;
    bool operator==(const NewUser&) const = default;
};

// A line of /etc/group to append.
struct NewGroup {
    std::string name;
    gid_t gid = 0;
    bool operator==(const NewGroup&) const = default;
};

// Other ids for the first entry of that name in /etc/passwd.
struct NewIds {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
    bool operator==(const NewIds&) const = default;
};

// Another gid for the first entry of that name in /etc/group, if it has the gid from.
struct NewGid {
    std::string name;
    gid_t from = 0;
    gid_t to = 0;
    bool operator==(const NewGid&) const = default;
};

// One more member of the first entry with that name and gid in /etc/group. user holds no comma.
struct NewMember {
    std::string group;
    gid_t gid = 0;
    std::string user;
    bool operator==(const NewMember&) const = default;
};

using AccountEdit = std::variant<NewUser, NewGroup, NewIds, NewGid, NewMember>;

// text with edit made; text itself where that is done already, so that a second application changes nothing. A line is
// appended unless some entry has its id or its name; it ends as the other lines do (LF or CR LF), and a last line
// without an end gets one. What is an entry, and which is the first, is as Accounts has it.
[[nodiscard]] std::string apply_edit(const AccountEdit& edit, std::string_view text);

// Returns true if edit appends a line, and changes none.
[[nodiscard]] bool is_addition(const AccountEdit& edit);

// "add user app", "give group app the gid 1500": what a message says could not be done.
[[nodiscard]] std::string in_words(const AccountEdit& edit);

}  // namespace stepdown
