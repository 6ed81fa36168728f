// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/elf_loader.h"

#include <elf.h>
#include <linux/limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace stepdown {
namespace {

// The bytes of a file. Its first page, where linkers put what is needed here, is read once.
class Bytes {
  public:
    explicit Bytes(int fd) : fd_(fd) {
        const ssize_t got = ::pread(fd, first_.data(), first_.size(), 0);
        size_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    }

    // How many of size bytes at that offset were copied.
    std::size_t copy(std::uint64_t at, void* to, std::size_t size) const {
        if (at < size_ && size <= size_ - at) {
            std::memcpy(to, first_.data() + at, size);
            return size;
        }
        const ssize_t got = ::pread(fd_, to, size, static_cast<off_t>(at));
        return got > 0 ? static_cast<std::size_t>(got) : 0;
    }

    template <typename Part>
    bool read(std::uint64_t at, Part& part) const {
        return copy(at, &part, sizeof part) == sizeof part;
    }

  private:
    int fd_;
    std::array<char, 4096> first_{};
    std::size_t size_ = 0;
};

template <typename Header, typename Segment>
std::string loader_in(const Bytes& file) {
    Header header{};
    if (!file.read(0, header)) return "";
    for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
        Segment segment{};
        if (!file.read(header.e_phoff + i * sizeof segment, segment)) return "";
        if (segment.p_type != PT_INTERP) continue;
        std::array<char, PATH_MAX> path{};  // in the file the path ends with a null byte, too
        const auto size = static_cast<unsigned>(std::min<std::uint64_t>(segment.p_filesz, path.size() - 1));
        return file.copy(segment.p_offset, path.data(), size) > 0 ? path.data() : "";
    }
    return "";
}

}  // namespace

std::string elf_loader(int fd) {
    const Bytes file(fd);
    std::array<unsigned char, EI_NIDENT> identity{};
    if (!file.read(0, identity) || std::memcmp(identity.data(), ELFMAG, SELFMAG) != 0) return "";
    const bool is_wide = identity[EI_CLASS] == ELFCLASS64;
    return is_wide ? loader_in<Elf64_Ehdr, Elf64_Phdr>(file) : loader_in<Elf32_Ehdr, Elf32_Phdr>(file);
}

}  // namespace stepdown
