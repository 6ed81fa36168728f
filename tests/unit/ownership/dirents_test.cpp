// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/dirents.h"

#include <gtest/gtest.h>

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <vector>

namespace stepdown {
namespace {

TEST(DirentReader, LeaveOutTheDirectoryItselfAndItsParent) {
    const UniqueFd proc(::open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!proc.valid()) GTEST_SKIP() << "needs /proc";
    alignas(8) std::array<std::byte, 65536> buffer{};
    const auto got = Syscalls::read_names(proc.get(), buffer);
    ASSERT_TRUE(got);
    std::vector<std::string> found;
    DirentReader names({buffer.data(), *got});
    for (Dirent name; names.next(name);) {
        found.emplace_back(name.text);
        if (found.back() == "fd") {
            EXPECT_EQ(name.type, DT_DIR);
        }
    }
    EXPECT_EQ(std::count(found.begin(), found.end(), "."), 0);
    EXPECT_EQ(std::count(found.begin(), found.end(), ".."), 0);
    EXPECT_EQ(std::count(found.begin(), found.end(), "fd"), 1);
}

TEST(NamesInInodeOrder, HaveAllTheNames) {
    const UniqueFd proc(::open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!proc.valid()) GTEST_SKIP() << "needs /proc";
    alignas(8) std::array<std::byte, 65536> buffer{};
    const auto got = Syscalls::read_names(proc.get(), buffer);
    ASSERT_TRUE(got);
    const auto sorted = dirents_in_inode_order({buffer.data(), *got});
    std::size_t count = 0;
    DirentReader names({buffer.data(), *got});
    for (Dirent name; names.next(name);) ++count;
    EXPECT_EQ(sorted.size(), count);
    EXPECT_TRUE(std::is_sorted(sorted.begin(), sorted.end(),
                               [](const Dirent& a, const Dirent& b) { return a.inode < b.inode; }));
}

TEST(DirentBatch, GivesTheNamesBackInOrder) {
    DirentBatch names;
    EXPECT_TRUE(names.empty());
    names.add("one");
    names.add("two\nlines");
    EXPECT_EQ(names.bytes(), 14U);
    EXPECT_EQ(names.take(), "one");
    names.add("three");
    EXPECT_EQ(names.take(), "two\nlines");
    EXPECT_EQ(names.take(), "three");
    EXPECT_TRUE(names.empty());
}

TEST(DirentBatch, GivesHalfAway) {
    DirentBatch names;
    for (const char* name : {"one", "two", "three", "four"}) names.add(name);
    EXPECT_EQ(names.take(), "one");
    DirentBatch half = names.take_half();
    std::vector<std::string> all;
    while (!names.empty()) all.push_back(names.take());
    EXPECT_FALSE(all.empty());
    EXPECT_FALSE(half.empty());
    while (!half.empty()) all.push_back(half.take());
    EXPECT_EQ(all, (std::vector<std::string>{"two", "three", "four"}));
}

TEST(DirentBatch, KeepsASingleName) {
    DirentBatch names;
    EXPECT_TRUE(names.take_half().empty());
    names.add("a name of some length");
    EXPECT_TRUE(names.take_half().empty());
    EXPECT_EQ(names.take(), "a name of some length");
}

TEST(DirentBatch, GivesBackTheMemoryOfWhatWasTaken) {
    constexpr std::size_t little = 16384;
    DirentBatch names;
    for (int i = 0; i < 10000; ++i) names.add("a name of a directory");
    for (int i = 0; i < 9990; ++i) static_cast<void>(names.take());
    EXPECT_LT(names.capacity(), little);
    while (!names.empty()) EXPECT_EQ(names.take(), "a name of a directory");
    EXPECT_LT(names.capacity(), 100U);
}

TEST(DirentBatch, PacksWhatIsLeft) {
    DirentBatch names;
    for (const char* name : {"a", "b", "c"}) names.add(name);
    EXPECT_EQ(names.take(), "a");
    DirentBatch again{std::string(names.packed())};
    EXPECT_EQ(again.take(), "b");
    EXPECT_EQ(again.take(), "c");
    EXPECT_TRUE(again.empty());
}

}  // namespace
}  // namespace stepdown
