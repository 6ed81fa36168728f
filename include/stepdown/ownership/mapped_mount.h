// SPDX-License-Identifier: Apache-2.0
// Mounts that map ids: mount_setattr(2) with MOUNT_ATTR_IDMAP.
#pragma once

#include "stepdown/ownership/owner.h"
#include "stepdown/ownership/ownership.h"

#include <string_view>

namespace stepdown {

// Returns true if the mount of fd (O_PATH will do) maps ids and has none for owner, so that a change to owner would
// fail with EOVERFLOW. False where the kernel does not tell, which is before Linux 6.15 (STATMOUNT_MNT_UIDMAP in
// statmount(2)).
[[nodiscard]] bool lacks_owner(int fd, Owner owner);

// Returns true if id is on the outer side of map: of count strings such as "0 100000 65536", each ended by a NUL byte.
[[nodiscard]] bool is_on_outer_side(unsigned count, std::string_view map, id_t id);

}  // namespace stepdown
