// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/walker.h"

#include <dirent.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace stepdown {
namespace {

// More gains nothing on local file systems, and less costs calls.
constexpr std::size_t buffer_size = std::size_t{64} << 10U;

// Names that are worked in inode order when entries come from the disk. Each thread and each place in the queue may
// hold as much.
constexpr std::size_t cold_batch_size = std::size_t{512} << 10U;

// Directories of one directory that wait to be entered; beyond, those read so far are entered first, or a directory of
// a million directories would be held in memory whole.
constexpr std::size_t waiting_limit = std::size_t{64} << 10U;

// Memory for the names that wait in all directories on one thread's way down. Where it is nearly spent, a directory
// takes no more names at once than fit into the smallest buffer.
constexpr std::size_t all_waiting_limit = std::size_t{1} << 20U;
constexpr std::size_t smallest_buffer = std::size_t{2} << 10U;

}  // namespace

Walker::Walker(WalkState& walk, EntryOwner& entry_owner, WorkQueue& queue, std::shared_ptr<Directory> top,
               std::size_t open_limit)
    : walk_(walk),
      entry_owner_(entry_owner),
      queue_(queue),
      buffer_(buffer_size),
      closed_(walk),
      top_(std::move(top)),
      open_limit_(open_limit) {}

void Walker::run(Progress* progress) {
    progress_ = progress;
    descend(top_);
    walk_stack();
    help();
}

void Walker::help() {
    while (auto work = queue_.take([this] { tick(); })) {
        begin(*std::move(work));
        walk_stack();
    }
}

void Walker::tick() {
    if (progress_ != nullptr) progress_->tick(walk_.report());
}

void Walker::walk_stack() {
    while (!stack_.empty() && !walk_.stopped()) step();
    stack_.clear();
    closed_.clear();
    entry_owner_.flush();
}

// Somebody else's part of a directory is a directory that was read to its end.
void Walker::begin(Work work) {
    recent_.clear();
    landmarks_.at(landmark_index(*work.directory)) = work.landmark;
    stack_.push_back({std::move(work.directory), std::move(work.directories), true, 0, {}});
    handle_records(stack_.back(), work.records);
}

void Walker::step() {
    if (queue_.has_room()) share();
    Frame& frame = stack_.back();
    if (!frame.directories.empty()) return enter_next();
    if (!frame.read_to_end) return read_names(frame);
    leave();
}

// Offers half of the directories that would be entered last, which lead to the most work: those nearest the top.
void Walker::share() {
    for (Frame& frame : stack_) {
        DirentBatch half = frame.directories.take_half();
        if (half.empty()) continue;
        frame.directory->pending_work.fetch_add(1, std::memory_order_relaxed);
        return offer({frame.directory, {}, std::move(half), landmarks_.at(landmark_index(*frame.directory))});
    }
}

void Walker::offer(Work work) {
    if (queue_.size() == 1) entry_owner_.as_owner().restore();
    queue_.offer(std::move(work));
}

std::size_t Walker::memory_left() const {
    std::size_t taken = 0;
    for (const Frame& frame : stack_) taken += frame.directories.capacity();
    return all_waiting_limit - std::min(taken, all_waiting_limit);
}

void Walker::read_names(Frame& frame) {
    do {
        if (!read_buffer(frame, Sharing::allowed)) return;
    } while (frame.directories.bytes() < std::min(waiting_limit, memory_left()) && !walk_.stopped());
}

// Deals with one buffer of names; false at the end of the directory.
bool Walker::read_buffer(Frame& frame, Sharing sharing) {
    const std::size_t wanted = frame.directory->is_cold.load(std::memory_order_relaxed) ? cold_batch_size : buffer_size;
    const std::size_t size = std::clamp(memory_left() / 2, smallest_buffer, wanted);
    if (buffer_.size() < size) buffer_.resize(size);
    const auto got = Syscalls::read_names(frame.directory->fd.get(), std::span(buffer_).first(size));
    if (!got) entry_owner_.failed(Operation::read, got.error(), *frame.directory);
    frame.read_to_end = !got || *got == 0;
    if (frame.read_to_end) return false;
    if (sharing == Sharing::allowed && offer_records(frame, *got)) return true;
    handle_records(frame, std::span(buffer_).first(*got));
    return true;
}

