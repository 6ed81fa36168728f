// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/system_directories.h"

#include <array>

namespace stepdown {

std::span<const std::string_view> system_directories() {
    static constexpr std::array<std::string_view, 13> directories{
        "/usr",     "/bin",      "/sbin",    "/lib",       "/lib32",     "/lib64",     "/libx32",
        "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32"};
    return directories;
}

}  // namespace stepdown
