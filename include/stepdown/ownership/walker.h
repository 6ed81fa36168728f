// SPDX-License-Identifier: Apache-2.0
// The traversal: depth first from an open directory, on a stack of its own instead of the call stack, with a bounded
// number of open directories.
#pragma once

#include "stepdown/ownership/closed_ancestors.h"
#include "stepdown/ownership/entry_owner.h"
#include "stepdown/ownership/progress.h"
#include "stepdown/ownership/work_queue.h"

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace stepdown {

// An open directory on the way down, and what is left to do with its names.
struct Frame {
    std::shared_ptr<Directory> directory;
    DirentBatch directories;       // names still to be entered
    bool read_to_end = false;      // every name was seen
    std::size_t closed = 0;        // closed ancestors between this directory and the frame below
    PendingNames::Digests wanted;  // in a second reading: the digests of the only names that count
};

// One thread's. Changes everything in and below a directory; a directory is changed after the names in it, that is
// once its files are done and its directories opened.
class Walker {
  public:
    // open_limit: the most directories that it may hold open at once, at least 2. top is the top of the tree.
    // entry_owner belongs to this thread.
    Walker(WalkState& walk, EntryOwner& entry_owner, WorkQueue& queue, std::shared_ptr<Directory> top,
           std::size_t open_limit);

    // Walks the tree from its top. Returns when every thread has done its part, or soon after walk.stopped(). progress
    // is told after each buffer of names and while this thread waits for others; null for a walk that shows none.
    void run(Progress* progress);

    // Works on what other threads offer until the walk is done.
    void help();

  private:
    void tick();
    void walk_stack();
    void begin(Work work);
    void step();
    void share();
    void offer(Work work);
    void read_names(Frame& frame);
    enum class Sharing { allowed, forbidden };
    bool read_buffer(Frame& frame, Sharing sharing);
    [[nodiscard]] bool offer_records(const Frame& frame, std::size_t size);
    void handle_records(Frame& frame, std::span<const std::byte> records);
    void handle_sorted(Frame& frame, std::span<const std::byte> records);
    void handle_in_order(Frame& frame, std::span<const std::byte> records);
    void handle_name(Frame& frame, const Dirent& name);
    void enter_next();
    void descend(std::shared_ptr<Directory> child);
    void leave();
    void end_work(Directory& directory);

    [[nodiscard]] std::shared_ptr<Directory> open_child(const std::shared_ptr<Directory>& parent, NamePointer name);
    [[nodiscard]] bool has_its_depth(const Directory& parent, NamePointer name, const Directory& child);
    [[nodiscard]] ErrnoOr<UniqueFd> open_with_room(int parent, NamePointer name);
    [[nodiscard]] Mount* mount_of_child(const Directory& parent, NamePointer name, int fd, const Entry& entry);
    void open_failed(const Directory& parent, NamePointer name, int number);

    // A cycle is found by Brent's method, as fts(3) does: a directory is compared with one ancestor, which is replaced
    // at every power of two levels. A cycle of any length gets there, and the comparison takes no memory and no call.
    [[nodiscard]] static std::size_t landmark_index(const Directory& directory);
    [[nodiscard]] static Landmark make_landmark(const Entry& entry, const Mount& mount);
    void remember(const Directory& directory);

    [[nodiscard]] std::size_t memory_left() const;
    [[nodiscard]] bool close_ancestor();
    void close(std::vector<Frame>::iterator frame);
    [[nodiscard]] PendingNames read_pending(Frame& frame);
    [[nodiscard]] bool reopen_ancestor(Frame& from);
    [[nodiscard]] ErrnoOr<void> find_again(const ClosedAncestor& ancestor, Directory& directory, const Directory& from);
    [[nodiscard]] ErrnoOr<Entry> recognise(const ErrnoOr<UniqueFd>& fd, const ClosedAncestor& ancestor);
    [[nodiscard]] ErrnoOr<UniqueFd> go_up(const Directory& from, unsigned levels);
    [[nodiscard]] ErrnoOr<UniqueFd> go_down(const PathChain& chain);

    WalkState& walk_;
    EntryOwner& entry_owner_;
    WorkQueue& queue_;
    std::vector<std::byte> buffer_;
    std::vector<Frame> stack_;
    ClosedAncestors closed_;
    // By the logarithm of the level. A path passes each level of a power of two once, so these hold for all ancestors.
    std::array<Landmark, 32> landmarks_;
    std::deque<PathChain> recent_;  // the last directories on the way down whose names are kept
    std::shared_ptr<Directory> top_;
    Progress* progress_ = nullptr;
    std::size_t open_limit_;
};

}  // namespace stepdown
