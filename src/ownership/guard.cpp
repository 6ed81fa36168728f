#include "stepdown/ownership/guard.h"

#include "stepdown/base/kernel.h"
#include "stepdown/base/way.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace stepdown {
namespace {

// Where a link at path leads: absolute, or from the directory that it is in; "" where it cannot be read.
std::string target_of(const std::string& path) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    if (length <= 0) return "";
    const std::string text(target.data(), static_cast<std::size_t>(length));
    return text.front() == '/' ? text : path.substr(0, path.rfind('/') + 1) + text;
}

// Collects what each file is reached by.
class Guard {
  public:
    explicit Guard(Calls& calls) : calls_(calls) {}

    // Whoever owns the directory of a link decides where it leads: each link is followed by itself.
    void add(const std::string& file) {
        file_ = file;
        std::string path = file;
        for (int links = 0; !path.empty() && links <= max_links; ++links) path = add_chain(path);
    }

    std::vector<Guarded> found() && { return std::move(found_); }

  private:
    // "/a/b": "/", "/a", "/a/b", up to the first link that is new; returns the path that goes on from where that leads,
    // else "".
    std::string add_chain(const std::string& path) {
        add_one("/");
        for (std::size_t end = 0; end < path.size();) {
            end = std::min(path.find('/', end + 1), path.size());
            const std::string part = path.substr(0, end);
            if (!add_one(part)) continue;
            const std::string target = target_of(part);
            return target.empty() ? "" : target + path.substr(end);
        }
        return "";
    }

    // Whether path is a link and new. What an earlier file has in common with this one is not looked at again.
    bool add_one(const std::string& path) {
        const auto same = [&path](const Guarded& each) { return each.path == path; };
        if (std::any_of(found_.begin(), found_.end(), same)) return false;
        const auto entry = calls_.look(AT_FDCWD, path.c_str());
        if (entry) found_.push_back({entry->id, path, file_});
        return entry && S_ISLNK(entry->mode);
    }

    Calls& calls_;
    std::string file_;
    std::vector<Guarded> found_;
};

std::string own_executable() {
    std::array<char, PATH_MAX> path{};
    const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
    return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : "";
}

// What execve(2) was given, which the next start will be given again. Without /proc it is all there is.
std::string name_of_start() {
    const char* name = executed_name();
    std::array<char, PATH_MAX> directory{};
    if (name == nullptr || *name == '/') return name == nullptr ? "" : name;
    if (::getcwd(directory.data(), directory.size()) == nullptr) return "";
    return std::string(directory.data()) + "/" + name;
}

}  // namespace

std::vector<Guarded> guard_files(Calls& calls, const std::vector<std::string>& files) {
    Guard guard(calls);
    for (const std::string& file : files) {
        if (file.starts_with('/')) guard.add(file);
    }
    return std::move(guard).found();
}

std::vector<Guarded> find_guarded(Calls& calls) {
    return guard_files(calls, {own_executable(), name_of_start(), "/etc/passwd", "/etc/group"});
}

}  // namespace stepdown
