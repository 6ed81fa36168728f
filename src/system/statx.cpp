// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/statx.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace stepdown {

int kernel_statx(int directory, const char* path, int flags, std::uint32_t mask, Statx& status) {
    return static_cast<int>(::syscall(SYS_statx, directory, path, flags, mask, &status));
}

}  // namespace stepdown
