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
    WorkQueue queue(
        few, [&asked] { return static_cast<std::size_t>(2 + asked++); }, [] {});
    queue.note_progress(few - 1);
    EXPECT_FALSE(queue.has_room());
    EXPECT_EQ(asked, 0);
    queue.note_progress(few);
    queue.note_progress(few + 1);
    EXPECT_TRUE(queue.has_room());
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(queue.size(), 1U);
}

TEST(WorkQueue, HasARoomThatEnds) {
    WorkQueue queue(
        few, [] { return std::size_t{2}; }, [] {});
    queue.note_progress(few);
    int offered = 0;
    for (; queue.has_room() && offered < 100; ++offered) queue.offer(work_named("a"));
    EXPECT_EQ(offered, 4);
}

TEST(WorkQueue, GivesEachWorkToOneWorkerAndEndsWhenAllIsDone) {
    std::atomic<int> done{0};
    WorkQueue* shared = nullptr;
    const auto help = [&] {
        while (shared->take([] {})) ++done;
    };
    WorkQueue queue(
        few, [] { return std::size_t{4}; }, help);
    shared = &queue;
    queue.note_progress(few);
    int offered = 0;
    while (offered < 1000) {
        if (!queue.has_room()) continue;
        queue.offer(work_named("a"));
        ++offered;
    }
    help();
    queue.finish();
    EXPECT_EQ(done.load(), 1000);
    EXPECT_EQ(queue.size(), 4U);
}

TEST(WorkQueue, HandsOnWhatEndedAThread) {
    WorkQueue queue(
        few, [] { return std::size_t{2}; }, [] { throw std::bad_alloc(); });
    queue.note_progress(few);
    queue.offer(work_named("a"));
    while (queue.take([] {})) {
    }
    EXPECT_THROW(queue.finish(), std::bad_alloc);
}

TEST(WorkQueue, LetsItsThreadsGoWhenAnExceptionLeavesTheWalk) {
    WorkQueue* shared = nullptr;
    const auto help = [&shared] {
        while (shared->take([] {})) {
        }
    };
    const auto walk = [&] {
        WorkQueue queue(
            few, [] { return std::size_t{4}; }, help);
        shared = &queue;
        queue.note_progress(few);
        queue.offer(work_named("a"));
        throw std::bad_alloc();
    };
    EXPECT_THROW(walk(), std::bad_alloc);
}

}  // namespace
}  // namespace stepdown
