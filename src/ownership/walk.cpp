#include "stepdown/ownership/walk.h"

#include "stepdown/base/text.h"

#include <algorithm>

namespace stepdown {

Mount& Walk::mount(int fd, std::uint64_t id, const std::string& path) {
    const std::lock_guard lock(mutex_);
    const auto known = std::find_if(known_.begin(), known_.end(), [id](const Mount& each) { return each.id == id; });
    if (known != known_.end()) return *known;
    Mount& mount = known_.emplace_back();
    mount.id = id;
    // A mount that cannot be asked is tried like any other.
    mount.kind = kind_of_mount(fd, id).value_or(MountKind::ordinary);
    if (mount.kind == MountKind::read_only) report_.note("left " + quote(path) + " alone: it is mounted read-only");
    return mount;
}

Mount& Walk::top_mount(std::uint64_t id, MountKind kind) {
    const std::lock_guard lock(mutex_);
    Mount& mount = known_.emplace_back();
    mount.id = id;
    mount.kind = kind;
    return mount;
}

}  // namespace stepdown
