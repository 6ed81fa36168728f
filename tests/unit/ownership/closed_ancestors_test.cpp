// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/closed_ancestors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace stepdown {
namespace {

class ClosedAncestorsOfAWalk : public ::testing::Test {
  protected:
    static PendingNames named(NamePointer name) {
        DirentBatch names;
        names.add(name);
        return PendingNames(std::move(names));
    }
    bool insert(std::size_t index, std::uint64_t inode, PendingNames pending) {
        Directory directory;
        directory.entry.id = {1, inode};
        return closed_.insert(index, directory, std::move(pending));
    }
    std::string take_name() { return closed_.take_last().names().take(); }

    Syscalls calls_;
    Report report_{"/data"};
    WalkState walk_{calls_, {}, Mounts::enter, Mode::change, report_};
    ClosedAncestors closed_{walk_};
};

TEST_F(ClosedAncestorsOfAWalk, ComeBackFromTheLastToTheFirst) {
    ASSERT_TRUE(insert(0, 10, named("ten")));
    ASSERT_TRUE(insert(1, 30, PendingNames(PendingNames::Digests{7, 8, 9})));
    ASSERT_TRUE(insert(1, 20, named("twenty")));
    EXPECT_EQ(closed_.last().id.inode, 30U);
    EXPECT_TRUE(closed_.last().has_digests);
    EXPECT_EQ(closed_.take_last().digests(), (PendingNames::Digests{7, 8, 9}));
    EXPECT_EQ(closed_.last().id.inode, 20U);
    EXPECT_EQ(take_name(), "twenty");
    EXPECT_EQ(closed_.last().id.inode, 10U);
    EXPECT_EQ(take_name(), "ten");
    EXPECT_EQ(closed_.pending_bytes(), 0U);
}

TEST_F(ClosedAncestorsOfAWalk, TakeNoMoreMemoryThanTheWalkHas) {
    constexpr std::size_t quarter = WalkState::most_remembered / 4 / sizeof(std::uint32_t);
    const auto many = [] { return PendingNames(PendingNames::Digests(quarter - 100)); };
    for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(insert(i, i, many()));
    EXPECT_FALSE(insert(4, 4, many()));
    static_cast<void>(closed_.take_last());
    EXPECT_TRUE(insert(3, 4, many()));
    closed_.clear();
    EXPECT_TRUE(walk_.remember(WalkState::most_remembered));
}

TEST(PendingNames, HaveDigestsThatDiffer) {
    PendingNames::Digests digests;
    for (int i = 0; i < 1000; ++i) digests.push_back(PendingNames::digest("name" + std::to_string(i)));
    std::sort(digests.begin(), digests.end());
    EXPECT_EQ(std::adjacent_find(digests.begin(), digests.end()), digests.end());
    EXPECT_EQ(PendingNames::digest("name1"), PendingNames::digest(std::string("name1")));
}

}  // namespace
}  // namespace stepdown
