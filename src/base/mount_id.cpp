#include "stepdown/base/mount_id.h"

#include "stepdown/base/file.h"
#include "stepdown/base/statx.h"
#include "stepdown/base/text.h"
#include "stepdown/base/unique_fd.h"

#include <fcntl.h>

#include <cerrno>
#include <charconv>
#include <string_view>

namespace stepdown {
namespace {

Result<std::uint64_t> mount_id_from_fdinfo(const std::string& path) {
    constexpr std::string_view key = "mnt_id:\t";
    const UniqueFd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!fd.valid()) return system_error("cannot look at " + quote(path), errno);
    const std::string text = TRY(read_kernel_file("/proc/self/fdinfo/" + std::to_string(fd.get())));
    std::uint64_t id = 0;
    const auto at = text.find(key);
    if (at != std::string::npos) {
        const char* begin = text.data() + at + key.size();
        if (std::from_chars(begin, text.data() + text.size(), id).ec == std::errc{}) return id;
    }
    return fail("cannot tell the mount of " + quote(path));
}

}  // namespace

Result<std::uint64_t> mount_id_of(const std::string& path) {
    struct statx status {};
    const bool known = kernel_statx(AT_FDCWD, path.c_str(), 0, STATX_MNT_ID, status) == 0;
    if (known && (status.stx_mask & STATX_MNT_ID) != 0) return status.stx_mnt_id;
    if (!known && errno != ENOSYS) return system_error("cannot look at " + quote(path), errno);
    return mount_id_from_fdinfo(path);
}

}  // namespace stepdown
