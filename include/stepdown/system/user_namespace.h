// SPDX-License-Identifier: Apache-2.0
// The ids that stand for "not mapped in this user namespace" (user_namespaces(7)).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

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

// The id of the user namespace above that id is here, if id has a line of its own in the map. A rootless engine maps
// the person who runs it like that: as root (0 1000 1), or as the same uid again (1000 0 1, podman's keep-id). The
// subordinate ids of subuid(5) come as ranges. Nothing for any other id, for root where it is root above, too, and
// where the map cannot be read.
[[nodiscard]] std::optional<id_t> id_outside(OverflowId which, id_t id);

// "Root here is uid 1000 outside (under a rootless engine, the person who runs it)", by root's id_outside; "" if it has
// none.
[[nodiscard]] std::string who_root_is_outside();

// "start the container with podman's --userns=keep-id --user=1000:1000": how that person, who has an id_outside as
// root, starts without root. keep-id alone leaves the user of an image that names one.
[[nodiscard]] std::string start_with_keep_id();

// Returns true if an object of uid and gid has an owner or a group that this user namespace does not map, so that no
// capability in it helps to change either (capabilities(7)). Where the namespace maps the overflow id itself, that
// cannot be told: false.
[[nodiscard]] bool has_no_mapping(uid_t uid, gid_t gid);

}  // namespace stepdown
