// SPDX-License-Identifier: Apache-2.0
// The system's own directories.
#pragma once

#include <span>
#include <string_view>

namespace stepdown {

// Absolute paths of directories that are never given away as a whole: /usr, /bin, /sbin, /lib, /usr/lib and their like,
// whether they exist and hold a protected file or not (a scratch image has no /bin/sh).
[[nodiscard]] std::span<const std::string_view> system_directories();

}  // namespace stepdown