// One directory of a million files is shared too, a buffer at a time. What is smaller is done before it is handed over.
bool Walker::offer_records(const Frame& frame, std::size_t size) {
    constexpr std::size_t worth_sharing = std::size_t{8} << 10U;
    if (size < worth_sharing || !queue_.has_room() || !frame.wanted.empty()) return false;
    std::vector<std::byte> records = std::exchange(buffer_, std::vector<std::byte>(buffer_size));
    records.resize(size);
    frame.directory->pending_work.fetch_add(1, std::memory_order_relaxed);
    offer({frame.directory, std::move(records), {}, landmarks_.at(landmark_index(*frame.directory))});
    return true;
}

void Walker::handle_records(Frame& frame, std::span<const std::byte> records) {
    if (records.size() > buffer_size) {
        handle_sorted(frame, records);
    } else {
        handle_in_order(frame, records);
    }
    queue_.note_progress(entry_owner_.flush_if_many());
    tick();
}

void Walker::handle_sorted(Frame& frame, std::span<const std::byte> records) {
    for (const Dirent& name : dirents_in_inode_order(records)) {
        if (walk_.stopped()) return;
        handle_name(frame, name);
    }
}

// A full buffer that took long says that the entries are not in memory.
void Walker::handle_in_order(Frame& frame, std::span<const std::byte> records) {
    using Clock = std::chrono::steady_clock;
    constexpr auto cold_entry = std::chrono::microseconds(8);
    const bool is_large = records.size() > buffer_size / 2;
    const auto start = is_large ? Clock::now() : Clock::time_point();
    int count = 0;
    DirentReader names(records);
    for (Dirent name; names.next(name) && !walk_.stopped(); ++count) handle_name(frame, name);
    if (is_large && Clock::now() - start > count * cold_entry) frame.directory->is_cold.store(true);
}

void Walker::handle_name(Frame& frame, const Dirent& name) {
    const PendingNames::Digests& wanted = frame.wanted;
    if (!wanted.empty() && !std::binary_search(wanted.begin(), wanted.end(), PendingNames::digest(name.text))) return;
    if (walk_.excludes(name.text)) return entry_owner_.leave_excluded(*frame.directory, name.text);
    if (name.type == DT_DIR || entry_owner_.handle_entry(*frame.directory, name.text) == EntryOwner::Found::directory) {
        frame.directories.add(name.text);
    }
}

void Walker::enter_next() {
    const std::string name = stack_.back().directories.take();
    // A frame can move meanwhile.
    const std::shared_ptr<Directory> parent = stack_.back().directory;
    if (auto child = open_child(parent, name.c_str())) descend(std::move(child));
}

// Onto the stack, or in place of a frame with nothing left to do: so a chain of any length takes two descriptors.
void Walker::descend(std::shared_ptr<Directory> child) {
    std::size_t closed = 0;
    if (!stack_.empty() && stack_.back().read_to_end && stack_.back().directories.empty()) {
        const Frame done = std::move(stack_.back());
        stack_.pop_back();
        closed = done.closed;
        end_work(*done.directory);
    }
    remember(*child);
    stack_.push_back({std::move(child), {}, false, closed, {}});
    if (stack_.size() > open_limit_) static_cast<void>(close_ancestor());
}

void Walker::leave() {
    Frame done = std::move(stack_.back());
    stack_.pop_back();
    // The way up starts at the directory that is left, so it is closed after.
    while (done.closed > 0 && !reopen_ancestor(done)) {
    }
    end_work(*done.directory);
}

void Walker::end_work(Directory& directory) {
    if (directory.pending_work.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
    if (!directory.is_top && !walk_.stopped()) entry_owner_.chown_directory(directory);
    if (!directory.is_top) directory.fd = UniqueFd();
}

}  // namespace stepdown
