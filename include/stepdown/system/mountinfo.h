// SPDX-License-Identifier: Apache-2.0
// The mounts as /proc/self/mountinfo lists them (proc_pid_mountinfo(5)). Nothing here needs a descriptor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

struct MountPoint {
    std::uint64_t mount = 0;  // its id
    std::string path;
    std::string device;      // of the file system: "8:1"
    std::string root;        // the path within that file system that the mount shows
    bool read_only = false;  // the mount is; the file system may be as well
};

// All that the text of /proc/self/mountinfo names, in its order.
[[nodiscard]] std::vector<MountPoint> mount_points(std::string_view mountinfo);

// Returns true if mount shows a directory or a file of the host's: it is no volume of an engine's (such as
// .../volumes/NAME/_data), and no tmpfs or overlay of the container's own. False where the text has no such mount.
[[nodiscard]] bool is_bind_mount(std::string_view mountinfo, std::uint64_t mount);

// The same of a mount of this process; false where /proc/self/mountinfo cannot be read.
[[nodiscard]] bool is_bind_mount(std::uint64_t mount);

}  // namespace stepdown
