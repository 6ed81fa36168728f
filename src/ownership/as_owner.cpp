// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/as_owner.h"

#include "stepdown/system/mount.h"

#include <cerrno>

namespace stepdown {

// The result of call with the uid of the last call. If that is refused, call is repeated as the process itself, and
// then as the owner of directory.
template <typename Call>
auto AsOwner::as_self_or_owner(int directory, Call call) {
    auto result = call();
    if (result || result.error() != EACCES) return result;
    if (fsuid_.current() != fsuid_.own()) {
        fsuid_.restore();
        result = call();
        if (result || result.error() != EACCES) return result;
    }
    const auto entry = calls_.look(directory, "");
    if (entry && entry->owner.uid != fsuid_.current() && fsuid_.switch_to(entry->owner.uid)) result = call();
    return result;
}

ErrnoOr<Entry> AsOwner::look(int directory, NamePointer name) {
    return as_self_or_owner(directory, [&] { return calls_.look(directory, name); });
}

// /proc/self/fdinfo is for this process's own user only.
ErrnoOr<Entry> AsOwner::look_with_mount(int fd) {
    auto entry = look(fd, "");
    if (!entry || entry->mount) return entry;
    fsuid_.restore();
    entry->mount = find_mount(fd);
    return entry;
}

ErrnoOr<UniqueFd> AsOwner::pin(int directory, NamePointer name) {
    return as_self_or_owner(directory, [&] { return Syscalls::pin(directory, name); });
}

ErrnoOr<void> AsOwner::await_removals(int directory, NamePointer name) {
    return as_self_or_owner(directory, [&] { return Syscalls::await_removals(directory, name); });
}

// Looking the name up may need the rights of the parent's owner. Reading the directory may need those of its own owner.
ErrnoOr<UniqueFd> AsOwner::open_directory(int directory, NamePointer name, Mounts mounts) {
    auto fd = as_self_or_owner(directory, [&] { return calls_.open_directory(directory, name, mounts); });
    if (fd || fd.error() != EACCES) return fd;
    const auto pinned = pin(directory, name);
    if (!pinned) return tl::unexpected(pinned.error());
    const int at = pinned->get();
    return as_self_or_owner(at, [&] { return calls_.open_directory(at, ".", mounts); });
}

int AsOwner::change(int directory, NamePointer name, Owner owner) {
    fsuid_.restore();
    return Syscalls::change(directory, name, owner);
}

}  // namespace stepdown
