// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/context.h"

#include "stepdown/base/file.h"
#include "stepdown/system/capability.h"
#include "stepdown/system/user_namespace.h"

#include <sys/stat.h>

namespace stepdown {
namespace {

HardLinks link_rule(HardLinks hard_links) {
    if (hard_links != HardLinks::automatic) return hard_links;
    const bool is_protected = read_kernel_number("/proc/sys/fs/protected_hardlinks") == 1U;
    return is_protected ? HardLinks::allow : HardLinks::refuse;
}

// The first user namespace has this inode number in every kernel (PROC_USER_INIT_INO): one call instead of reading
// and judging /proc/self/uid_map.
bool in_first_user_namespace() {
    constexpr ino_t first = 0xEFFFFFFD;
    struct stat status {};
    return ::stat("/proc/self/ns/user", &status) == 0 && status.st_ino == first;
}

OwnerMatch find_owner_match(Owner owner) {
    if (in_first_user_namespace()) return OwnerMatch::exact;
    return may_have_no_mapping(owner.uid, owner.gid) ? OwnerMatch::ambiguous : OwnerMatch::exact;
}

}  // namespace

const ExcludedEntries* OwnershipContext::excluded() {
    if (plan_.excluded.empty()) return nullptr;
    if (!excluded_) excluded_ = find_excluded(calls_, plan_.excluded);
    return &*excluded_;
}

OwnerMatch OwnershipContext::owner_match() {
    if (!owner_match_) owner_match_ = find_owner_match(plan_.owner);
    return *owner_match_;
}

const Rules& OwnershipContext::rules() {
    if (rules_) return *rules_;
    rules_ = Rules{plan_.owner, owner_match(), link_rule(plan_.hard_links), {}, plan_.settings.chown, excluded()};
    for (const ProtectedFile& each : protected_files_) rules_->protected_files.push_back(each.id);
    return *rules_;
}

bool OwnershipContext::may_chown() {
    if (!may_chown_) {
        const auto sets = read_capabilities();
        may_chown_ = sets && sets->effective.has(cap_chown);
    }
    return *may_chown_;
}

Mode OwnershipContext::mode() {
    if (purpose_ == Purpose::preview) return Mode::preview;
    return may_chown() ? Mode::change : Mode::cannot_chown;
}

}  // namespace stepdown
