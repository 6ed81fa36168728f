// SPDX-License-Identifier: Apache-2.0
// Creates directories for another user, safely where other users can write the parent.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/prepare/directories.h"

#include <span>
#include <string>

namespace stepdown {

enum class Made {
    all,
    found_some,  // another process made one of them meanwhile: nothing was made here, and the rest is still to be made
};

// Makes paths, each the one in the one before it and the first one in parent, with mode 0777 less the umask, and gives
// them to plan.uid and plan.gid. Somebody who may write parent can exchange a new directory for another one of root's,
// which would then be given away: a rename within one directory asks for no right to what is renamed. Therefore there
// are two ways:
//
// * If only this process can rename in parent (it owns parent, and parent is sticky or writable for nobody else), or if
//   plan.uid is this process's own, the directories are made in place. They are given away when all of them are there,
//   the deepest first.
// * Elsewhere they are made in a staging directory: a new one of mode 0700 in parent (".stepdown-" and a number).
//   Whoever moves that one about cannot reach what is in it, unless the owner of parent made it for want of
//   capabilities; an exchange is noticed then by the owner of what is there. Then renameat2(2) puts the first of paths
//   in its place, where nothing may be yet (RENAME_NOREPLACE), and each is given away by the descriptor that was opened
//   while nobody else could reach it.
//
// A process that is killed in between leaves directories of its own, and never one of somebody else's that was given
// away; a left-over ".stepdown-" directory can be removed. After an error nothing of paths is left.
//
// Errors: those of refused_by_kernel and refused_to_give; a system call that failed; another process exchanged a
// directory.
[[nodiscard]] Result<Made> make_chain(const DirectoriesPlan& plan, int parent, std::span<const std::string> paths);

}  // namespace stepdown
