// SPDX-License-Identifier: Apache-2.0
// Every object on the way to a path: its owner, its mode and its mount. Links are followed as the kernel does, so no
// check of a path that users other than root can lead elsewhere may rest on it (system/resolve.h is for those). It
// serves messages and the dry run. It also decides if a tree within another needs a walk of its own, where a user who
// misleads it only leaves a tree as it is, and it finds the directory of root's own /etc/passwd and /etc/group. It also
// decides whether an operand lies in an excluded path. An exclusion saves work and does not protect.
#pragma once

#include "stepdown/base/unique_fd.h"

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// A permission for a file or directory, in the words of path_resolution(7).
enum class Permission { search, read, write, execute };

// An object that was passed: a directory, or the last one of the path.
struct PathStep {
    UniqueFd fd;              // opened with O_PATH, or a duplicate of the caller's
    std::string path;         // absolute, without links
    uid_t uid = 0;            // its owner, the overflow uid for one that is not mapped
    gid_t gid = 0;            // its group, likewise
    mode_t mode = 0;          // as st_mode of stat(2)
    nlink_t links = 1;        // its link count
    std::uint64_t mount = 0;  // the mount's id; 0: unknown
    bool read_only = false;   // the mount is, or the file system
    bool no_exec = false;     // the mount is
};

// The object that fd, which stays the caller's, is open on; the step has a duplicate of it. path is for messages alone.
// Nothing: fd is not open, or no descriptor is left.
[[nodiscard]] std::optional<PathStep> path_step_of(int fd, std::string path);

struct PathTrace {
    std::vector<PathStep> steps;  // in the order passed, from / or the working directory on; links are left out
    int error = 0;                // the errno of the component after the last step; 0: the last step is the object
    std::string failed_path;      // that component's path

    [[nodiscard]] const PathStep* object() const { return error == 0 && !steps.empty() ? &steps.back() : nullptr; }
};

// Every object that the kernel passes on the way to path (path_resolution(7)). A directory that this process may not
// search for want of capabilities is searched as its owner, where that can be.
[[nodiscard]] PathTrace trace_path(const std::string& path);

// The errno with which the kernel denies this process permission for the object that fd (O_PATH will do) is open on:
// EACCES, EROFS, or 0. A kernel without faccessat2(2), which came with Linux 5.8, is asked by access(2), where that
// means the same; else the answer is 0.
[[nodiscard]] int denial_errno(int fd, Permission permission);

// The mount point above step, which is one of trace, as far as trace shows it: "/data" for "/data/cache".
[[nodiscard]] const std::string& mount_point(const PathTrace& trace, const PathStep& step);

}  // namespace stepdown
