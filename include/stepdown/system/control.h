// SPDX-License-Identifier: Apache-2.0
// The users who can put an object of their own in the place of another one.
#pragma once

#include <sys/stat.h>

namespace stepdown {

// Returns true if group or others have write permission. With an access control list the bits of the group are its
// mask: no named user or group may write without S_IWGRP (acl(5)). A directory that group 0 may write counts as well,
// because OpenShift runs applications in group 0.
[[nodiscard]] inline bool others_may_write(const struct stat& object) {
    return (object.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

// Returns true if root owns directory and nobody else may write it. Then nobody else can add, rename or remove a name
// in it (path_resolution(7)), so that a name there leads where root chose.
[[nodiscard]] inline bool is_controlled_by_root_alone(const struct stat& directory) {
    return directory.st_uid == 0 && !others_may_write(directory);
}

// Returns true if the sticky bit of directory keeps child, a directory in it, in its place: in a sticky directory of
// root's nobody but root renames or removes a directory of root's (chmod(2), S_ISVTX).
[[nodiscard]] inline bool is_kept_by_sticky_bit(const struct stat& directory, const struct stat& child) {
    return directory.st_uid == 0 && (directory.st_mode & S_ISVTX) != 0 && child.st_uid == 0 && S_ISDIR(child.st_mode);
}

}  // namespace stepdown
