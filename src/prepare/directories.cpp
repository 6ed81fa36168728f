#include "stepdown/prepare/directories.h"

#include "stepdown/base/capability.h"
#include "stepdown/base/file_identity.h"
#include "stepdown/base/log.h"
#include "stepdown/base/resolve.h"
#include "stepdown/base/statx.h"
#include "stepdown/base/text.h"
#include "stepdown/base/way.h"
#include "stepdown/prepare/signals.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace stepdown {
namespace {

constexpr std::string_view verb = "create";

std::string cannot_create(const std::string& path) { return "cannot create " + quote(path); }

bool is_immutable(int directory) {
    struct statx status {};
    return kernel_statx(directory, "", AT_EMPTY_PATH, 0, status) == 0 &&
           (status.stx_attributes & STATX_ATTR_IMMUTABLE) != 0;
}

// In directory, which path is in.
Failure refused_by_kernel(int directory, const std::string& path, int number) {
    if (number == EPERM && is_immutable(directory)) {
        return system_error(cannot_create(path), number, quote(parent_of(path)) + " is immutable (chattr(1))");
    }
    if (number != EACCES && number != EROFS) return system_error(cannot_create(path), number);
    const std::string barrier = barrier_before(parent_of(path), Right::write);
    const bool is_roots_to_make = number == EACCES && ::geteuid() != 0 && !barrier.empty();
    return system_error(
        cannot_create(path), number,
        concat({barrier, is_roots_to_make ? ". Create it in the Dockerfile, or start the container as root" : ""}));
}

// The result of call as ourselves or, where that is refused for want of capabilities, as the owner of directory.
template <typename Call>
int as_whoever_may(FileIdentity& identity, int directory, Call call) {
    identity.become_self();
    const int result = call();
    if (result >= 0 || errno != EACCES) return result;
    struct stat status {};
    if (::fstat(directory, &status) == 0 && identity.become(status.st_uid)) return call();
    errno = EACCES;
    return result;
}

// The absolute paths of reached.missing.
std::vector<std::string> paths_below(const Reached& reached) {
    std::vector<std::string> paths;
    std::string path = reached.deepest.path == "/" ? "" : reached.deepest.path;
    for (const std::string& name : reached.missing) paths.push_back(path.append("/").append(name));
    return paths;
}

// How far operand exists, and that the rest can be made below that.
Result<Reached> reach_directory(const std::string& operand) {
    Reached reached = TRY(reach(verb, operand));
    struct stat status {};
    if (::fstat(reached.deepest.fd.get(), &status) != 0) return system_error(cannot_create(operand), errno);
    if (!S_ISDIR(status.st_mode)) return fail(cannot_create(operand) + ": it exists and is not a directory");
    if (std::find(reached.missing.begin(), reached.missing.end(), "..") == reached.missing.end()) return reached;
    return fail(cannot_create(operand) + ": \"..\" follows a directory that does not exist. Write the path without it");
}

Result<void> check_right_to_give(const DirectoriesPlan& plan, const std::string& path) {
    if (plan.uid == ::geteuid() && plan.gid == ::getegid()) return {};
    if (TRY(read_capabilities()).effective.has(cap_chown)) return {};
    return fail(cannot_create(path) + " for uid " + std::to_string(plan.uid) +
                ": the capability CHOWN is missing. Start the container with cap_add: [CHOWN]");
}

// Whoever owns a directory on the way to the account files can put others in their place. What exists there stays as it
// is, so only one that is missing can become the user's: the first of what is missing stands above the rest.
Result<void> check_use(const DirectoriesPlan& plan, const std::string& operand, const std::string& path) {
    if (plan.uid == ::geteuid()) return {};  // then it is as good as made already
    for (const char* file : {"/etc/passwd", "/etc/group"}) {
        const Way way = way_to(file);  // wherever root's own links lead
        if (way.number == 0 || way.missing != path) continue;
        return fail(concat({cannot_create(operand), ": ", quote(path),
                            " does not exist, and its owner would decide how the next start runs as root. Create it in "
                            "the image"}));
    }
    return {};
}

Result<bool> is_empty(int directory, const std::string& path) {
    alignas(dirent64) std::array<char, 1024> buffer{};
    while (true) {
        const long length = ::syscall(SYS_getdents64, directory, buffer.data(), buffer.size());
        if (length < 0) return system_error(cannot_create(path), errno);
        if (length == 0) return true;
        for (long at = 0; at < length;) {
            const void* record = &buffer[static_cast<std::size_t>(at)];
            const auto* entry = static_cast<const dirent64*>(record);
            const std::string_view name(entry->d_name);  // NOLINT: getdents(2) packs records of such names
            if (name != "." && name != "..") return false;
            at += entry->d_reclen;
        }
    }
}

// The warning about the path at index, which is about to be created; "" where the path is plain.
std::string doubt_about(const DirectoriesPlan& plan, std::size_t index) {
    if (index >= plan.hints.size() || plan.hints[index].empty()) return "";
    return concat({"GOSU_MKDIR creates ", quote(plan.paths[index]), ". ", plan.hints[index]});
}

// Makes the directories of one plan.
class Maker {
  public:
    explicit Maker(const DirectoriesPlan& plan) : plan_(plan) {}

