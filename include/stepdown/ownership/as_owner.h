// SPDX-License-Identifier: Apache-2.0
// The calls of the walk with every right that this process has: as itself, and, if that is refused (EACCES), as the
// owner of the directory in question. Root without CAP_DAC_OVERRIDE needs that for a 0700 directory of another user.
#pragma once

#include "stepdown/ownership/owner.h"
#include "stepdown/ownership/syscalls.h"
#include "stepdown/system/fsuid.h"

namespace stepdown {

// Used by one thread. It keeps the uid that it switched to last, so that a run of names in one directory costs one
// switch and not one per name. Whoever needs the rights of the process itself calls restore first.
class AsOwner {
  public:
    explicit AsOwner(Syscalls& calls) : calls_(calls) {}

    // Each does what Syscalls does under that name. directory is a descriptor, and O_PATH will do. EACCES: the process
    // is refused as itself and as the owner.
    [[nodiscard]] ErrnoOr<Entry> look(int directory, NamePointer name);
    [[nodiscard]] ErrnoOr<Entry> look_afresh(int fd) { return calls_.look_afresh(fd); }
    [[nodiscard]] ErrnoOr<Entry> look_with_mount(int fd);
    [[nodiscard]] ErrnoOr<UniqueFd> pin(int directory, NamePointer name);
    [[nodiscard]] ErrnoOr<void> await_removals(int directory, NamePointer name);
    [[nodiscard]] ErrnoOr<UniqueFd> open_directory(int directory, NamePointer name, Mounts mounts);

    // See Syscalls. This one always acts as the process itself. EACCES: the name is out of reach, pin it and change the
    // pin.
    [[nodiscard]] int change(int directory, NamePointer name, Owner owner);

    // Acts as this process itself again. A new thread needs that of its maker, whose file-system uid it inherits.
    void restore() { fsuid_.restore(); }

  private:
    template <typename Call>
    auto as_self_or_owner(int directory, Call call);

    Syscalls& calls_;
    FsuidSwitch fsuid_;
};

}  // namespace stepdown
