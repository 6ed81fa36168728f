// SPDX-License-Identifier: Apache-2.0
// One name in the file system: the few facts of statx(2) by which ownership is decided.
#pragma once

#include "stepdown/ownership/owner.h"
#include "stepdown/ownership/ownership.h"

#include <sys/stat.h>

#include <cstdint>
#include <optional>

namespace stepdown {

struct FileId {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    bool operator==(const FileId&) const = default;
};

struct Entry {
    mode_t mode = 0;
    std::uint32_t links = 1;  // 0 where the file system does not say
    Owner owner;
    FileId id;
    std::int64_t born = 0;               // nanoseconds since 1970, 0 where the file system does not keep it
    std::int64_t changed = 0;            // ctime: nanoseconds since 1970, 0 where the file system does not keep it
    std::uint64_t size = 0;              // in bytes, 0 where the kernel does not tell unasked
    std::optional<std::uint64_t> mount;  // nothing where the kernel does not tell (before 5.8)
    std::optional<bool> is_mount_root;   // a mount begins here; nothing where the kernel does not tell (before 5.8)
    bool immutable = false;              // chattr +i or +a, as far as the file system says

    [[nodiscard]] bool is_directory() const { return S_ISDIR(mode); }
    [[nodiscard]] bool is_device() const { return S_ISBLK(mode) || S_ISCHR(mode); }
    // Returns true if other is the same file and not a later one under a reused inode number.
    [[nodiscard]] bool same_file(const Entry& other) const { return id == other.id && born == other.born; }
};

}  // namespace stepdown
