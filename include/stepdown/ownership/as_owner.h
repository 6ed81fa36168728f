// SPDX-License-Identifier: Apache-2.0
// The calls of the walk with every right this process has: where it is refused as itself, as the owner of the
// directory in question.
#pragma once

#include "stepdown/ownership/owner.h"
#include "stepdown/ownership/syscalls.h"
#include "stepdown/system/fsuid.h"

namespace stepdown {

// One thread's. Whom it acted as last it stays, so that a directory's names take no more calls than anywhere else.
class AsOwner {
  public:
    explicit AsOwner(Syscalls& calls) : calls_(calls) {}

    // See Syscalls.
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
