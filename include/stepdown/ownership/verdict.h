// SPDX-License-Identifier: Apache-2.0
// The verdict about an entry: decisions only, no system call.
#pragma once

#include "stepdown/base/setting_name.h"
#include "stepdown/ownership/entry.h"

#include <cstdint>
#include <vector>

namespace stepdown {

// Says if an owner that looks right is right. An id that is not mapped reads as the overflow id, so a target with that
// id is ambiguous.
enum class OwnerMatch { exact, ambiguous };

struct ExcludedEntries;

struct Rules {
    Owner owner;                           // that every entry is given to
    OwnerMatch match = OwnerMatch::exact;  // for owner
    HardLinks links = HardLinks::allow;    // not automatic
    // The files that decide how the next start runs, and all directories above. They are never changed, by whatever
    // name the walk meets them.
    std::vector<FileId> protected_files;
    SettingName setting{};                      // the one that the operands come from, for messages
    const ExcludedEntries* excluded = nullptr;  // null for none, which costs a walk nothing
};

enum class Verdict {
    right,           // nothing is done
    change,          // by its name
    change_pinned,   // the name could be replaced by a planted link before the change: look again at what is changed
    device,          // left alone: the user would get what the device gives
    planted_link,    // left alone: it may be a link to somebody else's file, or its links cannot be counted
    protected_file,  // left alone: it decides how the next start runs
};

// The verdict about entry under rules. The order matters: an entry that is right already is right whatever it is, and a
// protected file is left alone even if it is a device. Directories need no pin, because they have one name.
[[nodiscard]] Verdict judge(const Entry& entry, const Rules& rules);

// Returns true if entry has the wanted owner, as far as can be told.
[[nodiscard]] bool is_right(const Entry& entry, Owner owner, OwnerMatch match);

// Returns true if the owner of a top directory may say that everything below it is right. False for the gids 1 and 2
// (system groups: daemon and bin on Debian), which are kept for walks that have not ended. An in-progress owner is an
// owner like any other, and a later start may have it as its target; so these two prove nothing, whoever the target is.
// 0 would not do, because it is the usual gid of users without a name.
[[nodiscard]] bool proves_completion(Owner owner);

// The owners that say "a walk began here", best first. Each has the uid of target, so that a running replica keeps its
// access. Its gid is 1 or 2, which prove nothing, and gid 0 comes last, for a user namespace that maps neither. It is
// neither the gid of target nor that of current, if possible. A later start for that uid and gid 0 takes gid 0 for the
// end of a walk. None if current is target: then current proves nothing, or there would be no walk.
[[nodiscard]] std::vector<Owner> in_progress_owners(Owner target, Owner current);

// Returns true if entry is one of the protected files.
[[nodiscard]] bool is_protected(const Entry& entry, const Rules& rules);

}  // namespace stepdown
