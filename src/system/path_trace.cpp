// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/path_trace.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/system/capability.h"
#include "stepdown/system/fsuid.h"
#include "stepdown/system/mount.h"
#include "stepdown/system/path_walker.h"
#include "stepdown/system/statx.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace stepdown {
namespace {

constexpr int faccessat_flags = AT_EMPTY_PATH | AT_EACCESS;

// statx(2) is missing before Linux 4.11, and an old seccomp profile forbids it: then fstat(2) says all but the mount.
bool look_at(PathStep& step) {
    Statx status{};
    struct stat plain {};
    if (kernel_statx(step.fd.get(), "", AT_EMPTY_PATH, statx_mask::basic_stats | statx_mask::mnt_id, status) == 0) {
        step.uid = status.stx_uid;
        step.gid = status.stx_gid;
        step.mode = status.stx_mode;
        step.links = status.stx_nlink;
        if ((status.stx_mask & statx_mask::mnt_id) != 0) step.mount = status.stx_mnt_id;
        return true;
    }
    if ((errno != ENOSYS && errno != EPERM) || ::fstat(step.fd.get(), &plain) != 0) return false;
    step.uid = plain.st_uid;
    step.gid = plain.st_gid;
    step.mode = plain.st_mode;
    step.links = plain.st_nlink;
    return true;
}

// Nothing: it cannot be looked at.
std::optional<PathStep> make_step(UniqueFd fd, std::string path) {
    struct statvfs mount {};
    PathStep step;
    step.fd = std::move(fd);
    step.path = std::move(path);
    if (!step.fd.valid() || !look_at(step)) return {};
    if (step.mount == 0) step.mount = find_mount(step.fd.get()).value_or(0);
    const bool known = ::fstatvfs(step.fd.get(), &mount) == 0;
    step.read_only = known && (mount.f_flag & ST_RDONLY) != 0;
    step.no_exec = known && (mount.f_flag & ST_NOEXEC) != 0;
    return step;
}

// The rule of a trace: every link is followed, and every object is remembered.
class PathTracer {
  public:
    using Error = int;  // an errno

    PathTrace trace(const std::string& path) && {
        const int number = go(path);
        if (number != 0) {
            const auto left = walker_.left();
            trace_.error = number;
            trace_.failed_path = left.empty() ? path : path_of(left.front());
        }
        return std::move(trace_);
    }

    // Passes one component.
    ErrnoOr<std::optional<std::string>> pass(const std::string& name) {
        if (!S_ISDIR(here().mode)) return tl::unexpected(ENOTDIR);
        UniqueFd fd = find(name);
        struct stat status {};
        if (!fd.valid() || ::fstat(fd.get(), &status) != 0) return tl::unexpected(errno);
        if (S_ISLNK(status.st_mode)) return link_target(fd.get(), "").map(as_target);
        if (!arrive(std::move(fd), path_of(name))) return tl::unexpected(errno);
        return std::nullopt;
    }

    // Goes back to the root directory.
    std::optional<int> restart() { return start_at("/", "/") ? std::nullopt : std::optional(errno); }

    static int too_many_links() { return ELOOP; }

  private:
    static std::optional<std::string> as_target(std::string target) { return target; }

    // An errno, or 0.
    int go(const std::string& path) {
        if (path.empty()) return ENOENT;
        walker_.prepend(path);
        if (!start(path)) return errno;
        return walker_.walk(*this).value_or(0);
    }

    [[nodiscard]] const PathStep& here() const { return trace_.steps.back(); }

    // errno says why not.
    bool start(const std::string& path) {
        if (path.front() == '/') return start_at("/", "/");
        std::array<char, PATH_MAX> directory{};
        if (::getcwd(directory.data(), directory.size()) == nullptr) return false;
        if (start_at(".", directory.data())) return true;
        // If the working directory may not be searched, the trace starts at /, so that it shows the step that denies
        // it.
        if (errno != EACCES) return false;
        walker_.prepend(directory.data());
        return start_at("/", "/");
    }

    bool start_at(const char* directory, std::string path) {
        return arrive(UniqueFd(::open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC)), std::move(path));
    }

    bool arrive(UniqueFd fd, std::string path) {
        auto step = make_step(std::move(fd), std::move(path));
        if (!step) return false;
        trace_.steps.push_back(*std::move(step));
        return true;
    }

    UniqueFd find(const std::string& name) {
        constexpr int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
        const int directory = here().fd.get();
        return UniqueFd(as_self_or_owner(fsuid_, directory, [&] { return ::openat(directory, name.c_str(), flags); }));
    }

    [[nodiscard]] std::string path_of(const std::string& name) const {
        if (trace_.steps.empty()) return name;
        std::string path = here().path;
        if (name == "..") return parent_of(path);
        if (path != "/") path += '/';
        return path + name;
    }

    PathTrace trace_;
    PathWalker walker_;
    FsuidSwitch fsuid_;
};

int access_mode(Permission permission) {
    switch (permission) {
        case Permission::read: return R_OK;
        case Permission::write: return W_OK;
        case Permission::search:
        case Permission::execute: return X_OK;
    }
    return X_OK;
}

// access(2) asks for the real ids, and drops the capabilities of a uid other than 0.
[[gnu::cold]] bool can_ask_with_real_ids() {
    const auto sets = read_capabilities();
    const bool has_capabilities = !sets || !sets->effective.empty();
    return ::getuid() == ::geteuid() && ::getgid() == ::getegid() && (::geteuid() == 0 || !has_capabilities);
}

}  // namespace

std::optional<PathStep> path_step_of(int fd, std::string path) {
    return make_step(UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)), std::move(path));
}

PathTrace trace_path(const std::string& path) { return PathTracer().trace(path); }

int denial_errno(int fd, Permission permission) {
    const int mode = access_mode(permission);
    if (::faccessat(fd, "", mode, faccessat_flags) == 0) return 0;
    if (errno == EINVAL || errno == ENOSYS || errno == EPERM) {
        if (can_ask_with_real_ids() && ::access(("/proc/self/fd/" + std::to_string(fd)).c_str(), mode) == 0) return 0;
    }
    return errno == EACCES || errno == EROFS ? errno : 0;
}

const std::string& mount_point(const PathTrace& trace, const PathStep& step) {
    const PathStep* first = &step;
    for (const PathStep& each : trace.steps) {
        if (each.mount == step.mount && each.path.size() < first->path.size()) first = &each;
    }
    return first->path;
}

}  // namespace stepdown
