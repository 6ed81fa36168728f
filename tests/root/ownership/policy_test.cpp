// SPDX-License-Identifier: Apache-2.0
// What on-root-mismatch looks at, and what it leaves behind when it is stopped; and that top changes the top alone.
#include "stepdown/base/choices.h"

#include "support/files/scratch_tree.h"
#include "support/process/skip.h"
#include "support/process/strace.h"

#include <csignal>

namespace stepdown {
namespace {

using test::app;
using test::other;
using test::root;

class OnRootMismatch : public test::ScratchTree {
  protected:
    [[nodiscard]] OwnershipPlan lazy(const std::string& name, Owner owner = app) const {
        OwnershipPlan made = plan(name, owner);
        made.policy = ChownPolicy::on_root_mismatch;
        return made;
    }
    // Starts a walk of data that is killed where it would change an owner for that time.
    void kill_half_way(Owner owner, int change) const {
        const auto killed =
            test::run_traced({"-e", "inject=fchownat:signal=SIGKILL:when=" + std::to_string(change)},
                             test::command({OWN_PROGRAM, std::to_string(owner.uid) + ":" + std::to_string(owner.gid),
                                            "--on-root-mismatch", at("data")}));
        EXPECT_EQ(killed.outcome.signal, SIGKILL) << killed.outcome.err;
    }
};

TEST_F(OnRootMismatch, TakesATreeWhoseTopIsRightForRight) {
    directory("data", app);
    file("data/wrong", other);
    EXPECT_EQ(preview_trees(lazy("data")).at(0).tree.entries, 1U);
    ASSERT_TRUE(chown_trees(lazy("data")));
    EXPECT_EQ(owner("data/wrong"), other);
}

TEST_F(OnRootMismatch, WalksATreeWhoseTopIsWrong) {
    file("data/sub/wrong", other);
    ASSERT_TRUE(chown_trees(lazy("data")));
    EXPECT_EQ(owner("data/sub/wrong"), app);
    EXPECT_EQ(owner("data"), app);
}

TEST_F(OnRootMismatch, LooksAtANestedOperandOnItsOwn) {
    directory("data", app);
    directory("data/cache", other);
    file("data/cache/wrong", other);
    OwnershipPlan both = lazy("data");
    both.operands.push_back({at("data/cache"), Presence::required});
    ASSERT_TRUE(chown_trees(both));
    EXPECT_EQ(owner("data/cache/wrong"), app);
}

TEST_F(OnRootMismatch, MarksATreeBeforeTheWalk) {
    STEPDOWN_SKIP_IF(test::no_strace());
    const Owner from{1000, 0};
    file("data/file", from);
    kill_half_way({1000, 1}, 2);
    EXPECT_EQ(owner("data"), (Owner{1000, 2}));
    EXPECT_EQ(owner("data/file"), from);
}

// What a killed walk gave away comes back, whoever the next start is for: the owner of before, the same, one with any
// gid that the mark may have had.
TEST_F(OnRootMismatch, WalksAgainAfterAKilledWalkForAnyOwner) {
    STEPDOWN_SKIP_IF(test::no_strace());
    for (const Owner before : {root, other, Owner{app.uid, 0}, Owner{app.uid, 1}, Owner{app.uid, 2}}) {
        for (const Owner half : {app, Owner{app.uid, 0}, Owner{app.uid, 1}, Owner{app.uid, 2}}) {
            if (half == before) continue;  // there is nothing to kill
            for (const Owner next : {before, half, Owner{app.uid, 0}, Owner{app.uid, 1}, Owner{app.uid, 2}}) {
                file("data/one", before);
                file("data/two", before);
                kill_half_way(half, 3);
                ASSERT_TRUE(chown_trees(lazy("data", next)));
                for (const char* name : {"data", "data/one", "data/two"}) {
                    EXPECT_EQ(owner(name), next)
                        << name << ' ' << ::testing::PrintToString(before) << " to " << ::testing::PrintToString(half);
                }
                std::filesystem::remove_all(at("data"));
            }
        }
    }
}

// An ordinary pair of ids, which an interrupted walk must not be able to leave behind.
TEST_F(OnRootMismatch, LooksOnceWhereTheGroupIsRoot) {
    directory("data", {1000, 0});
    file("data/wrong", other);
    EXPECT_EQ(preview_trees(lazy("data", {1000, 0})).at(0).tree.entries, 1U);
}

TEST_F(OnRootMismatch, AlwaysWalksWhereTheGroupIsAMarks) {
    for (const gid_t gid : {1U, 2U}) {
        directory("data", {1000, gid});
        file("data/wrong", other);
        ASSERT_TRUE(chown_trees(lazy("data", {1000, gid})));
        EXPECT_EQ(owner("data/wrong"), (Owner{1000, gid}));
        std::filesystem::remove_all(at("data"));
    }
}

TEST_F(OnRootMismatch, DoesNotMarkInAPreview) {
    file("data/file", other);
    EXPECT_EQ(preview_trees(lazy("data")).at(0).tree.changed, 2U);
    EXPECT_EQ(owner("data"), other);
}

class TopAlone : public test::ScratchTree {
  protected:
    [[nodiscard]] OwnershipPlan top(const std::string& name, Owner owner = app) const {
        OwnershipPlan made = plan(name, owner);
        made.policy = ChownPolicy::top;
        return made;
    }
};

TEST_F(TopAlone, IsChangedAndNothingBelow) {
    file("data/wrong", other);
    const TreePreview preview = preview_trees(top("data")).at(0);
    EXPECT_EQ(preview.tree.entries, 1U);
    EXPECT_EQ(preview.tree.changed, 1U);
    EXPECT_EQ(owner("data"), other);
    ASSERT_TRUE(chown_trees(top("data")));
    EXPECT_EQ(owner("data"), app);
    EXPECT_EQ(owner("data/wrong"), other);
}

TEST_F(TopAlone, TakesOneLookWhereItIsRight) {
    STEPDOWN_SKIP_IF(test::no_strace());
    directory("data", app);
    file("data/wrong", other);
    const auto traced = test::run_traced({"-e", "trace=openat,openat2,getdents64,fchownat"},
                                         test::command({OWN_PROGRAM, "1000:1001", "--top", at("data")}));
    EXPECT_EQ(traced.outcome.exit_code, 0) << traced.outcome.err;
    EXPECT_EQ(traced.count("getdents64(") + traced.count("openat2(") + traced.count("fchownat("), 0) << traced.trace;
    EXPECT_EQ(traced.count("protected_hardlinks"), 0) << "the rules of a walk are not needed";
}

TEST_F(TopAlone, LeavesNoOperandToTheWalkOfAnother) {
    directory("data", other);
    directory("data/cache", other);
    OwnershipPlan both = top("data");
    both.operands.push_back({at("data/cache"), Presence::required});
    ASSERT_TRUE(chown_trees(both));
    EXPECT_EQ(owner("data"), app);
    EXPECT_EQ(owner("data/cache"), app);
}

// The change of the top would take away what says that entries below it may be anybody's.
TEST_F(TopAlone, IsRefusedAfterAnInterruptedWalk) {
    for (const gid_t gid : {1U, 2U}) {
        const Owner unfinished{app.uid, gid};
        directory("data", unfinished);
        const auto refused = chown_trees(top("data"));
        ASSERT_FALSE(refused);
        EXPECT_NE(
            refused.error().message.find("its gid " + std::to_string(gid) + " is what an interrupted walk leaves"),
            std::string::npos)
            << refused.error().message;
        EXPECT_EQ(owner("data"), unfinished);
        EXPECT_EQ(preview_trees(top("data")).at(0).problems.size(), 1U);
        ASSERT_TRUE(chown_trees(plan("data"))) << "the remedy that the message names";
        ASSERT_TRUE(chown_trees(top("data")));
    }
}

TEST_F(TopAlone, IsTakenAsItIsWhereItIsRightAndHasAMarksGid) {
    directory("data", {1000, 1});
    EXPECT_TRUE(chown_trees(top("data", {1000, 1})));
    file("file", {1000, 1});
    EXPECT_TRUE(chown_trees(top("file")));
    EXPECT_EQ(owner("file"), app) << "a file is no tree that a walk can leave unfinished";
}

}  // namespace
}  // namespace stepdown
