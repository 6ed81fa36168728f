// SPDX-License-Identifier: Apache-2.0
// Capabilities of a program file, as setcap(8) gives them.
#pragma once

#include <linux/capability.h>
#include <linux/xattr.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

namespace stepdown::test {

inline constexpr std::uint32_t net_raw = 1U << 13U;

// Returns why file cannot have them; nothing: it has. Version 2 of linux/capability.h, in the byte order of the
// machines that have tests.
inline std::optional<std::string> set_file_capabilities(const std::string& file, std::uint32_t permitted,
                                                        bool effective) {
    vfs_cap_data data{};
    data.magic_etc = VFS_CAP_REVISION_2 | (effective ? VFS_CAP_FLAGS_EFFECTIVE : 0U);
    data.data[0].permitted = permitted;
    if (::setxattr(file.c_str(), XATTR_NAME_CAPS, &data, sizeof data, 0) == 0) return {};
    return "setxattr " + file + ": " + std::strerror(errno);
}

}  // namespace stepdown::test
