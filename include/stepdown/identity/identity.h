// SPDX-License-Identifier: Apache-2.0
// From a spec to ids: the rules of SPEC. Messages are reasons; the caller names the setting. Of every error,
// is_malformed says whether the value is badly written, whatever the account files and the file system hold.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/identity/accounts.h"
#include "stepdown/identity/spec.h"
#include "stepdown/system/user_namespace.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace stepdown {

// Returns true if error says that a value is badly written. Such a value is refused in every start, even in one without
// root, which skips what it cannot resolve.
[[nodiscard]] bool is_malformed(const Fault& fault);

// The ids that a spec means.
struct Identity {
    uid_t uid = 0;
    gid_t gid = 0;
    std::optional<User> entry;  // the passwd entry: that of the name, else the first one with the uid
    std::string group_name;     // "" where the gid has no entry
    bool operator==(const Identity&) const = default;
};

// Resolves spec. Only a user half that reads "root" or "0" gives uid 0. Errors: a name that is not found; an id out of
// range; uid 0 by any other way, an empty user half while current_uid is 0 among them; a uid that has no passwd entry
// and no group; an owner of @PATH that is 0, or that may be unmapped (may_have_no_mapping). If both halves are wrong,
// the group's error is a further one of the user's.
[[nodiscard]] Result<Identity> resolve_user(const UserSpec& spec, const Accounts& accounts, uid_t current_uid);

// The spec that means root: "root", or "0:0" where that is no account with uid 0 (an image without /etc/passwd).
[[nodiscard]] std::string_view spec_of_root(const Accounts& accounts);

// The group that entry (of SPEC or of a list of groups) means. zero_advice ends the message about an @PATH that group
// 0 owns. Of a name or a path that does not exist, is_missing (system/resolve.h) is true.
[[nodiscard]] Result<gid_t> resolve_group(const SpecPart& entry, const Accounts& accounts,
                                          std::string_view zero_advice);

// The id that value (a number, or @PATH for the owner of PATH) means. It may be 0. Errors: an id out of range; an owner
// that may be unmapped (may_have_no_mapping).
[[nodiscard]] Result<id_t> resolve_id(const SpecPart& value, OverflowId which);

}  // namespace stepdown
