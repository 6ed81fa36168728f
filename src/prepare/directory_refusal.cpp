// SPDX-License-Identifier: Apache-2.0

#include "stepdown/prepare/directory_refusal.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/system/denial.h"
#include "stepdown/system/path_trace.h"
#include "stepdown/system/statx.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

namespace stepdown {

std::string cannot_create(const std::string& path) { return "cannot create " + quote(path); }

bool is_immutable(int directory) {
    Statx status{};
    return kernel_statx(directory, "", AT_EMPTY_PATH, 0, status) == 0 &&
           (status.stx_attributes & statx_attribute::immutable) != 0;
}

bool is_on_proc_or_sysfs(int directory) {
    struct statfs system {};
    return ::fstatfs(directory, &system) == 0 && (system.f_type == PROC_SUPER_MAGIC || system.f_type == SYSFS_MAGIC);
}

Failure ids_not_mapped(const std::string& path, uid_t uid, gid_t gid) {
    return fail(MessageId::directory_uncreated,
                concat({cannot_create(path), " for ", std::to_string(uid), ":", std::to_string(gid),
                        ": one of them is not mapped in this user namespace"}));
}

Failure refused_by_kernel(int directory, const std::string& path, int number) {
    if (number == EPERM && is_immutable(directory)) {
        return system_error(cannot_create(path), number, quote(parent_of(path)) + " is immutable (chattr(1))");
    }
    if (is_on_proc_or_sysfs(directory)) {
        return system_error(cannot_create(path), number, "It would be on a kernel file system, which holds no others");
    }
    if (number != EACCES && number != EROFS) return system_error(cannot_create(path), number);
    const std::string denial = first_denial(parent_of(path), Permission::write);
    const bool may_root_create = number == EACCES && ::geteuid() != 0 && !denial.empty();
    return system_error(
        cannot_create(path), number,
        concat({denial, may_root_create ? ". Create it in the Dockerfile, or start the container as root" : ""}));
}

}  // namespace stepdown
