// SPDX-License-Identifier: Apache-2.0
// The meaning of passwd-name: the entry that a uid without one gets, and what stands in its way.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/identity/accounts.h"
#include "stepdown/identity/identity.h"
#include "stepdown/prepare/account_files.h"
#include "stepdown/settings/settings.h"

#include <optional>
#include <string>
#include <vector>

namespace stepdown {

struct NewEntry {
    std::optional<User> user;  // nothing: another uid has the name, so none is added
    std::string group_name;    // of its gid
    FileEdits edits;
    std::vector<Message> warnings;
    std::vector<Message> not_honoured;  // a warning that strict makes a refusal
};

// The entry that the passwd name of settings, which is there, gives to identity, whose uid has none, with this home.
// Errors: root's name for another uid, or another name for uid 0; a home that cannot stand there.
[[nodiscard]] Result<NewEntry> decide_new_entry(const Settings& settings, const Identity& identity,
                                                const std::string& home, const Accounts& accounts);

// Returns true if edits give the user an entry.
[[nodiscard]] bool adds_user(const FileEdits& edits);

// "gid 3001 gets no name: group docker has gid 999": where the name for a gid without a line is another group's.
[[nodiscard]] std::string gets_no_name(gid_t gid, const Group& same_name);

}  // namespace stepdown
