// SPDX-License-Identifier: Apache-2.0
// How a walk deeper than there are descriptors goes on: the directories nearest the top are closed, and reopened by
// ".." when everything below them is done.
#include "stepdown/ownership/walker.h"

#include <algorithm>
#include <cerrno>
#include <numeric>

namespace stepdown {
namespace {

// The most bytes for the names of all closed directories of one thread; of others only digests are kept.
constexpr std::size_t most_kept_names = std::size_t{256} << 10U;

bool can_be_closed(const Frame& frame) {
    const Directory& directory = *frame.directory;
    return !directory.is_top && directory.pending_work.load(std::memory_order_acquire) == 1;
}

bool costs_no_reading_to_close(const Frame& frame) { return frame.read_to_end && can_be_closed(frame); }

void add_digests(std::string_view packed, PendingNames::Digests& digests) {
    while (!packed.empty()) {
        const std::string_view name = packed.substr(0, packed.find('\0'));
        digests.push_back(PendingNames::digest(name));
        packed.remove_prefix(name.size() + 1);
    }
}

}  // namespace

// Closes the directory that is needed last. False if there is none but the one being worked.
bool Walker::close_ancestor() {
    if (stack_.empty()) return false;
    const auto end = stack_.end() - 1;
    auto frame = std::find_if(stack_.begin(), end, costs_no_reading_to_close);
    if (frame == end) frame = std::find_if(stack_.begin(), end, can_be_closed);
    if (frame == end) return false;
    close(frame);
    return true;
}

void Walker::close(std::vector<Frame>::iterator frame) {
    const auto add = [](std::size_t sum, const Frame& each) { return sum + each.closed; };
    const std::size_t index = std::accumulate(stack_.begin(), frame + 1, std::size_t{0}, add);
    const bool is_remembered = closed_.insert(index, *frame->directory, read_pending(*frame));
    if (!is_remembered) entry_owner_.failed(Operation::remember, ENOMEM, *frame->directory);
    (frame + 1)->closed += frame->closed + (is_remembered ? 1 : 0);
    stack_.erase(frame);
}

// A position in a directory need not survive closing it: overlay file systems and old tmpfs count names, and miss one
// where another was removed. So the rest of the names is read first. By nobody else, who would need the descriptor.
PendingNames Walker::read_pending(Frame& frame) {
    if (frame.read_to_end && closed_.pending_bytes() + frame.directories.bytes() <= most_kept_names) {
        return PendingNames(std::exchange(frame.directories, {}));
    }
    PendingNames::Digests digests;
    constexpr std::size_t most_digests = WalkState::most_remembered / sizeof digests.front();
    add_digests(std::exchange(frame.directories, {}).packed(), digests);
    while (!frame.read_to_end && digests.size() <= most_digests && !walk_.stopped()) {
        static_cast<void>(read_buffer(frame, Sharing::forbidden));
        add_digests(std::exchange(frame.directories, {}).packed(), digests);
    }
    std::sort(digests.begin(), digests.end());
    return PendingNames(std::move(digests));
}

// Opens the last closed ancestor of from again and puts it onto the stack. False if it cannot be found.
bool Walker::reopen_ancestor(Frame& from) {
    const ClosedAncestor ancestor = closed_.last();
    PendingNames pending = closed_.take_last();
    --from.closed;
    auto directory = std::make_shared<Directory>();
    directory->chain = from.directory->chain.ancestor(from.directory->chain.depth() - ancestor.depth);
    directory->mount = ancestor.mount;
    if (const auto found = find_again(ancestor, *directory, *from.directory); !found) {
        entry_owner_.failed(Operation::find_again, found.error(), *directory);
        return false;
    }
    stack_.push_back({std::move(directory), std::move(pending.names()), !ancestor.has_digests, from.closed,
                      std::move(pending.digests())});
    return true;
}

// By "..", which leads where the directory is now, or by the names that led there, for when a directory was moved while
// the walk was below it. The identity says whether it is the one that was closed.
ErrnoOr<void> Walker::find_again(const ClosedAncestor& ancestor, Directory& directory, const Directory& from) {
    auto fd = go_up(from, from.chain.depth() - ancestor.depth);
    auto entry = recognise(fd, ancestor);
    if (!entry) {
        fd = go_down(directory.chain);
        entry = recognise(fd, ancestor);
    }
    // Only what is read once more needs more than O_PATH.
    if (entry && ancestor.has_digests) fd = entry_owner_.as_owner().open_directory(fd->get(), ".", Mounts::enter);
    if (!entry) return tl::unexpected(entry.error());
    if (!fd) return tl::unexpected(fd.error());
    directory.entry = *entry;
    directory.fd = *std::move(fd);
    return {};
}

// The entry that fd refers to, if that is ancestor.
ErrnoOr<Entry> Walker::recognise(const ErrnoOr<UniqueFd>& fd, const ClosedAncestor& ancestor) {
    if (!fd) return tl::unexpected(fd.error());
    auto entry = entry_owner_.as_owner().look(fd->get(), "");
    if (entry && (entry->id != ancestor.id || entry->born != ancestor.born)) return tl::unexpected(ESTALE);
    return entry;
}

// One call takes many levels, but only one where each directory's own owner has to search it.
ErrnoOr<UniqueFd> Walker::go_up(const Directory& from, unsigned levels) {
    unsigned at_once = 1024;  // "../" for each is shorter than PATH_MAX
    UniqueFd fd;
    int at = from.fd.get();
    while (levels > 0) {
        const unsigned steps = std::min(levels, at_once);
        std::string path;
        for (unsigned step = 0; step < steps; ++step) path += "../";
        auto up = entry_owner_.as_owner().pin(at, path.c_str());
        if (!up && up.error() == EACCES && at_once > 1) {
            at_once = 1;
            continue;
        }
        if (!up) return up;
        fd = *std::move(up);
        at = fd.get();
        levels -= steps;
    }
    return fd;
}

ErrnoOr<UniqueFd> Walker::go_down(const PathChain& chain) {
    const auto names = chain.names_below_top();
    if (!names) return tl::unexpected(ESTALE);
    UniqueFd fd;
    int at = top_->fd.get();
    for (const std::string& name : *names) {
        auto down = entry_owner_.as_owner().pin(at, name.c_str());
        if (!down) return down;
        fd = *std::move(down);
        at = fd.get();
    }
    return fd;
}

}  // namespace stepdown
