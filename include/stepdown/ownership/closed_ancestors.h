// SPDX-License-Identifier: Apache-2.0
// The ancestors that a walk closed because there are fewer descriptors than levels: as little of each as the way back
// needs, so that a tree of any depth fits into bounded memory.
#pragma once

#include "stepdown/ownership/dirents.h"
#include "stepdown/ownership/walk_state.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace stepdown {

// The names of a directory that are still to be entered: the names themselves, or, where that is too much, a digest of
// four bytes each. Then the directory is read once more, and what has one of the digests is entered. Two names can have
// the same digest: a directory is then entered once more than needed.
class PendingNames {
  public:
    using Digests = std::vector<std::uint32_t>;  // sorted

    explicit PendingNames(DirentBatch names) : names_(std::move(names)) {}
    explicit PendingNames(Digests digests) : digests_(std::move(digests)) {}

    // The digest of a name: the same for the same bytes, within this process.
    [[nodiscard]] static std::uint32_t digest(std::string_view name);

    // Both are empty if nothing is left to do; otherwise one of them is.
    [[nodiscard]] DirentBatch& names() { return names_; }
    [[nodiscard]] Digests& digests() { return digests_; }

  private:
    DirentBatch names_;
    Digests digests_;
};

// The facts by which an ancestor is recognised, and the amount of work that is left there.
struct ClosedAncestor {
    FileId id;
    std::int64_t born = 0;     // as in Entry: an inode number may be used again
    Mount* mount = nullptr;    // that it is on
    unsigned depth = 0;        // levels below the top of the tree
    bool has_digests = false;  // its pending names are digests
    std::size_t bytes = 0;     // of its pending names
};

// The closed ancestors of one walker, in the order from the top of the tree down.
class ClosedAncestors {
  public:
    explicit ClosedAncestors(WalkState& walk) : walk_(walk) {}
    ClosedAncestors(const ClosedAncestors&) = delete;
    ClosedAncestors& operator=(const ClosedAncestors&) = delete;
    ~ClosedAncestors() { clear(); }

    // Remembers directory, which stands at index in that order, with the names that are still to be entered there.
    // Returns false if the memory of the walk for this is used up (WalkState::most_remembered): nothing is remembered
    // then, and the directory has to stay open.
    [[nodiscard]] bool insert(std::size_t index, const Directory& directory, PendingNames pending);

    // The one furthest from the top, without its names; there is one.
    [[nodiscard]] const ClosedAncestor& last() const { return ancestors_.back(); }
    // The bytes that the pending names of all of them take.
    [[nodiscard]] std::size_t pending_bytes() const { return pending_.size(); }
    // Takes the last one out and returns its names.
    [[nodiscard]] PendingNames take_last();

    // Forgets all of them and gives their memory back to the walk.
    void clear();

  private:
    WalkState& walk_;
    std::deque<ClosedAncestor> ancestors_;
    std::string pending_;  // of all, in the same order
};

}  // namespace stepdown
