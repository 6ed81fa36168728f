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

    // As in Calls.
    [[nodiscard]] ErrnoOr<Entry> look(int directory, NamePointer name);
    [[nodiscard]] ErrnoOr<Entry> look_afresh(int fd) { return calls_.look_afresh(fd); }
    [[nodiscard]] ErrnoOr<Entry> look_with_mount(int fd);
    [[nodiscard]] ErrnoOr<UniqueFd> pin(int directory, NamePointer name);
    [[nodiscard]] ErrnoOr<void> await_removals(int directory, NamePointer name);
    [[nodiscard]] ErrnoOr<UniqueFd> open_directory(int directory, NamePointer name, Mounts mounts);

    // As in Calls, always as this process itself. EACCES: the name is out of reach, pin it and change the pin.
    [[nodiscard]] int change(int directory, NamePointer name, Owner owner);

    // As this process itself again: a thread starts as whoever its maker is.
    void restore() { fsuid_.restore(); }

  private:
    template <typename Call>
    auto as_self_or_owner(int directory, Call call);

    Syscalls& calls_;
    FsuidSwitch fsuid_;
};

}  // namespace stepdown
