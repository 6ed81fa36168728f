// SPDX-License-Identifier: Apache-2.0
// Becoming the user, for good.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/base/setting_name.h"
#include "stepdown/system/kernel.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace stepdown {

// The capabilities that a setting asks to keep.
struct KeptCapabilities {
    CapabilitySet kept;                     // permitted, effective, inheritable and ambient hold exactly these
    std::optional<CapabilitySet> bounding;  // what the bounding set is to hold; nothing: it stays as it is
    SettingName setting{};                  // the one that asks for this, for messages
    bool operator==(const KeptCapabilities&) const = default;
};

// The ids and groups that the process is to have when it becomes the command (credentials(7)).
struct Credentials {
    uid_t from = 0;                            // the uid that is left
    uid_t uid = 0;                             // real, effective and saved
    gid_t gid = 0;                             // likewise
    std::optional<std::vector<gid_t>> groups;  // ascending, each once; nothing: they are right already
    std::optional<KeptCapabilities> capabilities = std::nullopt;  // nothing: what changing the uid leaves, see below
    bool operator==(const Credentials&) const = default;
};

// Narrows the bounding set, sets groups, gids and uids, in this order (credentials(7)), and then the capability sets:
// to those of target.capabilities, else to nothing when the uid changes to other than 0, and only the inheritable and
// ambient ones when it changes to 0. Reads everything back; tries to regain uid 0, which must fail (left out where the
// uid stays, for nothing of it is given up, and where CAP_SETUID is kept); sets the parent-death signal again, which
// the change cleared (prctl(2)). Stops at the first refusal. After an error the process may be anything and must end.
[[nodiscard]] Result<void> drop_privileges(Kernel& kernel, const Credentials& target);

// The setting that says which capabilities target keeps; "" where none does.
[[nodiscard]] SettingName capabilities_setting(const std::optional<Credentials>& target);

// Advice on the EAGAIN of setresuid(2) and execve(2): uid has as many processes as RLIMIT_NPROC allows (getrlimit(2)).
// A sentence, and another one that says what to do, without its full stop.
[[nodiscard]] std::string advice_at_process_limit(uid_t uid);

// From here on no execve(2) gives this process more than it has: set-id bits and file capabilities mean nothing
// (PR_SET_NO_NEW_PRIVS of prctl(2)). It follows drop_privileges, which it would not hinder, and is read back.
[[nodiscard]] Result<void> set_no_new_privs(Kernel& kernel);

}  // namespace stepdown
