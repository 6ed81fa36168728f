// SPDX-License-Identifier: Apache-2.0
// The check that a file has one name and no other. It is needed where the kernel lets users link files of root's into
// their directories (fs.protected_hardlinks is 0, proc(5)), before such a file changes its owner.
#pragma once

#include "stepdown/ownership/as_owner.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace stepdown {

// The place where a file was found.
struct NamedFile {
    int directory = -1;
    std::optional<std::uint64_t> mount;  // that directory is on; nothing where it cannot be told
    NamePointer name = "";
    int pin = -1;  // O_PATH, of the file
};

// A link count of 1 does not say which name is left. unlink(2) and a rename(2) over a name count a link down before
// they take the name away, and a user can hold them there: in a directory with chattr +D, for as long as the disk
// takes. So a planted link that is going looks like a file of one name, and the one name is root's.
//
// Three facts make the count sound. (1) Whoever takes a name out of a directory holds that directory's lock from before
// the count until after the name is gone, and the file's own lock while it counts (directory-locking.rst in the
// kernel's documentation). (2) Every link, removal and move of a name sets the file's ctime. (3) ctime never goes back
// while the clock does not.
//
// So the file is looked at, the directory's lock is waited for, and the name is looked up. If the count was 1 and the
// ctime the same at both times, and the ctime was old enough at the first one for a later one to differ, then nothing
// was linked, removed or moved in between. A removal of this name that had begun before has ended with the wait, and
// the name would be gone; one that began later would show in the ctime. So the name is counted, and it is the one.
//
// This needs no /proc and no path, and takes as many calls at any depth. What it cannot tell counts as another name: a
// ctime that is missing or in the future; a file that is a mount of its own, whose real directory is not known; a mount
// that nobody can tell. A kernel before 5.8 names the mount of the pinned file alone (/proc/self/fdinfo): that is
// enough, because users mount nothing over a name. On a network file system, removals by another machine cannot be
// waited for.
//
// One thread's.
class OnlyName {
  public:
    explicit OnlyName(AsOwner& as_owner) : as_owner_(as_owner) {}

    // Returns true if file has this name alone. entry was seen through its pin. A file that changed within the last
    // clock ticks is waited for; all waits together are bounded. An errno: the lock cannot be waited for, as where a
    // seccomp profile forbids renameat(2).
    [[nodiscard]] ErrnoOr<bool> holds(const NamedFile& file, Entry entry);

  private:
    [[nodiscard]] bool wait_for_old_ctime(int pin, Entry& entry);

    AsOwner& as_owner_;
    std::chrono::nanoseconds patience_ = std::chrono::seconds(5);  // for all files together
};

}  // namespace stepdown
