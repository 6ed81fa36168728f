// The ids that stand for "not mapped in this user namespace" (user_namespaces(7)).
#pragma once

#include <sys/types.h>

#include <optional>

namespace stepdown {

enum class OverflowId { uid, gid };

// What /proc/sys/kernel/overflowuid or overflowgid says; 65534, the kernel's default, where it cannot be read.
[[nodiscard]] id_t overflow_id(OverflowId which);

// Whether /proc/self/uid_map or gid_map has id on its inner side; nothing where it cannot be read.
[[nodiscard]] std::optional<bool> is_mapped(OverflowId which, id_t id);

// Whether an object of uid and gid has an owner or a group that this user namespace does not map, so that no
// capability in it helps to change either (capabilities(7)). Where the namespace maps the overflow id itself, that
// cannot be told: false.
[[nodiscard]] bool is_unmapped(uid_t uid, gid_t gid);

}  // namespace stepdown
