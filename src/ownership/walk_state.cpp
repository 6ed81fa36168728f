// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/walk_state.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"
#include "stepdown/ownership/reason.h"
#include "stepdown/system/file_system.h"
#include "stepdown/system/mountinfo.h"

#include <algorithm>

namespace stepdown {
namespace {

// Returns true if anything is mounted below path, and where that cannot be told.
bool may_hold_mounts(const std::string& path) {
    const auto mountinfo = read_kernel_file("/proc/self/mountinfo");
    if (!mountinfo) return true;
    const auto points = mount_points(*mountinfo);
    return std::any_of(points.begin(), points.end(),
                       [below = path + "/"](const MountPoint& point) { return point.path.starts_with(below); });
}

}  // namespace

Mount& WalkState::mount(int fd, const Entry& entry, EntryPath path) {
    const std::lock_guard lock(mutex_);
    // A mount that cannot be asked is tried like any other.
    const auto ask = [&] { return kind_of_mount(fd, entry.mount).value_or(MountKind::ordinary); };
    std::optional<MountKind> kind;
    if (!entry.mount) kind = ask();
    const auto known = std::find_if(known_.begin(), known_.end(), [&](const Mount& each) {
        return each.is_like(entry, kind.value_or(MountKind::ordinary));
    });
    if (known != known_.end()) return *known;
    const bool is_subvolume = entry.mount && std::any_of(known_.begin(), known_.end(),
                                                         [&](const Mount& each) { return each.id() == entry.mount; });
    Mount& mount = known_.emplace_back(entry.mount, entry.id.device, kind ? *kind : ask(), path.text());
    if (mount.kind() == MountKind::read_only) {
        report_.note(concat({"left ", quote(mount.path()), " alone: it is ",
                             is_subvolume ? "a read-only subvolume" : "mounted read-only"}));
    }
    return mount;
}

bool WalkState::remember(std::size_t bytes) {
    if (remembered_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= most_remembered) return true;
    forget(bytes);
    return false;
}

Mount& WalkState::top_mount(const Entry& top, MountKind kind, const std::string& path) {
    const std::lock_guard lock(mutex_);
    return known_.emplace_back(top.mount, top.id.device, kind, path);
}

// If the walk can meet no mount but the top's, reading the rest of it gains nothing. What is full or read-only may have
// subvolumes of btrfs that are not, and no server waits.
bool WalkState::give_up(Mount& mount, GivenUp why) {
    if (!mount.give_up(why)) return false;
    const std::lock_guard lock(mutex_);
    const bool may_end = why == GivenUp::refused || why == GivenUp::without_effect;
    if (may_end && &mount == &known_.front() && !may_hold_mounts(mount.path())) stopped_.store(true);
    return true;
}

void WalkState::stop_if_unmapped() {
    const std::lock_guard lock(mutex_);
    if (!unmapped_) unmapped_ = unmapped_target(rules_.owner);
    if (!unmapped_->empty()) stopped_.store(true);
}

std::string WalkState::why(const Mount& mount) const {
    switch (mount.given_up()) {
        case GivenUp::full: return ": there is no space left";
        case GivenUp::read_only: return ": it is read-only";
        case GivenUp::without_effect: return ": the changes have no effect";
        case GivenUp::refused:
            // The missing capability is named once, after all of this.
            return mode_ == Mode::cannot_chown ? "" : concat({": the ", file_system_in_words(mount.id()), " refuses"});
        case GivenUp::no: break;
    }
    return "";
}

bool WalkState::conclude() {
    const std::lock_guard lock(mutex_);
    bool is_complete = !stopped();
    if (unmapped_ && !unmapped_->empty()) report_.gave_up("the rest was not tried: " + *unmapped_);
    for (const Mount& mount : known_) {
        if (!mount.is_given_up()) continue;
        is_complete = false;
        // That the tree itself is read-only is said once, after all of this.
        if (mount.kind() == MountKind::read_only) continue;
        const bool is_all = known_.size() == 1 || stopped();
        const std::string rest = is_all ? "the rest" : "the rest of the mount at " + quote(mount.path());
        report_.gave_up(concat({rest, " was not tried", why(mount)}));
    }
    return is_complete;
}

}  // namespace stepdown
