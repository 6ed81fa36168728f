// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/mount.h"

#include "stepdown/system/file_system.h"

#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace stepdown {
namespace {

// Those that linux/magic.h lacks.
constexpr std::uint32_t mqueue_magic = 0x19800202;
constexpr std::uint32_t cifs_magic = 0xFF534D42;
constexpr std::uint32_t smb2_magic = 0xFE534D42;
constexpr std::uint32_t ceph_magic = 0x00C36400;
constexpr std::uint32_t fuse_magic = 0x65735546;
constexpr std::uint32_t lustre_magic = 0x0BD00BD0;
constexpr std::uint32_t fusectl_magic = 0x65735543;
constexpr std::uint32_t configfs_magic = 0x62656570;
constexpr std::uint32_t resctrl_magic = 0x07655821;

constexpr std::array<std::uint32_t, 18> api_magics = {
    PROC_SUPER_MAGIC, SYSFS_MAGIC,    CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEVPTS_SUPER_MAGIC, mqueue_magic,
    DEBUGFS_MAGIC,    TRACEFS_MAGIC,  SECURITYFS_MAGIC,   SELINUX_MAGIC,       BPF_FS_MAGIC,       PSTOREFS_MAGIC,
    EFIVARFS_MAGIC,   BINFMTFS_MAGIC, HUGETLBFS_MAGIC,    fusectl_magic,       configfs_magic,     resctrl_magic};

constexpr std::array<std::uint32_t, 8> network_magics = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, cifs_magic, smb2_magic,
                                                         ceph_magic,      V9FS_MAGIC,      fuse_magic, lustre_magic};

template <std::size_t N>
bool among(const std::array<std::uint32_t, N>& magics, std::uint32_t magic) {
    return std::find(magics.begin(), magics.end(), magic) != magics.end();
}

ErrnoOr<struct statfs> status_of(int fd) {
    struct statfs status {};
    while (::fstatfs(fd, &status) != 0) {
        if (errno != EINTR) return tl::unexpected(errno);
    }
    return status;
}

std::uint32_t magic_of(const struct statfs& status) { return static_cast<std::uint32_t>(status.f_type); }

// Only the top directory of a subvolume can be asked, through a descriptor that is open for reading (ioctl_btrfs(2)).
bool is_read_only_subvolume(int fd) {
    const UniqueFd directory(::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::uint64_t flags = 0;
    // By syscall(2), because C libraries differ in the type of the request.
    return ::syscall(SYS_ioctl, directory.get(), BTRFS_IOC_SUBVOL_GETFLAGS, &flags) == 0 &&
           (flags & BTRFS_SUBVOL_RDONLY) != 0;
}

bool is_read_only(const struct statfs& status, int fd) {
    if ((static_cast<unsigned long>(status.f_flags) & ST_RDONLY) != 0) return true;
    return magic_of(status) == BTRFS_SUPER_MAGIC && is_read_only_subvolume(fd);
}

}  // namespace

ErrnoOr<MountKind> kind_of_mount(int fd, std::optional<std::uint64_t> mount) {
    const auto status = status_of(fd);
    if (!status) return tl::unexpected(status.error());
    const std::uint32_t magic = magic_of(*status);
    if (among(api_magics, magic)) return MountKind::api;
    if ((magic == TMPFS_MAGIC || magic == RAMFS_MAGIC) && type_of_mount(mount) == "devtmpfs") return MountKind::api;
    if (is_read_only(*status, fd)) return MountKind::read_only;
    if (magic == OVERLAYFS_SUPER_MAGIC) return MountKind::overlay;
    return among(network_magics, magic) ? MountKind::network : MountKind::ordinary;
}

bool is_read_only(int fd) {
    const auto status = status_of(fd);
    return status && is_read_only(*status, fd);
}

}  // namespace stepdown
