// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/file_system.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"
#include "stepdown/system/mount.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace stepdown {
namespace {

// The fields of a mount's line that tell of the file system: its type, its source and its options.
std::string_view file_system_fields(std::string_view mountinfo, std::uint64_t mount) {
    while (!mountinfo.empty()) {
        const std::string_view line = pop_piece(mountinfo, '\n');
        constexpr std::string_view separator = " - ";  // ends the optional fields
        const std::size_t at = line.find(separator);
        std::string_view rest = line;
        if (parse_id(pop_piece(rest, ' ')) == mount && at != std::string_view::npos) {
            return line.substr(at + separator.size());
        }
    }
    return "";
}

// The last four are missing in linux/magic.h of Linux 6.1.
constexpr std::array<std::uint32_t, 8> refusing_magics = {
    NFS_SUPER_MAGIC,       SMB_SUPER_MAGIC,       V9FS_MAGIC, MSDOS_SUPER_MAGIC, 0x2011BAB0 /* exfat */,
    0x65735546 /* fuse */, 0xFF534D42 /* cifs */, 0xFE534D42 /* smb2 */};

}  // namespace

std::string type_of_mount(std::optional<std::uint64_t> mount) {
    if (!mount) return "";
    const auto mountinfo = read_kernel_file("/proc/self/mountinfo");
    return mountinfo ? std::string(mount_type(*mountinfo, *mount)) : "";
}

std::string_view mount_type(std::string_view mountinfo, std::uint64_t mount) {
    std::string_view fields = file_system_fields(mountinfo, mount);
    return pop_piece(fields, ' ');
}

std::string_view file_system_options(std::string_view mountinfo, std::uint64_t mount) {
    std::string_view fields = file_system_fields(mountinfo, mount);
    for (int field = 0; field < 2; ++field) pop_piece(fields, ' ');
    return fields;
}

std::string file_system_in_words(std::optional<std::uint64_t> mount) {
    const std::string type = type_of_mount(mount);
    return type.empty() ? "file system" : concat({"file system (", escape(type), ")"});
}

// /proc/self/fdinfo knows the mount on every kernel, and statx(2) only on new ones.
std::string file_system_of(int fd) { return file_system_in_words(find_mount(fd)); }

std::string unexplained_refusal(std::string_view file_system) {
    return concat({"A security module or the ", file_system, " refuses"});
}

bool may_refuse_owners(int fd) {
    struct statfs status {};
    while (::fstatfs(fd, &status) != 0) {
        if (errno != EINTR) return false;
    }
    const auto magic = static_cast<std::uint32_t>(status.f_type);
    return std::find(refusing_magics.begin(), refusing_magics.end(), magic) != refusing_magics.end();
}

}  // namespace stepdown
