// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/refusal.h"

#include "stepdown/base/file.h"
#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/system/system_directories.h"

#include <fcntl.h>

#include <algorithm>

namespace stepdown {
namespace {

constexpr std::string_view decides = ", whose owner decides how the next start runs as root. ";

// A file or directory by its place in its file system, which is the same for all mounts of that.
struct Source {
    std::string device;
    std::string path;
};

bool holds(const Source& outer, const Source& inner) {
    return outer.device == inner.device && is_at_or_below(inner.path, outer.path);
}

// The mount that path is on: by its id, else, where the kernel tells none, the last one made of those nearest above.
const MountPoint* mount_of(const std::vector<MountPoint>& mounts, const std::string& path,
                           std::optional<std::uint64_t> id) {
    const MountPoint* best = nullptr;
    for (const MountPoint& each : mounts) {
        const bool is_nearest = best == nullptr || each.path.size() >= best->path.size();
        if (id ? each.mount == *id : is_at_or_below(path, each.path) && is_nearest) best = &each;
    }
    return best;
}

std::optional<Source> source_of(const std::vector<MountPoint>& mounts, const std::string& path,
                                std::optional<std::uint64_t> id) {
    const MountPoint* mount = mount_of(mounts, path, id);
    if (mount == nullptr || !is_at_or_below(path, mount->path)) return std::nullopt;
    std::string below = mount->path == "/" ? path : path.substr(mount->path.size());
    if (below == "/") below.clear();
    return Source{mount->device, mount->root == "/" && !below.empty() ? below : mount->root + below};
}

// Returns true if a mount that a walk of tree enters holds source.
bool holds_by_mount(const std::vector<MountPoint>& mounts, const Tree& tree, const Source& source) {
    return std::any_of(mounts.begin(), mounts.end(), [&](const MountPoint& each) {
        return each.path != tree.path && is_at_or_below(each.path, tree.path) && !each.read_only &&
               holds({each.device, each.root}, source);
    });
}

}  // namespace

Failure refuse(const std::string& path, const std::string& reason, MessageId id) {
    return fail(id, "cannot change the owner of " + quote(path) + ": " + reason);
}

Result<void> OperandRules::check(const Tree& tree) {
    TRY(check_system_directory(tree));
    TRY(check_protected(tree));
    if (tree.entry.is_directory()) TRY(check_sources(tree));
    if (rules_.excluded != nullptr) TRY(check_excluded(tree));
    // A device that is named itself is meant, and a container's devices may be those of the host's devtmpfs.
    if (tree.mount != MountKind::api || tree.entry.is_device()) return {};
    return refuse(tree.path, concat({"it is on a kernel file system, such as /proc. Leave it out of ", rules_.chown}),
                  MessageId::kernel_file_system);
}

std::string OperandRules::advice() const {
    return concat({"In ", rules_.chown, ", name the directories that the user needs"});
}

// Compared as device and inode, so that it is found under any name and by any mount.
Result<void> OperandRules::check_protected(const Tree& tree) const {
    const auto same = [&tree](const ProtectedFile& each) { return each.id == tree.entry.id; };
    const auto found = std::find_if(rules_.protected_files.begin(), rules_.protected_files.end(), same);
    if (found == rules_.protected_files.end()) return {};
    if (found->path == "/") return refuse(tree.path, concat({"it is the root directory. ", advice()}));
    const std::string_view relation = tree.entry.is_directory() ? "it holds " : "it is ";
    return refuse(tree.path, concat({relation, quote(found->holds), decides, advice()}));
}

Result<void> OperandRules::check_system_directory(const Tree& tree) {
    const auto refused = [&](std::string_view directory) {
        const std::string named = directory == tree.path ? "" : quote(directory) + ", ";
        return refuse(tree.path, concat({"it is ", named, "one of the system's own directories. In ", rules_.chown,
                                         ", name the directory in it that the user needs, such as /usr/src/app"}));
    };
    const auto all = system_directories();
    if (std::find(all.begin(), all.end(), tree.path) != all.end()) return refused(tree.path);
    // In the mount of / a directory has one path only. Elsewhere it may be one of these by a bind mount, if it is on a
    // file system that the system is on.
    const bool is_elsewhere = root() == nullptr || !tree.entry.mount || tree.entry.mount != root()->mount;
    const bool is_on_systems =
        std::any_of(rules_.protected_files.begin(), rules_.protected_files.end(),
                    [&](const ProtectedFile& each) { return each.id.device == tree.entry.id.device; });
    if (!tree.entry.is_directory() || !is_elsewhere || !is_on_systems) return {};
    for (const std::string_view directory : all) {
        const auto entry = calls_.look(AT_FDCWD, directory.data());
        if (entry && entry->id == tree.entry.id) return refused(directory);
    }
    return {};
}

// Returns true if tree may hold the source of the mount that file is the root of. / is such a root in every container;
// its source can be in a tree of its own file system only.
bool OperandRules::may_hold_source(const Tree& tree, const ProtectedFile& file) {
    if (file.is_mount_root == std::optional(false)) return false;
    if (file.path != "/") return true;
    return file.id.device == tree.entry.id.device && (!file.mount || file.mount != tree.entry.mount);
}

Result<void> OperandRules::check_sources(const Tree& tree) {
    for (const ProtectedFile& file : rules_.protected_files) {
        if (!may_hold_source(tree, file)) continue;
        if (!mounts_) {
            const auto mountinfo = read_kernel_file("/proc/self/mountinfo");
            if (!mountinfo) {
                return refuse(tree.path, concat({"nobody can tell whether it holds the source of the mount ",
                                                 quote(file.path), ": ", mountinfo.error().message}));
            }
            mounts_ = mount_points(*mountinfo);
        }
        const MountPoint* mount = mount_of(*mounts_, file.path, file.mount);
        if (mount == nullptr || mount->path != file.path) {
            if (!file.is_mount_root) continue;  // an old kernel does not name mount roots, and this is none
            return refuse(tree.path, concat({"nobody can tell whether it holds the source of the mount ",
                                             quote(file.path), ": /proc/self/mountinfo does not list it"}));
        }
        const Source source{mount->device, mount->root};
        const auto own = source_of(*mounts_, tree.path, tree.entry.mount);
        const bool is_above =
            !own || holds(*own, source) || (rules_.mounts == Mounts::enter && holds_by_mount(*mounts_, tree, source));
        if (is_above) {
            return refuse(tree.path, concat({"it holds ", quote(source.path), ", which is mounted as ",
                                             quote(file.path), decides, advice()}));
        }
    }
    return {};
}

Result<void> OperandRules::check_excluded(const Tree& tree) {
    const ExcludedPath* found = exclusion_of(calls_, tree.path, *rules_.excluded);
    if (found == nullptr) return {};
    const std::string_view relation = found->id == tree.entry.id ? "it is " : "it lies below ";
    return refuse(tree.path,
                  concat({relation, quote(found->given), ", which ", rules_.exclude_setting,
                          " leaves alone. Take one of the two paths out"}),
                  MessageId::setting_invalid);
}

const ProtectedFile* OperandRules::root() const {
    const auto is_root = [](const ProtectedFile& each) { return each.path == "/"; };
    const auto found = std::find_if(rules_.protected_files.begin(), rules_.protected_files.end(), is_root);
    return found == rules_.protected_files.end() ? nullptr : &*found;
}

}  // namespace stepdown
