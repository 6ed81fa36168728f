// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/acl.h"

#include <endian.h>
#include <linux/limits.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <linux/xattr.h>
#include <sys/xattr.h>

#include <cstring>

namespace stepdown {

std::optional<mode_t> acl_group_permissions(const std::string& path, uid_t uid) {
    std::string bytes(XATTR_SIZE_MAX, '\0');
    const ssize_t length = ::lgetxattr(path.c_str(), XATTR_NAME_POSIX_ACL_ACCESS, bytes.data(), bytes.size());
    if (length < 0) return std::nullopt;
    mode_t group = 0;
    mode_t mask = ACL_READ | ACL_WRITE | ACL_EXECUTE;
    posix_acl_xattr_entry entry{};
    for (std::size_t at = sizeof(posix_acl_xattr_header); at + sizeof entry <= static_cast<std::size_t>(length);
         at += sizeof entry) {
        std::memcpy(&entry, bytes.data() + at, sizeof entry);
        const int tag = le16toh(entry.e_tag);
        if (tag == ACL_USER && le32toh(entry.e_id) == uid) return 0;
        if (tag == ACL_GROUP_OBJ) group = le16toh(entry.e_perm);
        if (tag == ACL_MASK) mask = le16toh(entry.e_perm);
    }
    constexpr unsigned place_of_group = 3;
    return (group & mask) << place_of_group;
}

}  // namespace stepdown
