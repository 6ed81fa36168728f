// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/syscalls.h"

#include "stepdown/system/mount.h"
#include "stepdown/system/statx.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

namespace stepdown {
namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// The result of call, repeated while a signal interrupts it.
template <typename Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

int empty_path_flag(NamePointer name) { return *name == '\0' ? AT_EMPTY_PATH : 0; }

// Forbidden by a seccomp profile reads as either.
bool means_unavailable(int number) { return number == ENOSYS || number == EPERM; }

std::int64_t in_nanoseconds(std::int64_t seconds, std::int64_t nanoseconds) {
    return seconds * 1'000'000'000 + nanoseconds;
}

Entry from_statx(const Statx& status) {
    Entry entry;
    entry.mode = status.stx_mode;
    entry.links = (status.stx_mask & statx_mask::nlink) != 0 ? status.stx_nlink : 0;
    entry.owner = {status.stx_uid, status.stx_gid};
    entry.id = {makedev(status.stx_dev_major, status.stx_dev_minor), status.stx_ino};
    if ((status.stx_mask & statx_mask::btime) != 0) {
        entry.born = in_nanoseconds(status.stx_btime.tv_sec, status.stx_btime.tv_nsec);
    }
    if ((status.stx_mask & statx_mask::ctime) != 0) {
        entry.changed = in_nanoseconds(status.stx_ctime.tv_sec, status.stx_ctime.tv_nsec);
    }
    // Not asked for, because a network file system may have to ask its server. Local ones tell in any case.
    if ((status.stx_mask & statx_mask::size) != 0) entry.size = status.stx_size;
    // An emulator may name the field and leave it 0, which is the id of no mount that a container sees.
    if ((status.stx_mask & statx_mask::mnt_id) != 0 && status.stx_mnt_id != 0) entry.mount = status.stx_mnt_id;
    if ((status.stx_attributes_mask & statx_attribute::mount_root) != 0) {
        entry.is_mount_root = (status.stx_attributes & statx_attribute::mount_root) != 0;
    }
    entry.immutable = (status.stx_attributes & (statx_attribute::immutable | statx_attribute::append)) != 0;
    return entry;
}

Entry from_stat(const struct stat& status) {
    Entry entry;
    entry.mode = status.st_mode;
    entry.links = static_cast<std::uint32_t>(status.st_nlink);
    entry.owner = {status.st_uid, status.st_gid};
    entry.id = {status.st_dev, status.st_ino};
    entry.size = static_cast<std::uint64_t>(status.st_size);
    entry.changed = in_nanoseconds(status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
    return entry;
}

ErrnoOr<Entry> look_with_stat(int directory, NamePointer name) {
    struct stat status {};
    const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | empty_path_flag(name);
    if (uninterrupted([&] { return ::fstatat(directory, name, &status, flags); }) != 0) return tl::unexpected(errno);
    return from_stat(status);
}

ErrnoOr<UniqueFd> open_at(int directory, NamePointer name, int flags) {
    const int fd = uninterrupted([&] { return ::openat(directory, name, flags); });
    if (fd < 0) return tl::unexpected(errno);
    return UniqueFd(fd);
}

}  // namespace

ErrnoOr<Entry> Syscalls::look(int directory, NamePointer name, int flags) {
    if (!has_statx_.load(std::memory_order_relaxed)) return look_with_stat(directory, name);
    constexpr unsigned needed =
        statx_mask::type | statx_mask::mode | statx_mask::uid | statx_mask::gid | statx_mask::ino;
    constexpr unsigned mask = needed | statx_mask::nlink | statx_mask::ctime | statx_mask::btime | statx_mask::mnt_id;
    // No AT_STATX_DONT_SYNC: an owner that a network file system remembers may be out of date, and would be skipped.
    flags |= AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | empty_path_flag(name);
    Statx status;  // NOLINT(cppcoreguidelines-pro-type-member-init): 256 bytes that the kernel fills
    if (uninterrupted([&] { return kernel_statx(directory, name, flags, mask, status); }) == 0) {
        if ((status.stx_mask & needed) != needed) return tl::unexpected(ENODATA);
        return from_statx(status);
    }
    const int number = errno;
    if (!means_unavailable(number)) return tl::unexpected(number);
    auto entry = look_with_stat(directory, name);
    if (entry) has_statx_.store(false, std::memory_order_relaxed);
    return entry;
}

ErrnoOr<Entry> Syscalls::look(int directory, NamePointer name) { return look(directory, name, 0); }

ErrnoOr<Entry> Syscalls::look_afresh(int fd) { return look(fd, "", AT_STATX_FORCE_SYNC); }

ErrnoOr<Entry> Syscalls::look_with_mount(int fd) {
    auto entry = look(fd, "");
    if (entry && !entry->mount) entry->mount = find_mount(fd);
    return entry;
}

ErrnoOr<UniqueFd> Syscalls::open_with_openat2(int directory, NamePointer name, Mounts mounts) {
    open_how how{};
    how.flags = directory_flags | (keeps_atime_.load(std::memory_order_relaxed) ? O_NOATIME : 0);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    if (mounts == Mounts::stay) how.resolve |= RESOLVE_NO_XDEV;
    const auto open = [&] { return ::syscall(SYS_openat2, directory, name, &how, sizeof how); };
    auto fd = uninterrupted(open);
    if (fd < 0 && errno == EPERM && (how.flags & O_NOATIME) != 0) {
        // Asked again before openat2 counts as forbidden: the fallback would lose RESOLVE_*.
        how.flags &= ~static_cast<__u64>(O_NOATIME);
        fd = uninterrupted(open);
        if (fd >= 0) keeps_atime_.store(false, std::memory_order_relaxed);
    }
    if (fd < 0) return tl::unexpected(errno);
    return UniqueFd(static_cast<int>(fd));
}

// One name without a slash cannot lead further than RESOLVE_BENEATH allows; only the mount is left to the caller.
ErrnoOr<UniqueFd> Syscalls::open_with_openat(int directory, NamePointer name) {
    if (keeps_atime_.load(std::memory_order_relaxed)) {
        auto fd = open_at(directory, name, directory_flags | O_NOATIME);
        if (fd || fd.error() != EPERM) return fd;
    }
    return open_at(directory, name, directory_flags);
}

ErrnoOr<UniqueFd> Syscalls::open_directory(int directory, NamePointer name, Mounts mounts) {
    if (has_openat2_.load(std::memory_order_relaxed)) {
        auto fd = open_with_openat2(directory, name, mounts);
        if (fd || !means_unavailable(fd.error())) return fd;
    }
    auto fd = open_with_openat(directory, name);
    if (fd) has_openat2_.store(false, std::memory_order_relaxed);
    return fd;
}

ErrnoOr<void> Syscalls::await_removals(int directory, NamePointer name) {
    if (::renameat(directory, name, directory, name) == 0) return {};
    return tl::unexpected(errno);
}

ErrnoOr<UniqueFd> Syscalls::pin(int directory, NamePointer name) {
    return open_at(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

ErrnoOr<std::size_t> Syscalls::read_names(int directory, std::span<std::byte> buffer) {
    // C libraries differ in the type of the buffer.
    const long got = uninterrupted([&] { return ::syscall(SYS_getdents64, directory, buffer.data(), buffer.size()); });
    if (got < 0) return tl::unexpected(errno);
    return static_cast<std::size_t>(got);
}

int Syscalls::change(int directory, NamePointer name, Owner owner) {
    const int flags = AT_SYMLINK_NOFOLLOW | empty_path_flag(name);
    const auto change = [&] { return ::fchownat(directory, name, owner.uid, owner.gid, flags); };
    return uninterrupted(change) == 0 ? 0 : errno;
}

}  // namespace stepdown
