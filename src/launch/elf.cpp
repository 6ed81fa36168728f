// SPDX-License-Identifier: Apache-2.0

#include "stepdown/launch/elf.h"

#include "stepdown/base/file.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/system/elf_loader.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace stepdown {
namespace {

template <typename Part>
bool read_part(int fd, std::uint64_t at, Part& part) {
    return ::pread(fd, &part, sizeof part, static_cast<off_t>(at)) == static_cast<ssize_t>(sizeof part);
}

// The fields that both classes have at the same place.
struct Start {
    std::array<unsigned char, EI_NIDENT> identity{};
    std::uint16_t type = 0;
    std::uint16_t machine = 0;
};

std::optional<Start> start_of(int fd) {
    Start start;
    if (!read_part(fd, 0, start) || std::memcmp(start.identity.data(), ELFMAG, SELFMAG) != 0) return std::nullopt;
    return start;
}

// The machine whose kernel may run programs of both.
std::uint16_t with_64_bits(std::uint16_t machine) {
    switch (machine) {
        case EM_386: return EM_X86_64;
        case EM_ARM: return EM_AARCH64;
        case EM_PPC: return EM_PPC64;
        default: return machine;
    }
}

bool is_for_this_machine(const Start& start) {
    const UniqueFd fd(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    const auto own = fd.valid() ? start_of(fd.get()) : std::nullopt;
    if (!own) return true;  // as far as is known
    return start.identity[EI_DATA] == own->identity[EI_DATA] &&
           with_64_bits(start.machine) == with_64_bits(own->machine);
}

bool are_other_machines_emulated() {
    const auto status = read_kernel_file("/proc/sys/fs/binfmt_misc/status");
    return status && status->starts_with("enabled");
}

}  // namespace

std::optional<Elf> read_elf(int fd) {
    const auto start = start_of(fd);
    if (!start) return std::nullopt;
    if (!is_for_this_machine(*start)) return Elf{are_other_machines_emulated(), ""};
    if (start->type != ET_EXEC && start->type != ET_DYN) return Elf{};
    return Elf{true, elf_loader(fd)};
}

}  // namespace stepdown
