// SPDX-License-Identifier: Apache-2.0
// Why the kernel makes no directory, in words.
#pragma once

#include "stepdown/base/result.h"

#include <string>

namespace stepdown {

// "cannot create /data/a", the beginning of every message about path.
[[nodiscard]] std::string cannot_create(const std::string& path);

// Returns true if directory has the immutable attribute (chattr(1)), as far as its file system says.
[[nodiscard]] bool is_immutable(int directory);

// The error for path, which is in directory and could not be made: what denies it on the way there where number is
// EACCES or EROFS, the attribute where number is EPERM and directory is immutable, else number alone.
[[nodiscard]] Failure refused_by_kernel(int directory, const std::string& path, int number);

}  // namespace stepdown
