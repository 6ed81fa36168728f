// What on-root-mismatch looks at, and what it leaves behind when it is stopped.
#include "support/scratch_tree.h"

#include <atomic>

namespace stepdown {
namespace {

using test::app;
using test::other;
using test::root;

class OnRootMismatch : public test::ScratchTree {
  protected:
    [[nodiscard]] OwnershipPlan lazy(const std::string& name, Owner owner = app) const {
        OwnershipPlan made = plan(name, owner);
        made.policy = Policy::on_root_mismatch;
        return made;
    }
};

TEST_F(OnRootMismatch, TakesATreeWhoseTopIsRightForRight) {
    directory("data", app);
    file("data/wrong", other);
    EXPECT_EQ(inspect_trees(lazy("data")).at(0).tree.entries, 1U);
    ASSERT_TRUE(own_trees(lazy("data")));
    EXPECT_EQ(owner("data/wrong"), other);
}

TEST_F(OnRootMismatch, WalksATreeWhoseTopIsWrong) {
    file("data/sub/wrong", other);
    ASSERT_TRUE(own_trees(lazy("data")));
    EXPECT_EQ(owner("data/sub/wrong"), app);
    EXPECT_EQ(owner("data"), app);
}

TEST_F(OnRootMismatch, LooksAtANestedOperandOnItsOwn) {
    directory("data", app);
    directory("data/cache", other);
    file("data/cache/wrong", other);
    OwnershipPlan both = lazy("data");
    both.operands.push_back({at("data/cache"), Presence::required});
    ASSERT_TRUE(own_trees(both));
    EXPECT_EQ(owner("data/cache/wrong"), app);
}

TEST_F(OnRootMismatch, MarksATreeBeforeTheWalk) {
    const Owner from{1000, 0};
    file("data/file", from);
    std::atomic<int> stop{15};
    const auto outcome = own_trees(lazy("data", {1000, 1}), {&stop});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(owner("data"), (Owner{1000, 2}));
    EXPECT_EQ(owner("data/file"), from);
}

// A to B, killed half-way, then A again: what B was given must come back.
TEST_F(OnRootMismatch, WalksAgainWhenTheOwnerOfBeforeComesBack) {
    file("data/file", other);
    file("data/given", app);
    std::atomic<int> stop{15};
    ASSERT_FALSE(own_trees(lazy("data", app), {&stop}));
    ASSERT_TRUE(own_trees(lazy("data", other)));
    EXPECT_EQ(owner("data/given"), other);
    EXPECT_EQ(owner("data"), other);
}

TEST_F(OnRootMismatch, DoesNotMarkInAnInspection) {
    file("data/file", other);
    EXPECT_EQ(inspect_trees(lazy("data")).at(0).tree.changed, 2U);
    EXPECT_EQ(owner("data"), other);
}

}  // namespace
}  // namespace stepdown
