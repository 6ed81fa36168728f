// SPDX-License-Identifier: Apache-2.0

#include "support/files/scratch_tree.h"
#include "support/process/forked.h"

#include <sys/resource.h>

#include <cstdint>

namespace stepdown {
namespace {

using test::app;
using test::root;

class ThreadedWalk : public test::ScratchTree {
  protected:
    ThreadedWalk()
        : ScratchTree(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path()) {}

    // count empty files, owned by root.
    void fill(const std::string& name, int count) const {
        directory(name);
        const UniqueFd top(::open(at(name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        for (int i = 0; i < count; ++i) {
            const UniqueFd made(::openat(top.get(), std::to_string(i).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
            ASSERT_TRUE(made.valid());
        }
    }

    static TreeReport preview(const OwnershipPlan& plan, std::size_t threads) {
        OwnershipRun run;
        run.threads = threads;
        return preview_trees(plan, run).at(0).tree;
    }
    static Result<void> own(const OwnershipPlan& plan, std::size_t threads) {
        OwnershipRun run;
        run.threads = threads;
        return chown_trees(plan, run);
    }
};

TEST_F(ThreadedWalk, StaysAloneBelowTwoThousandEntries) {
    fill("data", 1990);
    EXPECT_EQ(preview(plan("data"), 8).threads, 1U);
}

TEST_F(ThreadedWalk, SharesOneHugeDirectory) {
    fill("data", 60000);
    const TreeReport before = preview(plan("data"), 4);
    EXPECT_EQ(before.threads, 4U);
    EXPECT_EQ(before.entries, 60001U);
    EXPECT_EQ(before.changed, 60001U);
    ASSERT_TRUE(own(plan("data"), 4));
    EXPECT_EQ(preview(plan("data"), 4).changed, 0U);
    EXPECT_EQ(preview(plan("data"), 1).changed, 0U);
}

TEST_F(ThreadedWalk, ChangesEachOfAHundredThousandEntriesOnceWithEightThreads) {
    directory("data");
    for (int i = 0; i < 400; ++i) {
        fill("data/" + std::to_string(i % 20) + "/" + std::to_string(i), 249);
    }
    constexpr std::uint64_t all = 1 + 20 + 400 * 250;
    const TreeReport before = preview(plan("data"), 8);
    EXPECT_EQ(before.threads, 8U);
    EXPECT_EQ(before.entries, all);
    EXPECT_EQ(before.changed, all);
    ASSERT_TRUE(own(plan("data"), 8));
    const TreeReport after = preview(plan("data"), 1);
    EXPECT_EQ(after.entries, all);
    EXPECT_EQ(after.changed, 0U);
}

// What one thread closes for want of descriptors, no other may be working on.
TEST_F(ThreadedWalk, SharesWhatIsDeeperThanItMayHoldOpen) {
    std::string deep = "data";
    std::uint64_t all = 1;
    for (int level = 0; level < 30; ++level) {
        fill(deep, 3000);
        // More than are kept waiting, so that the files, made first and read last, are unread when the walk goes down.
        for (int i = 0; i < 300; ++i) directory(deep + "/" + std::string(240, 'd') + std::to_string(i));
        deep += "/d";
        all += 3000 + 300;
    }
    OwnershipRun run;
    run.threads = 4;
    run.open_directories = 2;
    EXPECT_EQ(preview_trees(plan("data"), run).at(0).tree.entries, all + 29);
    const auto outcome = chown_trees(plan("data"), run);
    EXPECT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(preview(plan("data"), 1).changed, 0U);
}

TEST_F(ThreadedWalk, WorksWithTheThreadsThatCanBeMade) {
    fill("data", 5000);
    const int code = test::in_child([this] {
        // Counted for the real uid, and not for one with CAP_SYS_RESOURCE or CAP_SYS_ADMIN: so as someone else.
        const rlimit none{1, 1};
        if (::setrlimit(RLIMIT_NPROC, &none) != 0 || ::setresuid(54321, 54321, 54321) != 0) return test::cannot_run;
        OwnershipPlan mine = plan("data", root);
        const TreeReport report = preview(mine, 8);
        EXPECT_EQ(report.entries, 5001U);
        EXPECT_EQ(report.threads, 1U);
        return 0;
    });
    if (code == test::cannot_run) GTEST_SKIP() << "needs the right to change the uid";
}

}  // namespace
}  // namespace stepdown
