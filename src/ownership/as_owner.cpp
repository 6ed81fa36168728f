#include "stepdown/ownership/as_owner.h"

#include "stepdown/system/mount.h"

#include <cerrno>

namespace stepdown {

// The result of call as who we are now, or, where that is refused, as ourselves or as the owner of directory.
template <typename Call>
auto Access::as_whoever_may(int directory, Call call) {
    auto result = call();
    if (result || result.error() != EACCES) return result;
    if (identity_.now() != identity_.self()) {
        identity_.become_self();
        result = call();
        if (result || result.error() != EACCES) return result;
    }
    const auto entry = calls_.look(directory, "");
    if (entry && entry->owner.uid != identity_.now() && identity_.become(entry->owner.uid)) result = call();
    return result;
}

ErrnoOr<Entry> Access::look(int directory, NamePointer name) {
    return as_whoever_may(directory, [&] { return calls_.look(directory, name); });
}

// /proc/self/fdinfo is for this process's own user only.
ErrnoOr<Entry> Access::look_with_mount(int fd) {
    auto entry = look(fd, "");
    if (!entry || entry->mount) return entry;
    identity_.become_self();
    entry->mount = find_mount(fd);
    return entry;
}

ErrnoOr<UniqueFd> Access::pin(int directory, NamePointer name) {
    return as_whoever_may(directory, [&] { return Calls::pin(directory, name); });
}

ErrnoOr<void> Access::await_removals(int directory, NamePointer name) {
    return as_whoever_may(directory, [&] { return Calls::await_removals(directory, name); });
}

// To be found a name needs the rights of its directory's owner, to be read the directory needs those of its own.
ErrnoOr<UniqueFd> Access::open_directory(int directory, NamePointer name, Mounts mounts) {
    auto fd = as_whoever_may(directory, [&] { return calls_.open_directory(directory, name, mounts); });
    if (fd || fd.error() != EACCES) return fd;
    const auto pinned = pin(directory, name);
    if (!pinned) return tl::unexpected(pinned.error());
    const int at = pinned->get();
    return as_whoever_may(at, [&] { return calls_.open_directory(at, ".", mounts); });
}

int Access::change(int directory, NamePointer name, Owner owner) {
    identity_.become_self();
    return Calls::change(directory, name, owner);
}

}  // namespace stepdown
