// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/path_trace.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/system/fsuid.h"
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

constexpr int on_the_object = AT_EMPTY_PATH | AT_EACCESS;

// statx(2) is missing before Linux 4.11, and an old seccomp profile forbids it: then fstat(2) says all but the mount.
bool look_at(PathStep& step) {
    Statx status{};
    struct stat plain {};
    if (kernel_statx(step.fd.get(), "", AT_EMPTY_PATH, statx_mask::basic_stats | statx_mask::mnt_id, status) == 0) {
        step.uid = status.stx_uid;
        step.gid = status.stx_gid;
        step.mode = status.stx_mode;
        step.names = status.stx_nlink;
        if ((status.stx_mask & statx_mask::mnt_id) != 0) step.mount = status.stx_mnt_id;
        return true;
    }
    if ((errno != ENOSYS && errno != EPERM) || ::fstat(step.fd.get(), &plain) != 0) return false;
    step.uid = plain.st_uid;
    step.gid = plain.st_gid;
    step.mode = plain.st_mode;
    step.names = plain.st_nlink;
    return true;
}

// Nothing: it cannot be looked at.
std::optional<PathStep> make_step(UniqueFd fd, std::string path) {
    struct statvfs mount {};
    PathStep step;
    step.fd = std::move(fd);
    step.path = std::move(path);
    if (!step.fd.valid() || !look_at(step)) return {};
    const bool known = ::fstatvfs(step.fd.get(), &mount) == 0;
    step.read_only = known && (mount.f_flag & ST_RDONLY) != 0;
    step.no_exec = known && (mount.f_flag & ST_NOEXEC) != 0;
    return step;
}

// Passes one component after the other.
class PathTracer {
  public:
    PathTrace travel(const std::string& path) && {
        go(path);
        return std::move(trace_);
    }

  private:
    void go(const std::string& path) {
        push(path);
        if (path.empty()) return stop(ENOENT, path);
        if (!start(path)) return stop(errno, path);
        while (!pending_.empty()) {
            const std::string name = std::move(pending_.back());
            pending_.pop_back();
            const int number = pass(name);
            if (number != 0) return stop(number, path_of(name));
        }
    }

    void stop(int number, std::string path) {
        trace_.number = number;
        trace_.missing = std::move(path);
    }

    [[nodiscard]] const PathStep& here() const { return trace_.steps.back(); }

    // errno says why not.
    bool start(const std::string& path) {
        if (path.front() == '/') return start_at("/", "/");
        std::array<char, PATH_MAX> directory{};
        if (::getcwd(directory.data(), directory.size()) == nullptr) return false;
        if (start_at(".", directory.data())) return true;
        // It may not be searched: then the way there shows where that begins.
        if (errno != EACCES) return false;
        push(directory.data());
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

    // Onto the stack of names still to pass, the first one on top.
    void push(std::string_view path) {
        std::vector<std::string> names = components_of(path);
        std::erase(names, ".");
        pending_.insert(pending_.end(), names.rbegin(), names.rend());
    }

    // The errno that stops it, or 0.
    int pass(const std::string& name) {
        if (!S_ISDIR(here().mode)) return ENOTDIR;
        UniqueFd fd = find(name);
        if (!fd.valid()) return errno;
        struct stat status {};
        if (::fstat(fd.get(), &status) != 0) return errno;
        if (S_ISLNK(status.st_mode)) return follow(fd.get());
        return arrive(std::move(fd), path_of(name)) ? 0 : errno;
    }

    UniqueFd find(const std::string& name) {
        constexpr int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
        const int directory = here().fd.get();
        return UniqueFd(as_self_or_owner(fsuid_, directory, [&] { return ::openat(directory, name.c_str(), flags); }));
    }

    int follow(int link) {
        if (++links_ > max_links) return ELOOP;
        std::array<char, PATH_MAX> target{};
        const ssize_t length = ::readlinkat(link, "", target.data(), target.size());
        if (length <= 0) return length < 0 ? errno : ENOENT;
        const std::string text(target.data(), static_cast<std::size_t>(length));
        push(text);
        return text.front() != '/' || start(text) ? 0 : errno;
    }

    [[nodiscard]] std::string path_of(const std::string& name) const {
        if (trace_.steps.empty()) return name;
        std::string path = here().path;
        if (name == "..") return parent_of(path);
        if (path != "/") path += '/';
        return path + name;
    }

    PathTrace trace_;
    std::vector<std::string> pending_;
    int links_ = 0;
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

}  // namespace

std::optional<PathStep> path_step_of(int fd, std::string path) {
    return make_step(UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)), std::move(path));
}

PathTrace trace_path(const std::string& path) { return PathTracer().travel(path); }

int denial_errno(const PathStep& step, Permission permission) {
    if (::faccessat(step.fd.get(), "", access_mode(permission), on_the_object) == 0) return 0;
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
