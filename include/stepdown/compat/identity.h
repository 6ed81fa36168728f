// SPDX-License-Identifier: Apache-2.0
// The identity rules of gosu 1.19 and su-exec 0.3, which their applets keep.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/identity/accounts.h"

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

struct CompatIdentity {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;  // set exactly so
    std::string home = "/";
    bool operator==(const CompatIdentity&) const = default;
};

// The ids that this process has. An empty user half means them to gosu and su-exec.
struct CurrentIds {
    uid_t uid = 0;
    gid_t gid = 0;
};

// gosu: an empty user is the current one; a uid without entry keeps the current gid; the groups are those that list
// the user, none when the spec names a group; what follows a second colon is ignored. Ids are 0 to
// 2147483647. Messages are gosu's.
[[nodiscard]] Result<CompatIdentity> resolve_as_gosu(std::string_view spec, const Accounts& accounts,
                                                     CurrentIds current);

// su-exec: the same, but the groups include the primary one, and ids are 0 to 4294967294, as in su-exec 0.3, which
// reads them with strtol(3); 4294967295 is "no change" to the kernel. Messages are su-exec's.
[[nodiscard]] Result<CompatIdentity> resolve_as_su_exec(std::string_view spec, const Accounts& accounts,
                                                        CurrentIds current);

}  // namespace stepdown
