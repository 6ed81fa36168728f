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

    [[nodiscard]] static std::uint32_t digest(std::string_view name);

    [[nodiscard]] DirentBatch& names() { return names_; }
    [[nodiscard]] Digests& digests() { return digests_; }

  private:
    DirentBatch names_;
    Digests digests_;
};

// How to recognise an ancestor, and what is left to do there.
struct ClosedAncestor {
    FileId id;
    std::int64_t born = 0;
    Mount* mount = nullptr;
    unsigned depth = 0;
    bool has_digests = false;
    std::size_t bytes = 0;  // of its pending names
};

// One walker's, those nearest the top first.
class ClosedAncestors {
  public:
    explicit ClosedAncestors(WalkState& walk) : walk_(walk) {}
    ClosedAncestors(const ClosedAncestors&) = delete;
    ClosedAncestors& operator=(const ClosedAncestors&) = delete;
    ~ClosedAncestors() { clear(); }

    // Remembers directory as the one at index. False where the walk has no memory left for it.
    [[nodiscard]] bool insert(std::size_t index, const Directory& directory, PendingNames pending);

    // The one furthest from the top, without its names; there is one.
    [[nodiscard]] const ClosedAncestor& last() const { return ancestors_.back(); }
    // The bytes that the pending names of all of them take.
    [[nodiscard]] std::size_t pending_bytes() const { return pending_.size(); }
    // Takes the last one out and returns its names.
    [[nodiscard]] PendingNames take_last();

    void clear();

  private:
    WalkState& walk_;
    std::deque<ClosedAncestor> ancestors_;
    std::string pending_;  // of all, in the same order
};

}  // namespace stepdown
