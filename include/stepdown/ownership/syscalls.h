// SPDX-License-Identifier: Apache-2.0
// The system calls of the walk, each relative to a directory, with the fallbacks that old kernels and old seccomp
// profiles need. Nothing here follows a symbolic link. EINTR is retried.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/ownership/entry.h"

#include <atomic>
#include <cstddef>
#include <optional>
#include <span>

namespace stepdown {

// A directory entry's name as getdents64(2) gives it: one component, ended by a NUL byte.
using NamePointer = const char*;

class Syscalls {
  public:
    // statx(2) of a name in directory, or, for "", of directory itself. ENODATA: the file system does not say whose it
    // is.
    [[nodiscard]] ErrnoOr<Entry> look(int directory, NamePointer name);

    // The same of what fd refers to, after a change: what a network file system remembers does not count
    // (AT_STATX_FORCE_SYNC), where there is statx(2).
    [[nodiscard]] ErrnoOr<Entry> look_afresh(int fd);

    // The same of what fd (O_PATH will do) refers to. Where statx(2) does not give the mount, find_mount does.
    [[nodiscard]] ErrnoOr<Entry> look_with_mount(int fd);

    // Opens a directory to read it, without touching its atime where that is allowed. ENOTDIR or ELOOP: it is
    // something else; EXDEV: it is a mount, and mounts says stay.
    [[nodiscard]] ErrnoOr<UniqueFd> open_directory(int directory, NamePointer name, Mounts mounts);

    // An O_PATH descriptor of whatever the name is, a symbolic link itself included. Opens and triggers nothing.
    [[nodiscard]] static ErrnoOr<UniqueFd> pin(int directory, NamePointer name);

    // Waits until whoever is taking a name out of directory has done so. The kernel holds the directory's lock from
    // before it counts the link down until after the name is gone (directory-locking.rst in its documentation). A
    // rename(2) of name to itself takes that lock and changes nothing. ENOENT: the name is gone. EROFS: the mount is
    // read-only.
    [[nodiscard]] static ErrnoOr<void> await_removals(int directory, NamePointer name);

    // Fills buffer with struct dirent64 records; 0 bytes: the end. See getdents64(2).
    [[nodiscard]] static ErrnoOr<std::size_t> read_names(int directory, std::span<std::byte> buffer);

    // fchownat(2) of a name in directory, or, for "", of directory itself. 0, or the errno.
    [[nodiscard]] static int change(int directory, NamePointer name, Owner owner);

  private:
    [[nodiscard]] ErrnoOr<Entry> look(int directory, NamePointer name, int flags);
    [[nodiscard]] ErrnoOr<UniqueFd> open_with_openat2(int directory, NamePointer name, Mounts mounts);
    [[nodiscard]] ErrnoOr<UniqueFd> open_with_openat(int directory, NamePointer name);

    // Found out once, by whichever worker meets it first.
    std::atomic<bool> has_statx_{true};
    std::atomic<bool> has_openat2_{true};
    std::atomic<bool> keeps_atime_{true};  // O_NOATIME needs CAP_FOWNER in other people's directories
};

}  // namespace stepdown
