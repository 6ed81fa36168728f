#include "stepdown/base/resolve.h"

#include "stepdown/base/file_identity.h"
#include "stepdown/base/text.h"
#include "stepdown/base/way.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <optional>
#include <vector>

namespace stepdown {
namespace {

struct Step {
    UniqueFd fd;
    std::string name;  // "" for the starting point
};

// The way from the starting point to the object reached so far, each directory held open, so that ".." goes back to
// the directory that was really passed, wherever it may have been moved to meanwhile.
class Walk {
  public:
    Walk(std::string_view verb, std::string_view path) : what_("cannot " + std::string(verb) + " " + quote(path)) {}

    Result<Resolved> to_the_end(std::string_view path) {
        Reached reached = TRY(as_far_as_it_exists(path));
        if (!reached.missing.empty()) return missing(ENOENT);
        return std::move(reached.deepest);
    }

    Result<Reached> as_far_as_it_exists(std::string_view path) {
        if (path.empty()) return missing(ENOENT);
        TRY(start(path));
        push_components(path);
        while (!pending_.empty()) {
            std::string name = std::move(pending_.back());
            pending_.pop_back();
            const Result<void> entered = enter(name);
            if (entered) continue;
            if (entered.error().number != ENOENT) return Failure(entered.error());
            pending_.push_back(std::move(name));
            break;
        }
        std::erase(pending_, ".");
        std::string where = where_is();
        return Reached{{std::move(way_.back().fd), std::move(where)}, {pending_.rbegin(), pending_.rend()}};
    }

  private:
    [[nodiscard]] Failure missing(int number) const { return system_error(what_, number); }
    Failure closed() {
        identity_.become_self();
        return system_error(what_, EACCES, barrier_before(where_is(), Right::enter));
    }
    [[nodiscard]] int here() const { return way_.back().fd.get(); }

    Result<void> start(std::string_view path) {
        const bool absolute = path.front() == '/';
        way_.clear();
        start_.clear();
        UniqueFd fd(::open(absolute ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!fd.valid()) return system_error(what_, errno);
        way_.push_back({std::move(fd), ""});
        if (absolute) return {};
        std::array<char, PATH_MAX> directory{};
        if (::getcwd(directory.data(), directory.size()) == nullptr) return system_error(what_, errno);
        if (directory[0] != '/') return fail(what_ + ": the working directory is outside the root directory");
        start_ = directory.data();
        if (start_ == "/") start_.clear();
        return {};
    }

    // Onto the stack of names still to enter, the first one on top.
    void push_components(std::string_view path) {
        std::vector<std::string> names;
        for (std::size_t at = 0; at < path.size();) {
            const std::size_t end = std::min(path.find('/', at), path.size());
            if (end > at) names.emplace_back(path.substr(at, end - at));
            at = end + 1;
        }
        pending_.insert(pending_.end(), names.rbegin(), names.rend());
    }

    Result<void> enter(const std::string& name) {
        if (name == ".") return {};
        if (name == "..") return go_up();
        UniqueFd fd = find(name);
        if (!fd.valid()) return errno == EACCES ? closed() : missing(errno);
        struct stat status {};
        if (::fstat(fd.get(), &status) != 0) return missing(errno);
        if (S_ISLNK(status.st_mode)) return follow(fd.get(), status, name);
        if (!S_ISDIR(status.st_mode) && !pending_.empty()) return in_the_way(name);
        way_.push_back({std::move(fd), name});
        return {};
    }

    // A directory that root may not search, for want of capabilities, is searched as its owner. errno says why not.
    UniqueFd find(const std::string& name) {
        constexpr int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
        identity_.become_self();
        UniqueFd fd(::openat(here(), name.c_str(), flags));
        struct stat directory {};
        if (fd.valid() || errno != EACCES || ::fstat(here(), &directory) != 0) return fd;
        if (identity_.become(directory.st_uid)) return UniqueFd(::openat(here(), name.c_str(), flags));
        errno = EACCES;
        return fd;
    }

    [[nodiscard]] Failure in_the_way(const std::string& name) const {
        return Failure(Error{what_ + ": " + quote(path_of(name)) + " is not a directory", ExitCode::failure, ENOTDIR});
    }

    Result<void> go_up() {
        if (way_.size() > 1) {
            way_.pop_back();
            return {};
        }
        UniqueFd fd(::openat(here(), "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!fd.valid()) return missing(errno);
        way_.back().fd = std::move(fd);
        const auto slash = start_.rfind('/');
        start_.resize(slash == std::string::npos ? 0 : slash);
        return {};
    }

    Result<void> follow(int link, const struct stat& status, const std::string& name) {
        std::array<char, PATH_MAX> target{};
        const ssize_t length = ::readlinkat(link, "", target.data(), target.size());
        if (length <= 0 || static_cast<std::size_t>(length) == target.size())
            return missing(length < 0 ? errno : ENOENT);
        const std::string_view text(target.data(), static_cast<std::size_t>(length));
        TRY(trust(status, name, text));
        if (++links_ > max_links) return missing(ELOOP);
        if (text.front() == '/') TRY(start(text));
        push_components(text);
        return {};
    }

    // Only a link that root alone can have put there says where root wants to go. What may write the directory may
    // replace the link, and a group-writable one counts: OpenShift runs applications in group 0.
    Result<void> trust(const struct stat& link, const std::string& name, std::string_view target) {
        struct stat directory {};
        if (::fstat(here(), &directory) != 0) return missing(errno);
        constexpr mode_t by_others = S_IWGRP | S_IWOTH;
        if (link.st_uid == 0 && directory.st_uid == 0 && (directory.st_mode & by_others) == 0) return {};
        const uid_t controller = link.st_uid != 0 ? link.st_uid : directory.st_uid;
        const std::string owner = controller != 0 ? "uid " + std::to_string(controller) + " controls"
                                                  : "others than root can replace in " + described(directory);
        const bool is_what_was_named = pending_.empty() && links_ == 0;
        return Failure(Error{what_ + ": " + (is_what_was_named ? "it" : quote(path_of(name))) +
                                 " is a symbolic link that " + owner + ". It leads to " + quote(target) +
                                 ": write that path only if it is what you mean, or remove the link",
                             ExitCode::failure, ELOOP});
    }

    [[nodiscard]] std::string described(const struct stat& directory) const {
        return concat(
            {quote(where_is()), " (", owner_and_mode(directory.st_uid, directory.st_gid, directory.st_mode), ")"});
    }

    [[nodiscard]] std::string where_is() const {
        std::string path = start_;
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
    std::string start_;  // the absolute path of the first step, "" for the root directory
    std::vector<Step> way_;
    std::vector<std::string> pending_;
    int links_ = 0;
    FileIdentity identity_;
};

}  // namespace

Result<Resolved> resolve(std::string_view verb, std::string_view path) { return Walk(verb, path).to_the_end(path); }

Result<Reached> reach(std::string_view verb, std::string_view path) {
    return Walk(verb, path).as_far_as_it_exists(path);
}

std::string Reached::path() const {
    std::string path = deepest.path == "/" && !missing.empty() ? "" : deepest.path;
    for (const std::string& name : missing) path.append("/").append(name);
    return path;
}

bool is_missing(const Error& error) { return error.number == ENOENT || error.number == ENOTDIR; }

}  // namespace stepdown
