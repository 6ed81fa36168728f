// SPDX-License-Identifier: Apache-2.0
// Why the kernel makes no directory, in words.
#pragma once

#include "stepdown/base/result.h"

#include <sys/types.h>

#include <string>

namespace stepdown {

// "cannot create /data/a", the beginning of every message about path.
[[nodiscard]] std::string cannot_create(const std::string& path);

// Returns true if directory has the immutable attribute (chattr(1)), as far as its file system says.
[[nodiscard]] bool is_immutable(int directory);

// Returns true if directory is on proc(5) or sysfs(5), where nobody makes directories.
[[nodiscard]] bool is_on_proc_or_sysfs(int directory);

// The error for path, which would belong to uid and gid: one of them is not mapped in this user namespace.
[[nodiscard]] Failure ids_not_mapped(const std::string& path, uid_t uid, gid_t gid);

// The error for path, which is in directory and could not be made, with the reason that was found: the permission and
// the capability that are missing, the mount, the immutable attribute, a mount that maps ids, the kind of the file
// system where that is proc or sysfs. If none of these applies, the file system or a security module refuses.
[[nodiscard]] Failure refused_by_kernel(int directory, const std::string& path, int number);

// The error for path, which is the new directory and could not be given to uid and gid, likewise. number is 0
// where the file system accepted the change and did not make it.
[[nodiscard]] Failure refused_to_give(int directory, const std::string& path, uid_t uid, gid_t gid, int number);

}  // namespace stepdown
