// Becoming the user, for good.
#pragma once

#include "stepdown/base/kernel.h"
#include "stepdown/base/result.h"

#include <sys/types.h>

#include <optional>
#include <vector>

namespace stepdown {

struct Credentials {
    uid_t from = 0;  // the uid that is left
    uid_t uid = 0;
    gid_t gid = 0;
    std::optional<std::vector<gid_t>> groups;  // ascending, each once; nothing: they are right already
    bool operator==(const Credentials&) const = default;
};

// Sets groups, gids and uids, in this order (credentials(7)); empties the capability sets when the uid changes to
// other than 0, and only the inheritable and ambient ones when it changes to 0; reads everything back; tries to regain
// uid 0, which must fail (left out where the uid stays, for nothing of it is given up); sets the parent-death signal
// again, which the change cleared (prctl(2)). Stops at the first refusal. After an error the process may be anything
// and must end.
[[nodiscard]] Result<void> assume(Kernel& kernel, const Credentials& target);

}  // namespace stepdown
