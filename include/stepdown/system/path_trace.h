// SPDX-License-Identifier: Apache-2.0
// Who owns what on the way to a path, and what stands in the way there. It follows links as the kernel does, so no
// check of a path that others than root can lead elsewhere may rest on it (system/resolve.h is for those). It serves
// messages, the dry run, the choice whether a tree within another is walked on its own, where whoever misleads it has a
// tree left unowned, and the question where root's own /etc/passwd and /etc/group would be.
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

inline constexpr int max_links = 40;  // on one way, as in the kernel's own walk (path_resolution(7))

// An object that was passed: a directory, or the last one of the path.
struct PathStep {
    UniqueFd fd;       // O_PATH will do
    std::string path;  // absolute, without links
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t mode = 0;  // as st_mode
    nlink_t names = 1;
    std::uint64_t mount = 0;  // the mount's id; 0: unknown
    bool read_only = false;   // the mount is, or the file system
    bool no_exec = false;     // the mount is
};

// The object that fd, which stays the caller's, is open on; nothing: it is not open.
[[nodiscard]] std::optional<PathStep> path_step_of(int fd, std::string path);

struct PathTrace {
    std::vector<PathStep> steps;  // in the order passed, from / or the working directory on; links are left out
    int number = 0;               // the errno of the component after the last point; 0: the last point is the object
    std::string missing;          // that component's path

    [[nodiscard]] const PathStep* object() const { return number == 0 && !steps.empty() ? &steps.back() : nullptr; }
};

// Every object that the kernel passes on the way to path (path_resolution(7)). A directory that this process may not
// search for want of capabilities is searched as its owner, where that can be.
[[nodiscard]] PathTrace trace_path(const std::string& path);

// The errno with which the kernel refuses this process a right at point: EACCES, EROFS, or 0. A kernel without
// faccessat2(2) cannot say, which is no refusal.
[[nodiscard]] int denial_errno(const PathStep& step, Permission permission);

// The mount point above step, which is one of trace, as far as trace shows it: "/data" for "/data/cache".
[[nodiscard]] const std::string& mount_point(const PathTrace& trace, const PathStep& step);

// "0:0 0755": who owns what, and its permissions, of a mode as in st_mode.
[[nodiscard]] std::string owner_and_mode(uid_t uid, gid_t gid, mode_t mode);

// "/data: 0:0 0700, uid 1000 cannot enter", with " and an ACL (see getfacl(1))" behind the mode; "/data is mounted
// read-only", "/opt is mounted noexec": that uid is refused right at point, which is one of way.
[[nodiscard]] std::string describe_denial(const PathTrace& trace, const PathStep& step, Permission permission,
                                          uid_t uid);

// The fix for that denial, whoever the user is: "chmod a+x /data grants that", with a+r for a file to read, and a+rx
// for one to execute that this process cannot read either; where there is an access control list (acl(5)), "setfacl -m
// u:1000:rwX /data grants that"; "" where that depends.
[[nodiscard]] std::string suggest_fix(const PathStep& step, Permission permission, uid_t uid);

enum class FixSentence { included, omitted };

// The first barrier before path, and right there, for this process, and the advice where remedy says so; "" for none
// that could be found.
[[nodiscard]] std::string first_denial(const std::string& path, Permission permission,
                                       FixSentence remedy = FixSentence::included);

}  // namespace stepdown