    Result<void> make(std::size_t index) {
        const std::string& operand = plan_.paths[index];
        Reached reached = TRY(reach_directory(operand));
        if (reached.missing.empty()) return {};
        const std::vector<std::string> paths = paths_below(reached);
        TRY(check_use(plan_, operand, paths.front()));
        TRY(check_right_to_give(plan_, paths.front()));
        const std::string doubt = doubt_about(plan_, index);
        if (!doubt.empty()) log_warn(doubt);
        UniqueFd parent = std::move(reached.deepest.fd);
        for (const std::string& path : paths) parent = TRY(make_in(parent.get(), path));
        return {};
    }

  private:
    // The directory at path, which is one of parent's, made or, if another start was faster, found.
    Result<UniqueFd> make_in(int parent, const std::string& path) {
        const std::string name(basename(path));
        const HeldSignals held;  // ended in between, it would stay root's for ever
        const int made = as_whoever_may(identity_, parent, [&] { return ::mkdirat(parent, name.c_str(), 0777); });
        if (made != 0 && errno != EEXIST) return refused_by_kernel(parent, path, errno);
        const int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | (made == 0 ? O_RDONLY : O_PATH);
        UniqueFd fd(::openat(parent, name.c_str(), flags));
        Result<void> outcome;
        if (!fd.valid()) outcome = system_error(cannot_create(path), errno);
        if (outcome && made == 0) outcome = give(fd.get(), path);
        if (outcome) return fd;
        // Or the next start would find it made, and not the user's.
        if (made == 0) {
            as_whoever_may(identity_, parent, [&] { return ::unlinkat(parent, name.c_str(), AT_REMOVEDIR); });
        }
        return Failure(std::move(outcome).error());
    }

    Result<void> give(int fd, const std::string& path) {
        struct stat status {};
        if (::fstat(fd, &status) != 0) return system_error(cannot_create(path), errno);
        const bool is_ours = status.st_uid == identity_.now();
        // A mount may have one owner for everything (uid= of vfat). What the user put there was the user's before, too.
        const bool is_the_users = !is_ours && status.st_uid == plan_.uid;
        if (!(is_ours || is_the_users) || !TRY(is_empty(fd, path))) {
            return fail(cannot_create(path) + ": another process put something else there meanwhile");
        }
        const gid_t gid = is_the_users || (status.st_mode & S_ISGID) != 0 ? status.st_gid : plan_.gid;
        identity_.become_self();
        if (status.st_uid != plan_.uid || status.st_gid != gid) TRY(change_owner(fd, gid, path));
        if (log_enabled(LogLevel::info)) {
            log_info("created " + quote(path) + " for " + std::to_string(plan_.uid) + ":" + std::to_string(gid));
        }
        return {};
    }

    [[nodiscard]] Result<void> change_owner(int fd, gid_t gid, const std::string& path) const {
        if (::fchown(fd, plan_.uid, gid) == 0) return {};
        const std::string what = cannot_create(path) + " for " + std::to_string(plan_.uid) + ":" + std::to_string(gid);
        if (errno == EINVAL) return fail(what + ": one of them is not mapped in this user namespace");
        return system_error(what, errno);
    }

    const DirectoriesPlan& plan_;
    FileIdentity identity_;
};

Result<void> check_right_to_make(int parent, const std::string& path) {
    FileIdentity identity;
    const int allowed =
        as_whoever_may(identity, parent, [parent] { return ::faccessat(parent, ".", W_OK | X_OK, AT_EACCESS); });
    const int number = allowed == 0 ? 0 : errno;
    const bool is_refused = number == EACCES || number == EROFS || (number == EPERM && is_immutable(parent));
    if (!is_refused) return {};  // a kernel that cannot say is not believed
    return refused_by_kernel(parent, path, number);
}

Result<void> inspect(const DirectoriesPlan& plan, std::size_t index, DirectoryInspection& inspection) {
    const Reached reached = TRY(reach_directory(inspection.operand));
    inspection.missing = paths_below(reached);
    if (inspection.missing.empty()) return {};
    inspection.warning = doubt_about(plan, index);
    TRY(check_use(plan, inspection.operand, inspection.missing.front()));
    TRY(check_right_to_give(plan, inspection.missing.front()));
    return check_right_to_make(reached.deepest.fd.get(), inspection.missing.front());
}

}  // namespace

void set_umask(mode_t mask) { ::umask(mask); }

Result<void> create_directories(const DirectoriesPlan& plan) {
    for (std::size_t i = 0; i < plan.paths.size(); ++i) {
        const Result<void> made = Maker(plan).make(i);
        if (made) continue;
        if (plan.errors == DirectoryErrors::fail) return Failure(made.error());
        log_warn(made.error().message);
    }
    return {};
}

std::vector<DirectoryInspection> inspect_directories(const DirectoriesPlan& plan) {
    std::vector<DirectoryInspection> inspections;
    for (std::size_t i = 0; i < plan.paths.size(); ++i) {
        DirectoryInspection& inspection = inspections.emplace_back(DirectoryInspection{plan.paths[i], {}, "", ""});
        const Result<void> outcome = inspect(plan, i, inspection);
        if (!outcome) inspection.problem = outcome.error().message;
    }
    return inspections;
}

}  // namespace stepdown
