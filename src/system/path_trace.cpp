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
bool look_at(WayPoint& point) {
    Statx status{};
    struct stat plain {};
    if (kernel_statx(point.fd.get(), "", AT_EMPTY_PATH, statx_mask::basic_stats | statx_mask::mnt_id, status) == 0) {
        point.uid = status.stx_uid;
        point.gid = status.stx_gid;
        point.mode = status.stx_mode;
        point.names = status.stx_nlink;
        if ((status.stx_mask & statx_mask::mnt_id) != 0) point.mount = status.stx_mnt_id;
        return true;
    }
    if ((errno != ENOSYS && errno != EPERM) || ::fstat(point.fd.get(), &plain) != 0) return false;
    point.uid = plain.st_uid;
    point.gid = plain.st_gid;
    point.mode = plain.st_mode;
    point.names = plain.st_nlink;
    return true;
}

// Nothing: it cannot be looked at.
std::optional<WayPoint> way_point(UniqueFd fd, std::string path) {
    struct statvfs mount {};
    WayPoint point;
    point.fd = std::move(fd);
    point.path = std::move(path);
    if (!point.fd.valid() || !look_at(point)) return {};
    const bool known = ::fstatvfs(point.fd.get(), &mount) == 0;
    point.read_only = known && (mount.f_flag & ST_RDONLY) != 0;
    point.no_exec = known && (mount.f_flag & ST_NOEXEC) != 0;
    return point;
}

// Passes one component after the other.
class Traveller {
  public:
    Way travel(const std::string& path) && {
        go(path);
        return std::move(way_);
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
        way_.number = number;
        way_.missing = std::move(path);
    }

    [[nodiscard]] const WayPoint& here() const { return way_.points.back(); }

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
        auto point = way_point(std::move(fd), std::move(path));
        if (!point) return false;
        way_.points.push_back(*std::move(point));
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
        identity_.become_self();
        UniqueFd fd(::openat(here().fd.get(), name.c_str(), flags));
        if (fd.valid() || errno != EACCES) return fd;
        if (identity_.become(here().uid)) return UniqueFd(::openat(here().fd.get(), name.c_str(), flags));
        errno = EACCES;
        return fd;
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
        if (way_.points.empty()) return name;
        std::string path = here().path;
        if (name == "..") return parent_of(path);
        if (path != "/") path += '/';
        return path + name;
    }

    Way way_;
    std::vector<std::string> pending_;
    int links_ = 0;
    FileIdentity identity_;
};

int access_mode(Right right) {
    switch (right) {
        case Right::read: return R_OK;
        case Right::write: return W_OK;
        case Right::enter:
        case Right::execute: return X_OK;
    }
    return X_OK;
}

// Whether an access control list may be what refuses uid: the owner's rights are those of the mode (acl(5)).
bool has_list_for(const WayPoint& point, uid_t uid) {
    return point.uid != uid && group_rights_by_list(point.path, uid).has_value();
}

// As setfacl(1) takes them: X is x for directories. An entry replaces the one that there was, so it holds what goes
// with right.
std::string_view entry_for(Right right) { return right == Right::write ? "rwX" : right == Right::read ? "rX" : "rx"; }

std::string_view verb_of(Right right) {
    switch (right) {
        case Right::enter: return "enter";
        case Right::read: return "read";
        case Right::write: return "write";
        case Right::execute: return "execute";
    }
    return "";
}

}  // namespace

std::optional<WayPoint> way_point_of(int fd, std::string path) {
    return way_point(UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)), std::move(path));
}

Way way_to(const std::string& path) { return Traveller().travel(path); }

int refusal_of(const WayPoint& point, Right right) {
    if (::faccessat(point.fd.get(), "", access_mode(right), on_the_object) == 0) return 0;
    return errno == EACCES || errno == EROFS ? errno : 0;
}

const std::string& mount_point(const Way& way, const WayPoint& point) {
    const WayPoint* first = &point;
    for (const WayPoint& each : way.points) {
        if (each.mount == point.mount && each.path.size() < first->path.size()) first = &each;
    }
    return first->path;
}

std::string owner_and_mode(uid_t uid, gid_t gid, mode_t mode) {
    constexpr mode_t permissions = 07777;
    return concat({std::to_string(uid), ":", std::to_string(gid), " ", octal(mode & permissions)});
}

std::string barrier_in_words(const Way& way, const WayPoint& point, Right right, uid_t uid) {
    if (right == Right::write && point.read_only) return quote(mount_point(way, point)) + " is mounted read-only";
    if (right == Right::execute && point.no_exec) return quote(mount_point(way, point)) + " is mounted noexec";
    return concat({quote(point.path), ": ", owner_and_mode(point.uid, point.gid, point.mode),
                   has_list_for(point, uid) ? " and an ACL (see getfacl(1))" : "", ", uid ", std::to_string(uid),
                   " cannot ", verb_of(right)});
}

std::string advice_against(const WayPoint& point, Right right, uid_t uid) {
    if (right == Right::write && point.read_only) return "Mount it writable";
    if (right == Right::execute && point.no_exec) return "Put the file elsewhere, or mount this with exec";
    if (has_list_for(point, uid)) {
        return concat(
            {"setfacl -m u:", std::to_string(uid), ":", entry_for(right), " ", quote(point.path), " grants that"});
    }
    if (right == Right::read && S_ISREG(point.mode)) return concat({"chmod a+r ", quote(point.path), " grants that"});
    if (right == Right::read || right == Right::write) return "";
    // What cannot be read may be a script, which its interpreter has to read.
    const bool is_hidden = right == Right::execute && refusal_of(point, Right::read) != 0;
    return concat({"chmod a+", is_hidden ? "rx " : "x ", quote(point.path), " grants that"});
}

std::string barrier_before(const std::string& path, Right right, Remedy remedy) {
    const Way way = way_to(path);
    const uid_t uid = ::geteuid();
    for (const WayPoint& point : way.points) {
        const bool is_object = &point == way.object();
        const Right wanted = is_object ? right : Right::enter;
        if ((is_object || S_ISDIR(point.mode)) && refusal_of(point, wanted) != 0) {
            const std::string advice = remedy == Remedy::told ? advice_against(point, wanted, uid) : "";
            return barrier_in_words(way, point, wanted, uid) + (advice.empty() ? "" : ". " + advice);
        }
    }
    return "";
}

}  // namespace stepdown
