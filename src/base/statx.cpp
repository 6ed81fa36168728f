#include "stepdown/base/statx.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace stepdown {

int kernel_statx(int directory, const char* path, int flags, unsigned mask, struct statx& status) {
    return static_cast<int>(::syscall(SYS_statx, directory, path, flags, mask, &status));
}

}  // namespace stepdown
