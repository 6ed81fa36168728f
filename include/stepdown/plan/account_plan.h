// SPDX-License-Identifier: Apache-2.0
// The meaning of uid and gid: which lines of /etc/passwd and /etc/group change, and what stands in their way.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/identity/accounts.h"
#include "stepdown/prepare/account_files.h"
#include "stepdown/settings/settings.h"

#include <optional>
#include <string>
#include <vector>

namespace stepdown {

// The edits are in an order that a crash does no harm to. While the user's line in /etc/passwd is the old one, the next
// start does what is missing. So that line comes last, and is left as it is where an edit that adds the user to a group
// fails: its old gid is then the only place that says which group the user is to stay in.
struct Renumbering {
    Accounts accounts;  // as they count for this start, whether the files can be written or not
    FileEdits edits;    // none where they are right already
    std::vector<std::string> notes;
    std::vector<Message> warnings;
    std::vector<Message> not_honoured;  // warnings that strict makes refusals
};

// The account of the user setting with the new uid and gid; nothing where neither is set. A primary group
// that is the account's own (it has the account's name, and is nobody else's) gets the new gid. Any other one keeps its
// line, the user becomes a member of it, and the new gid gets a line of its own. Errors: those of check_new_ids; the
// user is unknown or is root; an @PATH that tells no owner.
[[nodiscard]] Result<std::optional<Renumbering>> decide_renumbering(const Settings& settings, const Accounts& accounts);

// Returns true if edit makes the user a member of its old primary group: nothing may follow it if it fails (see
// Renumbering).
[[nodiscard]] bool keeps_old_group(const FileEdit& edit);

}  // namespace stepdown
