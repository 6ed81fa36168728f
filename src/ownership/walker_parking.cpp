// How a walk deeper than there are descriptors goes on: the directories nearest the top are closed ("parked") and
// found again by ".." when everything below them is done.
#include "stepdown/ownership/walker.h"

#include <algorithm>
#include <cerrno>

namespace stepdown {
namespace {

bool can_be_parked(const Frame& frame) {
    const Directory& directory = *frame.directory;
    return directory.fd.valid() && !directory.is_top && directory.works.load(std::memory_order_acquire) == 1;
}

bool costs_no_memory_to_park(const Frame& frame) { return frame.read_to_end && can_be_parked(frame); }

}  // namespace

// Closes the directory that is needed last. False if there is none but the one being worked.
bool Walker::park_one() {
    const auto end = stack_.end() - 1;
    auto frame = std::find_if(stack_.begin(), end, costs_no_memory_to_park);
    if (frame == end) frame = std::find_if(stack_.begin(), end, can_be_parked);
    if (frame == end) return false;
    // A position in a directory need not survive closing it: overlay file systems and old tmpfs count names, and miss
    // one where another was removed. So the rest of its names is dealt with first, which keeps in memory only those of
    // directories. By nobody else, who would need the descriptor.
    while (!frame->read_to_end && !walk_.stopped()) static_cast<void>(read_buffer(*frame, Sharing::forbidden));
    frame->directory->fd = UniqueFd();
    --open_;
    return true;
}

void Walker::unpark(Frame& frame, const Frame& from) {
    auto fd = go_up(frame, from);
    if (!fd) fd = go_down(frame);
    if (!fd) return changer_.failed(Act::find_again, fd.error(), *frame.directory);
    frame.directory->fd = *std::move(fd);
    ++open_;
}

// By "..", which leads where the directory is now; the identity says whether that is where it was.
OrErrno<UniqueFd> Walker::go_up(const Frame& frame, const Frame& from) {
    UniqueFd fd;
    int at = from.directory->fd.get();
    for (unsigned level = 0; level < from.levels; ++level) {
        auto up = changer_.access().pin(at, "..");
        if (!up) return up;
        fd = *std::move(up);
        at = fd.get();
    }
    const auto entry = changer_.access().look(at, "");
    if (!entry) return tl::unexpected(entry.error());
    if (!entry->same_file(frame.directory->entry)) return tl::unexpected(ESTALE);
    return fd;
}

// From the top by the names that led there: for when a directory was moved while the walk was below it.
OrErrno<UniqueFd> Walker::go_down(const Frame& frame) {
    UniqueFd fd;
    int at = top_->fd.get();
    for (const std::string& name : frame.directory->place.names_below_top()) {
        auto down = changer_.access().pin(at, name.c_str());
        if (!down) return down;
        fd = *std::move(down);
        at = fd.get();
    }
    const auto entry = changer_.access().look(at, "");
    if (!entry) return tl::unexpected(entry.error());
    if (!entry->same_file(frame.directory->entry)) return tl::unexpected(ESTALE);
    return fd;
}

}  // namespace stepdown
