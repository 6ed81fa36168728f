// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/protected_files.h"

#include "stepdown/base/text.h"
#include "stepdown/system/elf_loader.h"
#include "stepdown/system/kernel.h"
#include "stepdown/system/path_walker.h"
#include "stepdown/system/system_directories.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

namespace stepdown {
namespace {

// "" for what is no link.
std::string target_of(const std::string& link) { return link_target(AT_FDCWD, link.c_str()).value_or(""); }

bool is_often_a_link(const std::string& path) {
    const auto all = system_directories();
    return path.rfind('/') == 0 && path != "/usr" && std::find(all.begin(), all.end(), path) != all.end();
}

// The rule of a protected file: every link is followed, and so is each object on the way remembered. Whoever owns the
// directory of a link decides where it leads.
class Collector {
  public:
    using Error = int;  // an errno

    explicit Collector(Syscalls& calls) : calls_(calls) {}

    // Returns where the file is, without links; "" where it is not a regular file.
    std::string add(const std::string& file) {
        file_ = file;
        at_.clear();
        add_one("/");
        PathWalker walker;
        walker.prepend(file);
        return !walker.walk(*this) && S_ISREG(seen(at_).mode) ? at_ : "";
    }

    // Passes one component below at_.
    ErrnoOr<std::optional<std::string>> pass(const std::string& name) {
        if (name == "..") {
            at_.resize(at_.empty() ? 0 : at_.rfind('/'));
            return std::nullopt;
        }
        const std::string path = at_ + "/" + name;
        add_one(path);
        std::string target = seen(path).target;
        if (!target.empty()) return target;
        at_ = path;
        return std::nullopt;
    }

    // Goes back to the root directory.
    std::optional<int> restart() {
        at_.clear();
        return std::nullopt;
    }

    static int too_many_links() { return ELOOP; }

    std::vector<ProtectedFile> found() && { return std::move(found_); }

  private:
    struct Seen {
        std::string path;
        mode_t mode = 0;     // 0: there is no such file
        std::string target;  // of a link
    };

    // The directories that an earlier file has in common with this one are not looked at again.
    void add_one(const std::string& path) {
        if (seen(path).path == path) return;
        Seen& seen = seen_.emplace_back();
        seen.path = path;
        // On a merged /usr this is all that has to be known of /bin, /lib and /lib64: one call less for each.
        if (is_often_a_link(path)) seen.target = target_of(path);
        if (!seen.target.empty()) return;
        const auto entry = calls_.look(AT_FDCWD, path.c_str());
        if (!entry) return;
        seen.mode = entry->mode;
        if (S_ISLNK(entry->mode)) seen.target = target_of(path);
        found_.push_back({entry->id, path, file_, entry->mount, entry->is_mount_root});
    }

    // The file at path; nothing where it was not looked at.
    [[nodiscard]] Seen seen(const std::string& path) const {
        const auto same = [&path](const Seen& each) { return each.path == path; };
        const auto found = std::find_if(seen_.begin(), seen_.end(), same);
        return found == seen_.end() ? Seen{} : *found;
    }

    Syscalls& calls_;
    std::string file_;
    std::string at_;  // the path of a directory without links; "" is the root directory
    std::vector<Seen> seen_;
    std::vector<ProtectedFile> found_;
};

std::string own_executable() { return target_of("/proc/self/exe"); }

// The path that execve(2) was given, which the next start will be given again. Without /proc it is all there is.
std::string name_of_start() {
    const char* name = executed_name();
    std::array<char, PATH_MAX> directory{};
    if (name == nullptr || *name == '/') return name == nullptr ? "" : name;
    if (::getcwd(directory.data(), directory.size()) == nullptr) return "";
    return std::string(directory.data()) + "/" + name;
}

// Of the regular file at path; O_NONBLOCK because something else may stand there by now.
std::string loader_of(const std::string& path) {
    if (path.empty()) return "";
    const UniqueFd fd(::openat(AT_FDCWD, path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    return fd.valid() ? elf_loader(fd.get()) : "";
}

}  // namespace

std::vector<ProtectedFile> find_ways_to(Syscalls& calls, const std::vector<std::string>& files) {
    Collector collector(calls);
    for (const std::string& file : files) {
        if (file.starts_with('/')) collector.add(file);
    }
    return std::move(collector).found();
}

std::vector<ProtectedFile> find_protected_files(Syscalls& calls) {
    Collector collector(calls);
    for (const std::string& file :
         {own_executable(), name_of_start(), std::string("/etc/passwd"), std::string("/etc/group")}) {
        if (file.starts_with('/')) collector.add(file);
    }
    const std::string loader = loader_of(collector.add("/bin/sh"));
    if (loader.starts_with('/')) collector.add(loader);
    return std::move(collector).found();
}

}  // namespace stepdown
