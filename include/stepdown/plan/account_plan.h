// What uid, gid and passwd-name mean: which lines of /etc/passwd and /etc/group change, and what stands in their way.
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

// The files' order is the one that a crash does no harm to: while the user's line is the old one, the next start does
// what is missing.
struct Renumbering {
    Accounts accounts;  // as they count for this start, whether the files can be written or not
    FileEdits edits;    // none where they are right already
    std::vector<std::string> warnings;
    std::vector<std::string> not_honoured;  // warnings that strict makes refusals
};

// The account of the user setting with the ids of GOSU_UID and GOSU_GID; nothing where neither is set. Errors: the user
// is not a name, is unknown or is root; an @PATH that tells no owner.
[[nodiscard]] Result<std::optional<Renumbering>> decide_renumbering(const Settings& settings, const Accounts& accounts);

struct NewEntry {
    User user;
    std::string group_name;  // of its gid
    FileEdits edits;
    std::vector<std::string> warnings;
};

// The entry that GOSU_PASSWD_NAME gives to identity, whose uid has none, with this home. Errors: another uid has the
// name; root's name for another uid, or another name for uid 0; a home that cannot stand there.
[[nodiscard]] Result<NewEntry> decide_new_entry(const Given& name, const Identity& identity, const std::string& home,
                                                const Accounts& accounts);

// Whether edits give the user an entry.
[[nodiscard]] bool adds_user(const FileEdits& edits);

}  // namespace stepdown
