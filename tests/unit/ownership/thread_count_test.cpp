// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/thread_count.h"

#include "stepdown/ownership/work_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <new>

namespace stepdown {
namespace {

TEST(CpusInQuota, RoundsUp) {
    EXPECT_EQ(cpus_in_quota("150000 100000\n"), 2U);
    EXPECT_EQ(cpus_in_quota("200000 100000\n"), 2U);
    EXPECT_EQ(cpus_in_quota("1000 100000"), 1U);
}

TEST(CpusInQuota, IsNothingWithoutALimit) {
    for (const char* text : {"max 100000\n", "-1 100000", "", "100000", "100000 0", "garbage"}) {
        EXPECT_EQ(cpus_in_quota(text), std::nullopt) << text;
    }
}

TEST(WorthThreads, IsAtLeastOneAndAtMostEightOnLocalDisks) {
    EXPECT_GE(worth_threads(MountKind::ordinary), 1U);
    EXPECT_LE(worth_threads(MountKind::ordinary), 8U);
    EXPECT_EQ(worth_threads(MountKind::network), 16U);
}

constexpr std::uint64_t few = 2000;

Work work_named(NamePointer name) {
    Work work;
    work.directories.add(name);
    return work;
}

TEST(WorkQueue, AsksForThreadsOnlyAfterTheFirstEntries) {
    int asked = 0;
    WorkQueue pool(
        few, [&asked] { return static_cast<std::size_t>(2 + asked++); }, [] {});
    pool.saw(few - 1);
    EXPECT_FALSE(pool.has_room());
    EXPECT_EQ(asked, 0);
    pool.saw(few);
    pool.saw(few + 1);
    EXPECT_TRUE(pool.has_room());
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(pool.size(), 1U);
}

TEST(WorkQueue, HasARoomThatEnds) {
    WorkQueue pool(
        few, [] { return std::size_t{2}; }, [] {});
    pool.saw(few);
    int offered = 0;
    for (; pool.has_room() && offered < 100; ++offered) pool.offer(work_named("a"));
    EXPECT_EQ(offered, 4);
}

TEST(WorkQueue, GivesEachWorkToOneWorkerAndEndsWhenAllIsDone) {
    std::atomic<int> done{0};
    WorkQueue* shared = nullptr;
    const auto help = [&] {
        while (shared->take([] {})) ++done;
    };
    WorkQueue pool(
        few, [] { return std::size_t{4}; }, help);
    shared = &pool;
    pool.saw(few);
    int offered = 0;
    while (offered < 1000) {
        if (!pool.has_room()) continue;
        pool.offer(work_named("a"));
        ++offered;
    }
    help();
    pool.finish();
    EXPECT_EQ(done.load(), 1000);
    EXPECT_EQ(pool.size(), 4U);
}

TEST(WorkQueue, HandsOnWhatEndedAThread) {
    WorkQueue pool(
        few, [] { return std::size_t{2}; }, [] { throw std::bad_alloc(); });
    pool.saw(few);
    pool.offer(work_named("a"));
    while (pool.take([] {})) {
    }
    EXPECT_THROW(pool.finish(), std::bad_alloc);
}

TEST(WorkQueue, LetsItsThreadsGoWhenAnExceptionLeavesTheWalk) {
    WorkQueue* shared = nullptr;
    const auto help = [&shared] {
        while (shared->take([] {})) {
        }
    };
    const auto walk = [&] {
        WorkQueue pool(
            few, [] { return std::size_t{4}; }, help);
        shared = &pool;
        pool.saw(few);
        pool.offer(work_named("a"));
        throw std::bad_alloc();
    };
    EXPECT_THROW(walk(), std::bad_alloc);
}

}  // namespace
}  // namespace stepdown
