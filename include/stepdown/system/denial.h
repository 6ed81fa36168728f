// SPDX-License-Identifier: Apache-2.0
// A denied permission in words, and the fix for it.
#pragma once

#include "stepdown/system/path_trace.h"

#include <sys/types.h>

#include <string>

namespace stepdown {

// "0:0 0755": who owns what, and its permissions, of a mode as in st_mode.
[[nodiscard]] std::string owner_and_mode(uid_t uid, gid_t gid, mode_t mode);

// Returns true if step, which is one of trace, is in a bind mount and belongs to an id with an id_outside: that of the
// person who runs a rootless engine. Its owner must not be changed, because the files are that person's own.
[[nodiscard]] bool belongs_to_person_outside(const PathTrace& trace, const PathStep& step);

// The denial of permission to uid at step, which is one of trace: "/data: 0:0 0700, uid 1000 cannot enter", with " and
// an ACL (see getfacl(1))" after the mode, and with the sentence of who_root_is_outside where that person's files seem
// to be root's; "/data is mounted read-only"; "/opt is mounted noexec".
[[nodiscard]] std::string describe_denial(const PathTrace& trace, const PathStep& step, Permission permission,
                                          uid_t uid);

// The command that lifts that denial, whoever the user is: "chmod a+x /data", with a+r for a file to read, and a+rx for
// one to execute that this process cannot read either; where there is an access control list (acl(5)), "setfacl -m
// u:1000:rwX /data"; "" where it depends, or a mount is what denies it.
[[nodiscard]] std::string fix_command(const PathStep& step, Permission permission, uid_t uid);

// The fix for that denial as a clause that begins with a verb: "run chmod a+x /data", "mount it writable"; "" where it
// depends.
[[nodiscard]] std::string suggest_fix(const PathStep& step, Permission permission, uid_t uid);

// Returns true if an access control list may be what denies uid something: the owner's permissions are those of the
// mode (acl(5)).
[[nodiscard]] bool has_list_for(const PathStep& step, uid_t uid);

enum class FixSentence { included, omitted };

// The first denial for this process on the way to path, where search permission is needed, or at path, where permission
// is; and the fix, if it is included. "" if no denial could be found.
[[nodiscard]] std::string first_denial(const std::string& path, Permission permission,
                                       FixSentence fix = FixSentence::included);

// The reason for EACCES where this process would change the entries of the directory path, which fd is open on
// (Permission::write), or look one of them up (Permission::search): the first denial on the way to it, for root with
// the capability to add; where the permissions deny nothing, or root may pass over them, a security module or the file
// system.
[[nodiscard]] std::string denial_in_directory(int fd, const std::string& path, Permission permission);

}  // namespace stepdown
