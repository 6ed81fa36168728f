// statx(2) without the C library, since musl has it only from 1.2.5 on.
#pragma once

#include <sys/stat.h>
#ifndef STATX_TYPE
#include <linux/stat.h>
#endif

namespace stepdown {

// flags are AT_... ones, mask is of STATX_... ones. 0; or -1 and errno, ENOSYS among them before Linux 4.11.
[[nodiscard]] int kernel_statx(int directory, const char* path, int flags, unsigned mask, struct statx& status);

}  // namespace stepdown
