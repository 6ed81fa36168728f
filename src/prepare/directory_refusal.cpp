// SPDX-License-Identifier: Apache-2.0

#include "stepdown/prepare/directory_refusal.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/system/capability.h"
#include "stepdown/system/denial.h"
#include "stepdown/system/file_system.h"
#include "stepdown/system/path_trace.h"
#include "stepdown/system/statx.h"
#include "stepdown/system/user_namespace.h"

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

namespace {

// The sentence that explains number; "" where its text says all.
std::string reason_against(int directory, const std::string& parent, int number) {
    switch (number) {
        case EACCES:
            return concat({denial_in_directory(directory, parent, Permission::write),
                           ::geteuid() == 0 ? "" : ". Create it in the Dockerfile, or start the container as root"});
        case EPERM: return unexplained_refusal(file_system_of(directory));
        case EOVERFLOW: return concat({"The mount maps ids, and has none for uid ", std::to_string(::geteuid())});
        case EROFS: break;
        default: return "";
    }
    const std::string denial = first_denial(parent, Permission::write);
    return denial.empty() ? concat({"The ", file_system_of(directory), " says so of this directory alone"}) : denial;
}

}  // namespace

Failure refused_by_kernel(int directory, const std::string& path, int number) {
    if (number == EPERM && is_immutable(directory)) {
        return system_error(cannot_create(path), number, quote(parent_of(path)) + " is immutable (chattr(1))");
    }
    if (is_on_proc_or_sysfs(directory)) {
        return system_error(cannot_create(path), number, "It would be on a kernel file system, which holds no others");
    }
    return system_error(cannot_create(path), number, reason_against(directory, parent_of(path), number));
}

Failure refused_to_give(int directory, const std::string& path, uid_t uid, gid_t gid, int number) {
    const auto is_lacking = [](OverflowId which, id_t id) { return is_mapped(which, id) == std::optional(false); };
    const bool lacks_mapping = is_lacking(OverflowId::uid, uid) || is_lacking(OverflowId::gid, gid);
    if (number == EINVAL && lacks_mapping) return ids_not_mapped(path, uid, gid);
    const std::string ids = concat({std::to_string(uid), ":", std::to_string(gid)});
    if (number == 0) {
        return fail(MessageId::directory_uncreated,
                    concat({cannot_create(path), " for ", ids, ": the ", file_system_of(directory),
                            " accepted the change and did not make it. Mount it with uid=", std::to_string(uid),
                            ",gid=", std::to_string(gid)}));
    }
    std::string reason;
    if (number == EOVERFLOW) reason = "The mount maps ids, and has none for " + ids;
    if (number == EPERM || number == EINVAL) {
        reason = concat({"The ", file_system_of(directory), " refuses to give it to ", ids});
    }
    return system_error(concat({cannot_create(path), " for ", ids}), number, reason);
}

}  // namespace stepdown
