// SPDX-License-Identifier: Apache-2.0
// The names in a directory: as the kernel hands them over, and packed for later.
#pragma once

#include "stepdown/ownership/syscalls.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepdown {

struct Dirent {
    NamePointer text = "";
    std::uint64_t inode = 0;
    unsigned char type = 0;  // DT_DIR and its like (readdir(3)); DT_UNKNOWN where the file system does not say
};

// The records in a buffer that read_names filled, "." and ".." left out.
class DirentReader {
  public:
    explicit DirentReader(std::span<const std::byte> records) : rest_(records) {}

    // False at the end.
    [[nodiscard]] bool next(Dirent& name);

  private:
    std::span<const std::byte> rest_;
};

// The names in a buffer in the order of their inode numbers, which is the order of the inodes on the disks of ext4:
// looking at them in that order reads each block once. They point into records.
[[nodiscard]] std::vector<Dirent> dirents_in_inode_order(std::span<const std::byte> records);

// A queue of names in one piece of memory.
class DirentBatch {
  public:
    DirentBatch() = default;
    // Names that packed() gave.
    explicit DirentBatch(std::string packed) : packed_(std::move(packed)) {}

    void add(NamePointer name) { packed_.append(name).push_back('\0'); }
    [[nodiscard]] bool empty() const { return at_ == packed_.size(); }
    [[nodiscard]] std::size_t bytes() const { return packed_.size() - at_; }
    // How much memory the list takes.
    [[nodiscard]] std::size_t capacity() const { return packed_.capacity(); }
    // The names, each ended by a NUL byte.
    [[nodiscard]] std::string_view packed() const { return std::string_view(packed_).substr(at_); }
    // The first name, taken out. The list is not empty.
    [[nodiscard]] std::string take();
    // About half of the names, the last ones, taken out; empty where there is one name or none.
    [[nodiscard]] DirentBatch take_half();

  private:
    std::string packed_;  // each name ended by a NUL byte
    std::size_t at_ = 0;  // where the first one left starts
};

}  // namespace stepdown
