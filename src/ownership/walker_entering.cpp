// SPDX-License-Identifier: Apache-2.0
// How a walk goes into a directory: whether the directory is to be entered, and what is remembered on the way down.
#include "stepdown/ownership/walker.h"

#include <bit>
#include <cerrno>

namespace stepdown {
namespace {

bool is_no_directory(int number) { return number == ENOTDIR || number == ELOOP; }
bool is_out_of_descriptors(int number) { return number == EMFILE || number == ENFILE; }

}  // namespace

std::size_t Walker::landmark_index(const Directory& directory) {
    return static_cast<std::size_t>(std::bit_width(directory.chain.depth() + 1)) - 1;
}

Landmark Walker::make_landmark(const Entry& entry, const Mount& mount) { return {entry.id, entry.born, &mount}; }

// Remembers directory for the detection of cycles (Brent), and keeps the names that a message shows.
void Walker::remember(const Directory& directory) {
    const unsigned depth = directory.chain.depth();
    if (std::has_single_bit(depth + 1)) {
        landmarks_.at(landmark_index(directory)) = make_landmark(directory.entry, *directory.mount);
    }
    while (!recent_.empty() && recent_.back().depth() >= depth) recent_.pop_back();
    if (depth <= PathChain::kept_names) return;
    recent_.push_back(directory.chain);
    if (recent_.size() <= PathChain::kept_names) return;
    recent_.front().forget_middle();
    recent_.pop_front();
}

std::shared_ptr<Directory> Walker::open_child(const std::shared_ptr<Directory>& parent, NamePointer name) {
    auto fd = open_with_room(parent->fd.get(), name);
    if (!fd) {
        open_failed(*parent, name, fd.error());
        return nullptr;
    }
    const auto entry = entry_owner_.as_owner().look_with_mount(fd->get());
    if (entry && walk_.excludes(entry->id)) {
        entry_owner_.leave_excluded(*parent, name);
        return nullptr;
    }
    entry_owner_.count_entry();
    if (!entry) {
        entry_owner_.failed(Operation::look, entry.error(), *parent, name);
        return nullptr;
    }
    Mount* mount = mount_of_child(*parent, name, fd->get(), *entry);
    if (mount == nullptr) return nullptr;
    auto child = std::make_shared<Directory>();
    child->fd = *std::move(fd);
    child->chain = PathChain(parent->chain, name);
    child->entry = *entry;
    child->mount = mount;
    return has_its_depth(*parent, name, *child) ? child : nullptr;
}

// Whoever moves each directory that the walk has left to the far end of the chain never shows it a landmark again. Such
// a chain is shorter than was counted, so the way back leads past the top. Asked at each power of two from 1,024 on:
// ordinary trees pay nothing, and a deep one a call for 1,024 levels.
bool Walker::has_its_depth(const Directory& parent, NamePointer name, const Directory& child) {
    constexpr unsigned first_asked = 1024;
    const unsigned depth = child.chain.depth();
    if (depth < first_asked || !std::has_single_bit(depth)) return true;
    const auto top = go_up(child, depth);
    const auto entry = top ? entry_owner_.as_owner().look(top->get(), "") : tl::unexpected(top.error());
    if (!entry) {
        entry_owner_.failed(Operation::find_again, entry.error(), parent, name);
        return false;
    }
    if (entry->same_file(top_->entry)) return true;
    entry_owner_.left_alone(Skipped::cycle, parent, name);
    return false;
}

// The mount that a directory is on; nothing where the directory is not to be entered.
Mount* Walker::mount_of_child(const Directory& parent, NamePointer name, int fd, const Entry& entry) {
    Mount* mount = entry_owner_.mount_to_enter(parent, name, fd, entry);
    if (mount == nullptr) return nullptr;
    if (is_protected(entry, walk_.rules())) {
        entry_owner_.failed(Operation::enter_protected, EPERM, parent, name);
        return nullptr;
    }
    if (make_landmark(entry, *mount) == landmarks_.at(landmark_index(parent))) {
        entry_owner_.left_alone(Skipped::cycle, parent, name);
        return nullptr;
    }
    return mount;
}

// Whoever else holds descriptors in this process, ours are the ones that can be given up.
ErrnoOr<UniqueFd> Walker::open_with_room(int parent, NamePointer name) {
    auto fd = entry_owner_.as_owner().open_directory(parent, name, walk_.mounts());
    while (!fd && is_out_of_descriptors(fd.error()) && close_ancestor()) {
        fd = entry_owner_.as_owner().open_directory(parent, name, walk_.mounts());
    }
    return fd;
}

void Walker::open_failed(const Directory& parent, NamePointer name, int number) {
    if (number == EXDEV) {
        entry_owner_.count_entry();
        entry_owner_.count_skipped();
        return;
    }
    // The application replaced the directory since its name was read. If that happens a second time before the name
    // is looked at, it is the application's to own.
    if (is_no_directory(number)) return static_cast<void>(entry_owner_.handle_entry(parent, name));
    entry_owner_.failed(Operation::open, number, parent, name);
}

}  // namespace stepdown
