// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/mount.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/system/statx.h"

#include <fcntl.h>

#include <cerrno>
#include <string_view>

namespace stepdown {

std::optional<std::uint64_t> mount_in_fdinfo(std::string_view fdinfo) {
    while (!fdinfo.empty()) {
        std::string_view line = pop_piece(fdinfo, '\n');
        if (pop_piece(line, '\t') == "mnt_id:") return parse_id(line);
    }
    return std::nullopt;
}

std::optional<std::uint64_t> find_mount(int fd) {
    const auto fdinfo = read_kernel_file("/proc/self/fdinfo/" + std::to_string(fd));
    return fdinfo ? mount_in_fdinfo(*fdinfo) : std::nullopt;
}

Result<std::uint64_t> mount_id_of(const std::string& path) {
    Statx status{};
    const bool known = kernel_statx(AT_FDCWD, path.c_str(), 0, statx_mask::mnt_id, status) == 0;
    // An emulator may name the field and leave it 0, which is the id of no mount that a container sees.
    if (known && (status.stx_mask & statx_mask::mnt_id) != 0 && status.stx_mnt_id != 0) return status.stx_mnt_id;
    if (!known && errno != ENOSYS && errno != EPERM) return system_error("cannot look at " + quote(path), errno);
    const UniqueFd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!fd.valid()) return system_error("cannot look at " + quote(path), errno);
    if (const auto id = find_mount(fd.get())) return *id;
    return fail(MessageId::system_error, "cannot tell the mount of " + quote(path));
}

}  // namespace stepdown
