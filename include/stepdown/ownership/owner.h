// SPDX-License-Identifier: Apache-2.0
// The ids that an entry belongs to.
#pragma once

#include <sys/types.h>

namespace stepdown {

struct Owner {
    uid_t uid = 0;
    gid_t gid = 0;
    bool operator==(const Owner&) const = default;
};

}  // namespace stepdown
