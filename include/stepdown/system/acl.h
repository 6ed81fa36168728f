// SPDX-License-Identifier: Apache-2.0
// POSIX access control lists (acl(5)), as far as a message needs them.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace stepdown {

// The permissions that the access control list of path leaves to its group for uid, who would join it, in the place
// where a mode has it (S_IRWXG): nothing of it where the list names uid, for then that entry decides. No value: there
// is no list, and the mode decides. Links are not followed.
[[nodiscard]] std::optional<mode_t> acl_group_permissions(const std::string& path, uid_t uid);

}  // namespace stepdown
