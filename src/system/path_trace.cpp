// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/path_trace.h"

#include "stepdown/base/text.h"
#include "stepdown/system/acl.h"
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
std::optional<PathStep> way_point(UniqueFd fd, std::string path) {
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
        auto step = way_point(std::move(fd), std::move(path));
        if (!step) return false;
        trace_.steps.push_back(*std::move(step));
        return true;
    }

    // Onto the stack of names still to pass, the first one on top.
    void push(std::string_view path) {
        while (!path.empty()) {
            const std::string_view name = path.substr(path.rfind('/') + 1);
            path.remove_suffix(std::min(name.size() + 1, path.size()));
            if (!name.empty() && name != ".") pending_.emplace_back(name);
        }
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

// Returns true if an access control list may be what refuses uid: the owner's rights are those of the mode (acl(5)).
bool has_list_for(const PathStep& step, uid_t uid) {
    return step.uid != uid && acl_group_permissions(step.path, uid).has_value();
}

// The letters of setfacl(1): X is x for directories. An entry replaces the one that there was, so it holds what goes
// with right.
std::string_view entry_for(Permission permission) {
    return permission == Permission::write ? "rwX" : permission == Permission::read ? "rX" : "rx";
}

std::string_view verb_of(Permission permission) {
    switch (permission) {
        case Permission::search: return "enter";
        case Permission::read: return "read";
        case Permission::write: return "write";
        case Permission::execute: return "execute";
    }
    return "";
}

}  // namespace

std::optional<PathStep> path_step_of(int fd, std::string path) {
    return way_point(UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)), std::move(path));
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

std::string owner_and_mode(uid_t uid, gid_t gid, mode_t mode) {
    constexpr mode_t permissions = 07777;
    return concat({std::to_string(uid), ":", std::to_string(gid), " ", octal(mode & permissions)});
}

std::string describe_denial(const PathTrace& trace, const PathStep& step, Permission permission, uid_t uid) {
    if (permission == Permission::write && step.read_only)
        return quote(mount_point(trace, step)) + " is mounted read-only";
    if (permission == Permission::execute && step.no_exec)
        return quote(mount_point(trace, step)) + " is mounted noexec";
    return concat({quote(step.path), ": ", owner_and_mode(step.uid, step.gid, step.mode),
                   has_list_for(step, uid) ? " and an ACL (see getfacl(1))" : "", ", uid ", std::to_string(uid),
                   " cannot ", verb_of(permission)});
}

std::string suggest_fix(const PathStep& step, Permission permission, uid_t uid) {
    if (permission == Permission::write && step.read_only) return "Mount it writable";
    if (permission == Permission::execute && step.no_exec) return "Put the file elsewhere, or mount this with exec";
    if (has_list_for(step, uid)) {
        return concat(
            {"setfacl -m u:", std::to_string(uid), ":", entry_for(permission), " ", quote(step.path), " grants that"});
    }
    if (permission == Permission::read && S_ISREG(step.mode))
        return concat({"chmod a+r ", quote(step.path), " grants that"});
    if (permission == Permission::read || permission == Permission::write) return "";
    // A file that cannot be read may be a script, which its interpreter has to read.
    const bool is_hidden = permission == Permission::execute && denial_errno(step, Permission::read) != 0;
    return concat({"chmod a+", is_hidden ? "rx " : "x ", quote(step.path), " grants that"});
}

std::string first_denial(const std::string& path, Permission permission, FixSentence remedy) {
    const PathTrace trace = trace_path(path);
    const uid_t uid = ::geteuid();
    for (const PathStep& step : trace.steps) {
        const bool is_object = &step == trace.object();
        const Permission wanted = is_object ? permission : Permission::search;
        if ((is_object || S_ISDIR(step.mode)) && denial_errno(step, wanted) != 0) {
            const std::string advice = remedy == FixSentence::included ? suggest_fix(step, wanted, uid) : "";
            return describe_denial(trace, step, wanted, uid) + (advice.empty() ? "" : ". " + advice);
        }
    }
    return "";
}

}  // namespace stepdown
