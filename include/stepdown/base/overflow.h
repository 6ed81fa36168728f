// The ids that stand for "not mapped in this user namespace" (user_namespaces(7)).
#pragma once

#include <sys/types.h>

namespace stepdown {

enum class OverflowId { uid, gid };

// What /proc/sys/kernel/overflowuid or overflowgid says; 65534, the kernel's default, where it cannot be read.
[[nodiscard]] id_t overflow_id(OverflowId which);

}  // namespace stepdown
