// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/resolve.h"

#include "stepdown/base/text.h"
#include "stepdown/system/control.h"
#include "stepdown/system/denial.h"
#include "stepdown/system/fsuid.h"
#include "stepdown/system/path_walker.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <array>
#include <cerrno>
#include <vector>

namespace stepdown {
namespace {

struct Step {
    UniqueFd fd;
    std::string name;  // "" for the root directory
    struct stat status {};
};

// The rule of an operand: only root's links are followed. Each directory from / on is held open, so that ".." goes back
// to the directory that was really passed, wherever it may have been moved to meanwhile.
class PathResolver {
  public:
    using Error = stepdown::Error;

    PathResolver(std::string_view verb, std::string_view path)
        : what_("cannot " + std::string(verb) + " " + quote(path)) {}

    Result<Resolved> to_the_end(std::string_view path) {
        Reached reached = TRY(as_far_as_it_exists(path));
        if (!reached.missing.empty()) return missing(ENOENT);
        return std::move(reached.deepest);
    }

    Result<Reached> as_far_as_it_exists(std::string_view path) {
        if (path.empty()) return missing(ENOENT);
        TRY(start());
        if (path.front() != '/') TRY(enter_working_directory());
        walker_.prepend(path);
        const auto error = walker_.walk(*this);
        if (error && error->number != ENOENT) return Failure(*error);
        std::string where = where_is();
        return Reached{{std::move(way_.back().fd), std::move(where)}, walker_.left()};
    }

    // Passes one component.
    Result<std::optional<std::string>> pass(const std::string& name) {
        if (name == "..") {
            go_up();
            return std::nullopt;
        }
        UniqueFd fd = find(name);
        if (!fd.valid()) return errno == EACCES ? closed() : missing(errno);
        struct stat status {};
        if (::fstat(fd.get(), &status) != 0) return missing(errno);
        if (S_ISLNK(status.st_mode)) return follow(fd.get(), status, name);
        if (!S_ISDIR(status.st_mode) && !walker_.is_at_last()) return in_the_way(name);
        judge(status);
        way_.push_back({std::move(fd), name, status});
        return std::nullopt;
    }

    // Goes back to the root directory.
    std::optional<Error> restart() {
        way_.resize(1);
        return std::nullopt;
    }

    Error too_many_links() { return missing(ELOOP).value(); }

  private:
    [[nodiscard]] Failure missing(int number) const { return system_error(what_, number); }
    Failure closed() {
        fsuid_.restore();
        return system_error(what_, EACCES, denial_in_directory(here(), where_is(), Permission::search));
    }
    [[nodiscard]] int here() const { return way_.back().fd.get(); }

    // The status of / is looked at when a link asks for it: most paths hold none.
    Result<void> start() {
        UniqueFd fd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!fd.valid()) return system_error(what_, errno);
        way_.push_back({std::move(fd), "", {}});
        return {};
    }

    // By its path, because whoever controls a directory above the working directory controls what is below it.
    Result<void> enter_working_directory() {
        std::array<char, PATH_MAX> path{};
        struct stat meant {};
        struct stat found {};
        if (::getcwd(path.data(), path.size()) == nullptr || ::stat(".", &meant) != 0) {
            return no_working_directory(errno_text(errno));
        }
        // The kernel writes "(unreachable)" before a directory that is outside the root directory (getcwd(2)).
        if (path[0] != '/') return no_working_directory("it is outside the root directory");
        walker_.prepend(path.data());
        if (const auto error = walker_.walk(*this)) {
            if (!is_missing(*error)) return Failure(*error);
            return no_working_directory("something else is at " + quote(path.data()));
        }
        const bool is_there = ::fstat(here(), &found) == 0;
        if (is_there && found.st_dev == meant.st_dev && found.st_ino == meant.st_ino) return {};
        return no_working_directory("something else is at " + quote(path.data()));
    }

    // Not ENOENT: an optional operand is not missing because nobody can say where it would be.
    [[nodiscard]] Failure no_working_directory(const std::string& reason) const {
        return fail(MessageId::working_directory_unknown,
                    what_ + ": cannot find the working directory: " + reason + ". Write an absolute path");
    }

    // Remembers the first directory passed in which others than root can put what they like. / is judged later.
    void judge(const struct stat& next) {
        if (!shared_.empty() || way_.size() == 1) return;
        const struct stat& directory = way_.back().status;
        if (!is_controlled_by_root_alone(directory) && !is_kept_by_sticky_bit(directory, next))
            share(where_is(), directory);
    }

