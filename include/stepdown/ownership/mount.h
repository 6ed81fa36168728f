// SPDX-License-Identifier: Apache-2.0
// The facts about a mount that the walk needs before it enters the mount.
#pragma once

#include "stepdown/ownership/syscalls.h"

#include <cstdint>
#include <optional>

namespace stepdown {

enum class MountKind {
    ordinary,
    overlay,    // a change can copy a file into the upper layer
    network,    // each call waits for a server
    read_only,  // the mount, the whole file system, or a subvolume of btrfs
    api,        // the kernel's own: proc, sysfs, cgroup, devpts and their like
};

// Returns true if a walk enters mounts of that kind and changes what is in them.
[[nodiscard]] constexpr bool is_entered(MountKind kind) {
    return kind != MountKind::read_only && kind != MountKind::api;
}

// The kind of the mount that fd (O_PATH will do) is on. devtmpfs looks like any tmpfs to statfs(2); mount tells them
// apart where /proc is mounted.
[[nodiscard]] ErrnoOr<MountKind> kind_of_mount(int fd, std::optional<std::uint64_t> mount);

// Returns true if statfs(2) says now that the mount of fd is read-only, or btrfs says so of the subvolume whose top
// directory fd is. False where neither can be asked.
[[nodiscard]] bool is_read_only(int fd);

}  // namespace stepdown
