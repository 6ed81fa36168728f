// SPDX-License-Identifier: Apache-2.0
// POSIX access control lists (acl(5)), as far as a message needs them.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace stepdown {

// The permissions that uid would gain at path by joining its group, in the place where a mode has them (S_IRWXG). They
// are those of the list's group entry that its mask leaves (acl(5), ACCESS CHECK ALGORITHM). 0 if the list names uid,
// because that entry decides then. No value: there is no list, or it cannot be read, and the mode decides. Links are
// not followed.
[[nodiscard]] std::optional<mode_t> acl_group_permissions(const std::string& path, uid_t uid);

}  // namespace stepdown