    void share(const std::string& path, const struct stat& directory) {
        const std::string owner = owner_and_mode(directory.st_uid, directory.st_gid, directory.st_mode);
        shared_ = concat({quote(path), " (", owner, ")"});
        shared_by_ = directory.st_uid;
    }

    // A directory that root may not search, for want of capabilities, is searched as its owner. errno says why not.
    UniqueFd find(const std::string& name) {
        constexpr int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
        return UniqueFd(as_self_or_owner(fsuid_, here(), [&] { return ::openat(here(), name.c_str(), flags); }));
    }

    [[nodiscard]] Failure in_the_way(const std::string& name) const {
        return Failure(Error{what_ + ": " + quote(path_of(name)) + " is not a directory", ExitCode::failure, ENOTDIR,
                             MessageId::path_missing});
    }

    void go_up() {
        if (way_.size() == 1) return;  // /.. is /
        judge(way_.back().status);
        way_.pop_back();
    }

    Result<std::optional<std::string>> follow(int link, const struct stat& status, const std::string& name) {
        auto target = link_target(link, "");
        if (!target) return missing(target.error());
        TRY(trust(status, name, *target));
        return *std::move(target);
    }

    // Only a link that root alone can have put there says where root wants to go. / is looked at here, because most
    // paths hold no link.
    Result<void> trust(const struct stat& link, const std::string& name, std::string_view target) {
        struct stat root {};
        if (::fstat(way_.front().fd.get(), &root) != 0) return missing(errno);
        const struct stat& directory = way_.size() == 1 ? root : way_.back().status;
        if (!is_controlled_by_root_alone(root)) share("/", root);
        if (shared_.empty() && !is_controlled_by_root_alone(directory)) share(where_is(), directory);
        if (link.st_uid != 0 || !shared_.empty()) return refuse(link, name, target);
        if (!is_of_descriptor()) return {};
        return Failure(Error{concat({what_, ": ", described(name),
                                     " is an open file of a process. The stdio setting hands the standard streams "
                                     "over: leave this out"}),
                             ExitCode::failure, ELOOP, MessageId::link_refused});
    }

    // Returns true if the names in this directory are descriptors. The text of such a link need not be a path
    // (proc(5)).
    [[nodiscard]] bool is_of_descriptor() const {
        struct statfs system {};
        return way_.back().name == "fd" && ::fstatfs(here(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
    }

    [[nodiscard]] std::string described(const std::string& name) const {
        const bool is_what_was_named = walker_.is_at_last() && walker_.links() == 0;
        return is_what_was_named ? "it" : quote(path_of(name));
    }

    [[nodiscard]] Failure refuse(const struct stat& link, const std::string& name, std::string_view target) const {
        const uid_t controller = link.st_uid != 0 ? link.st_uid : shared_by_;
        const std::string owner =
            controller != 0 ? "uid " + std::to_string(controller) + " controls" : "users other than root can replace";
        const std::string where = shared_.empty() ? "" : ": " + shared_ + " is not root's alone";
        return Failure(
            Error{concat({what_, ": ", described(name), " is a symbolic link that ", owner, where, ". It leads to ",
                          quote(target), ": write that path only if it is what you mean, or remove the link"}),
                  ExitCode::failure, ELOOP, MessageId::link_refused});
    }

    [[nodiscard]] std::string where_is() const {
        std::string path;
        for (const Step& step : way_) {
            if (!step.name.empty()) path.append("/").append(step.name);
        }
        return path.empty() ? "/" : path;
    }

    [[nodiscard]] std::string path_of(const std::string& name) const {
        std::string path = where_is();
        if (path != "/") path += '/';
        return path + name;
    }

    std::string what_;
    std::vector<Step> way_;
    std::string shared_;  // the first directory passed that is not root's alone, in words; "" for none
    uid_t shared_by_ = 0;
    PathWalker walker_;
    FsuidSwitch fsuid_;
};

}  // namespace

Result<Resolved> resolve(std::string_view verb, std::string_view path) {
    return PathResolver(verb, path).to_the_end(path);
}

Result<Reached> reach(std::string_view verb, std::string_view path) {
    return PathResolver(verb, path).as_far_as_it_exists(path);
}

std::string Reached::path() const {
    std::string path = deepest.path == "/" && !missing.empty() ? "" : deepest.path;
    for (const std::string& name : missing) path.append("/").append(name);
    return path;
}

bool is_missing(const Fault& fault) { return fault.number == ENOENT || fault.number == ENOTDIR; }

}  // namespace stepdown
