// What the release build is as a file. Only that build is looked at: the others are dynamic and large.
#include "support/programs.h"
#include "support/temporary.h"

#include <gtest/gtest.h>

#include <elf.h>

#include <cstring>
#include <vector>

namespace stepdown::test {
namespace {

constexpr std::size_t largest_binary = 2'200'000;  // bytes, on static glibc

// A 64-bit ELF file (elf(5)) in memory.
class Elf {
  public:
    explicit Elf(std::string bytes) : bytes_(std::move(bytes)), header_(at<Elf64_Ehdr>(0)) {}

    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] const Elf64_Ehdr& header() const { return header_; }

    [[nodiscard]] std::vector<Elf64_Phdr> segments() const {
        std::vector<Elf64_Phdr> all;
        for (std::size_t i = 0; i < header_.e_phnum; ++i) {
            all.push_back(at<Elf64_Phdr>(header_.e_phoff + i * sizeof(Elf64_Phdr)));
        }
        return all;
    }
    [[nodiscard]] bool has_segment(Elf64_Word type) const {
        for (const Elf64_Phdr& segment : segments()) {
            if (segment.p_type == type) return true;
        }
        return false;
    }
    [[nodiscard]] bool has_section(Elf64_Word type) const {
        for (std::size_t i = 0; i < header_.e_shnum; ++i) {
            if (at<Elf64_Shdr>(header_.e_shoff + i * sizeof(Elf64_Shdr)).sh_type == type) return true;
        }
        return false;
    }

  private:
    template <typename T>
    [[nodiscard]] T at(std::size_t offset) const {
        T value{};
        if (offset + sizeof(T) <= bytes_.size()) std::memcpy(&value, bytes_.data() + offset, sizeof(T));
        return value;
    }

    std::string bytes_;
    Elf64_Ehdr header_;
};

Elf binary() { return Elf(read_file(programs().stepdown)); }

TEST(Binary, IsSmall) { EXPECT_LE(binary().size(), largest_binary); }

TEST(Binary, IsOneStaticPositionIndependentFile) {
    const Elf elf = binary();
    ASSERT_EQ(elf.header().e_ident[EI_CLASS], ELFCLASS64);
    EXPECT_EQ(elf.header().e_type, ET_DYN);
    EXPECT_FALSE(elf.has_segment(PT_INTERP));
    EXPECT_TRUE(elf.has_segment(PT_GNU_RELRO));
}

TEST(Binary, IsStripped) { EXPECT_FALSE(binary().has_section(SHT_SYMTAB)); }

TEST(Binary, HasNoSegmentThatIsBothWritableAndExecutable) {
    const Elf elf = binary();
    EXPECT_TRUE(elf.has_segment(PT_GNU_STACK));
    for (const Elf64_Phdr& segment : elf.segments()) {
        const bool writable = (segment.p_flags & PF_W) != 0;  // the stack is
        EXPECT_FALSE(writable && (segment.p_flags & PF_X) != 0) << segment.p_type;
    }
}

}  // namespace
}  // namespace stepdown::test
