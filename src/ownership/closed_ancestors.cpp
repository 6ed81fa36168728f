// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/closed_ancestors.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>

namespace stepdown {
namespace {

std::string packed(PendingNames& pending) {
    const PendingNames::Digests& digests = pending.digests();
    if (digests.empty()) return std::string(pending.names().packed());
    std::string bytes(digests.size() * sizeof digests.front(), '\0');
    std::memcpy(bytes.data(), digests.data(), bytes.size());
    return bytes;
}

PendingNames unpacked(const ClosedAncestor& ancestor, std::string bytes) {
    if (!ancestor.has_digests) return PendingNames(DirentBatch(std::move(bytes)));
    PendingNames::Digests digests(bytes.size() / sizeof(std::uint32_t));
    std::memcpy(digests.data(), bytes.data(), bytes.size());
    return PendingNames(std::move(digests));
}

}  // namespace

std::uint32_t PendingNames::digest(std::string_view name) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>()(name));
}

bool ClosedAncestors::insert(std::size_t index, const Directory& directory, PendingNames pending) {
    const std::string bytes = packed(pending);
    if (!walk_.remember(sizeof(ClosedAncestor) + bytes.size())) return false;
    const auto at = ancestors_.begin() + static_cast<std::ptrdiff_t>(index);
    // The usual index is the end.
    const std::size_t behind = std::accumulate(at, ancestors_.end(), std::size_t{0},
                                               [](std::size_t sum, const auto& each) { return sum + each.bytes; });
    pending_.insert(pending_.size() - behind, bytes);
    const Entry& entry = directory.entry;
    ancestors_.insert(
        at, {entry.id, entry.born, directory.mount, directory.chain.depth(), !pending.digests().empty(), bytes.size()});
    return true;
}

PendingNames ClosedAncestors::take_last() {
    const ClosedAncestor ancestor = ancestors_.back();
    ancestors_.pop_back();
    std::string bytes = pending_.substr(pending_.size() - ancestor.bytes);
    pending_.resize(pending_.size() - ancestor.bytes);
    walk_.forget(sizeof ancestor + bytes.size());
    return unpacked(ancestor, std::move(bytes));
}

void ClosedAncestors::clear() {
    walk_.forget(ancestors_.size() * sizeof(ClosedAncestor) + pending_.size());
    ancestors_.clear();
    pending_ = {};
}

}  // namespace stepdown
