// SPDX-License-Identifier: Apache-2.0
// statx(2) without the C library: musl has it only from 1.2.5 on, and even then without the id of the mount.
#pragma once

#include <array>
#include <cstdint>

namespace stepdown {

// The kernel's struct statx_timestamp (linux/stat.h).
struct StatxTime {
    std::int64_t tv_sec;
    std::uint32_t tv_nsec;
    std::int32_t reserved;
};

// The kernel's struct statx (linux/stat.h), which is part of its binary interface. statx(2) describes the members.
struct Statx {
    std::uint32_t stx_mask;
    std::uint32_t stx_blksize;
    std::uint64_t stx_attributes;
    std::uint32_t stx_nlink;
    std::uint32_t stx_uid;
    std::uint32_t stx_gid;
    std::uint16_t stx_mode;
    std::uint16_t reserved;
    std::uint64_t stx_ino;
    std::uint64_t stx_size;
    std::uint64_t stx_blocks;
    std::uint64_t stx_attributes_mask;
    StatxTime stx_atime;
    StatxTime stx_btime;
    StatxTime stx_ctime;
    StatxTime stx_mtime;
    std::uint32_t stx_rdev_major;
    std::uint32_t stx_rdev_minor;
    std::uint32_t stx_dev_major;
    std::uint32_t stx_dev_minor;
    std::uint64_t stx_mnt_id;
    std::array<std::uint64_t, 13> later;  // newer kernels write here
};
static_assert(sizeof(Statx) == 256, "the kernel writes 256 bytes");

// Bits of stx_mask (STATX_... in statx(2)).
namespace statx_mask {
inline constexpr std::uint32_t type = 0x1;
inline constexpr std::uint32_t mode = 0x2;
inline constexpr std::uint32_t nlink = 0x4;
inline constexpr std::uint32_t uid = 0x8;
inline constexpr std::uint32_t gid = 0x10;
inline constexpr std::uint32_t ctime = 0x80;
inline constexpr std::uint32_t ino = 0x100;
inline constexpr std::uint32_t size = 0x200;
inline constexpr std::uint32_t basic_stats = 0x7ff;
inline constexpr std::uint32_t btime = 0x800;
inline constexpr std::uint32_t mnt_id = 0x1000;
inline constexpr std::uint32_t mnt_id_unique = 0x4000;  // from Linux 6.8 on
}  // namespace statx_mask

// Bits of stx_attributes and stx_attributes_mask (STATX_ATTR_... in statx(2)).
namespace statx_attribute {
inline constexpr std::uint64_t immutable = 0x10;
inline constexpr std::uint64_t append = 0x20;
inline constexpr std::uint64_t mount_root = 0x2000;
}  // namespace statx_attribute

// statx(2) of path in directory: flags are the AT_... ones that statx(2) names, and mask is made of statx_mask. Returns
// 0 and fills status; stx_mask says which members it filled. Or returns -1 and sets errno: ENOSYS before Linux 4.11,
// and ENOSYS or EPERM under a seccomp profile that forbids the call.
[[nodiscard]] int kernel_statx(int directory, const char* path, int flags, std::uint32_t mask, Statx& status);

}  // namespace stepdown
