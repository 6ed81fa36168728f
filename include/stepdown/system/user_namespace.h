// SPDX-License-Identifier: Apache-2.0
// The ids that stand for "not mapped in this user namespace" (user_namespaces(7)).
#pragma once

#include <sys/types.h>

#include <optional>

namespace stepdown {

enum class OverflowId { uid, gid };

// The number in /proc/sys/kernel/overflowuid or overflowgid; 65534, the kernel's default, where it cannot be read.
[[nodiscard]] id_t overflow_id(OverflowId which);

// Returns true if /proc/self/uid_map or gid_map has id on its inner side; nothing where it cannot be read.
[[nodiscard]] std::optional<bool> is_mapped(OverflowId which, id_t id);

// Returns true if id, read from a file or from the current groups, may stand for one that is not mapped: it is the
// overflow id, and the map of this user namespace is not the full one (0 0 4294967295), under which every id is
// ordinary. In every other namespace the overflow id is ambiguous, even where the map holds it. A map that cannot be
// read is not full.
[[nodiscard]] bool may_have_no_mapping(OverflowId which, id_t id);
// Either of the two.
[[nodiscard]] bool may_have_no_mapping(uid_t uid, gid_t gid);

// Returns true if uid 0 of this user namespace is another uid in the one above it, as under a rootless engine. False
// where that cannot be read. Reads /proc/self/uid_map.
[[nodiscard]] bool is_root_ordinary_outside();

// Returns true if an object of uid and gid has an owner or a group that this user namespace does not map, so that no
// capability in it helps to change either (capabilities(7)). Where the namespace maps the overflow id itself, that
// cannot be told: false.
[[nodiscard]] bool has_no_mapping(uid_t uid, gid_t gid);

}  // namespace stepdown
