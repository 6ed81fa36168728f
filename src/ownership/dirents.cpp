// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/dirents.h"

#include <dirent.h>

#include <algorithm>
#include <cstddef>

namespace stepdown {
namespace {

bool is_self_or_parent(NamePointer name) {
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

}  // namespace

bool DirentReader::next(Dirent& name) {
    while (!rest_.empty()) {
        // The kernel aligns each record for this very cast (getdents64(2)).
        const auto* record = static_cast<const dirent*>(static_cast<const void*>(rest_.data()));
        rest_ = rest_.subspan(record->d_reclen);
        const NamePointer text = &record->d_name[0];
        if (is_self_or_parent(text)) continue;
        name = {text, record->d_ino, record->d_type};
        return true;
    }
    return false;
}

std::vector<Dirent> dirents_in_inode_order(std::span<const std::byte> records) {
    std::vector<Dirent> sorted;
    DirentReader names(records);
    for (Dirent name; names.next(name);) sorted.push_back(name);
    std::sort(sorted.begin(), sorted.end(), [](const Dirent& a, const Dirent& b) { return a.inode < b.inode; });
    return sorted;
}

std::string DirentBatch::take() {
    constexpr std::size_t worth_freeing = 4096;
    std::string name(packed_.c_str() + at_);
    at_ += name.size() + 1;
    if (empty() || at_ > std::max(worth_freeing, packed_.size() / 2)) {
        packed_.erase(0, at_);
        packed_.shrink_to_fit();
        at_ = 0;
    }
    return name;
}

DirentBatch DirentBatch::take_half() {
    DirentBatch half;
    const std::size_t middle = packed_.find('\0', at_ + bytes() / 2);
    if (empty() || middle + 1 == packed_.size()) return half;
    half.packed_ = packed_.substr(middle + 1);
    packed_.resize(middle + 1);
    return half;
}

}  // namespace stepdown
