// SPDX-License-Identifier: Apache-2.0
// Access control lists (acl(5)) for tests.
#pragma once

#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <linux/xattr.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace stepdown::test {

inline constexpr auto no_id = static_cast<std::uint32_t>(ACL_UNDEFINED_ID);

struct AccessEntry {
    std::uint16_t tag = 0;
    std::uint16_t rights = 0;
    std::uint32_t id = no_id;
};

// Why path can have no list of this kind, by the name of its attribute; nothing: it has the list.
inline std::optional<std::string> set_list(const std::string& path, const std::vector<AccessEntry>& entries,
                                           const char* kind = XATTR_NAME_POSIX_ACL_ACCESS) {
    static_assert(sizeof(AccessEntry) == sizeof(posix_acl_xattr_entry));
    const std::uint32_t version = POSIX_ACL_XATTR_VERSION;  // little endian, as the machines are that have tests
    std::string bytes(sizeof version + entries.size() * sizeof(AccessEntry), '\0');
    std::memcpy(bytes.data(), &version, sizeof version);
    std::memcpy(bytes.data() + sizeof version, entries.data(), entries.size() * sizeof(AccessEntry));
    if (::setxattr(path.c_str(), kind, bytes.data(), bytes.size(), 0) == 0) return {};
    return "setxattr " + path + ": " + std::strerror(errno);
}

}  // namespace stepdown::test
