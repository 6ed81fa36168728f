#include "support/forked.h"
#include "support/program.h"
#include "support/scratch_tree.h"

#include <sys/mount.h>

namespace stepdown {
namespace {

using test::app;
using test::root;

// Bodies run in a mount namespace of their own.
class MountsInATree : public test::ScratchTree {
  protected:
    static void in_mount_namespace(const std::function<void()>& body) {
        const int code = test::in_child([&body] {
            if (::unshare(CLONE_NEWNS) != 0) return test::cannot_run;
            if (::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return test::cannot_run;
            body();
            return 0;
        });
        if (code == test::cannot_run) GTEST_SKIP() << "needs the right to mount";
    }
    void bind(const std::string& source, const std::string& target, unsigned long flags = 0) const {
        ASSERT_EQ(::mount(at(source).c_str(), at(target).c_str(), nullptr, MS_BIND, nullptr), 0) << target;
        if (flags == 0) return;
        ASSERT_EQ(::mount(nullptr, at(target).c_str(), nullptr, MS_BIND | MS_REMOUNT | flags, nullptr), 0) << target;
    }
};

TEST_F(MountsInATree, AreEntered) {
    directory("data/mounted");
    file("elsewhere/file");
    in_mount_namespace([this] {
        bind("elsewhere", "data/mounted");
        EXPECT_TRUE(own_trees(plan("data")));
        EXPECT_EQ(owner("elsewhere/file"), app);
    });
}

TEST_F(MountsInATree, AreLeftAloneOnOneFileSystem) {
    directory("data/mounted");
    file("data/config");
    file("elsewhere/file");
    file("config");
    in_mount_namespace([this] {
        bind("elsewhere", "data/mounted");
        bind("config", "data/config");
        OwnershipPlan stay = plan("data");
        stay.mounts = Mounts::stay;
        EXPECT_TRUE(own_trees(stay));
        EXPECT_EQ(owner("elsewhere/file"), root);
        EXPECT_EQ(owner("elsewhere"), root);
        EXPECT_EQ(owner("config"), root);
        EXPECT_EQ(owner("data"), app);
    });
}

TEST_F(MountsInATree, AreSkippedWhereReadOnly) {
    directory("data/mounted");
    file("data/config");
    file("elsewhere/file");
    file("config");
    in_mount_namespace([this] {
        bind("elsewhere", "data/mounted", MS_RDONLY);
        bind("config", "data/config", MS_RDONLY);
        const auto inspection = inspect_trees(plan("data")).at(0);
        EXPECT_EQ(inspection.tree.skipped, 2U);
        EXPECT_TRUE(inspection.problems.empty());
        EXPECT_TRUE(own_trees(plan("data")));
        EXPECT_EQ(owner("elsewhere/file"), root);
        EXPECT_EQ(owner("config"), root);
        EXPECT_EQ(owner("data"), app);
    });
}

TEST_F(MountsInATree, AreOwnedWhereTheyAreNamedAndLieBehindAReadOnlyOne) {
    directory("data/outer");
    directory("outer/inner");
    file("inner/file");
    in_mount_namespace([this] {
        bind("outer", "data/outer", MS_RDONLY);
        bind("inner", "data/outer/inner");
        OwnershipPlan both = plan("data");
        both.operands.push_back({at("data/outer/inner"), Presence::required});
        EXPECT_TRUE(own_trees(both));
        EXPECT_EQ(owner("inner/file"), app);
        EXPECT_EQ(owner("outer"), root);
    });
}

TEST_F(MountsInATree, ArePartOfTheOuterWalkWhereThatEntersThem) {
    directory("data/mounted");
    file("elsewhere/file");
    in_mount_namespace([this] {
        bind("elsewhere", "data/mounted");
        OwnershipPlan both = plan("data");
        both.operands.push_back({at("data/mounted"), Presence::required});
        EXPECT_EQ(inspect_trees(both).at(1).note, "part of " + at("data"));
    });
}

TEST_F(MountsInATree, AreChangedWhereABoundFileIsWritable) {
    file("data/config");
    file("config");
    in_mount_namespace([this] {
        bind("config", "data/config");
        EXPECT_TRUE(own_trees(plan("data")));
        EXPECT_EQ(owner("config"), app);
    });
}

TEST_F(MountsInATree, AreNeverEnteredWhereTheyAreTheKernelsOwn) {
    directory("data/proc");
    in_mount_namespace([this] {
        ASSERT_EQ(::mount("proc", at("data/proc").c_str(), "proc", 0, nullptr), 0);
        const auto inspection = inspect_trees(plan("data")).at(0);
        EXPECT_EQ(inspection.tree.entries, 2U);
        EXPECT_EQ(inspection.tree.skipped, 1U);
        EXPECT_TRUE(own_trees(plan("data")));
    });
}

TEST_F(MountsInATree, AreNotEnteredWhereTheyHoldTheAccounts) {
    directory("data/etc");
    in_mount_namespace([this] {
        ASSERT_EQ(::mount("/etc", at("data/etc").c_str(), nullptr, MS_BIND, nullptr), 0);
        const auto outcome = own_trees(plan("data"));
        ASSERT_FALSE(outcome);
        EXPECT_EQ(owner("data/etc/passwd"), root);
        EXPECT_EQ(owner("data/etc/hostname"), root);
    });
}

TEST_F(MountsInATree, MakeAnErrorWhereTheOperandItselfIsReadOnlyAndWrong) {
    file("elsewhere/file");
    directory("data");
    in_mount_namespace([this] {
        bind("elsewhere", "data", MS_RDONLY);
        const auto outcome = own_trees(plan("data"));
        ASSERT_FALSE(outcome);
        EXPECT_NE(outcome.error().message.find("1 EROFS"), std::string::npos) << outcome.error().message;
        EXPECT_FALSE(inspect_trees(plan("data")).at(0).problems.empty());
    });
}

TEST_F(MountsInATree, AreOwnedBelowAnOperandThatIsReadOnlyAndWrong) {
    file("elsewhere/wrong");
    file("elsewhere/sub/wrong");
    directory("elsewhere/sub/writable");
    file("writable/file");
    directory("data");
    in_mount_namespace([this] {
        bind("elsewhere", "data", MS_RDONLY);
        bind("writable", "data/sub/writable");
        OwnershipPlan warn = plan("data");
        warn.errors = EntryErrors::warn;
        const auto inspection = inspect_trees(warn).at(0);
        EXPECT_EQ(inspection.tree.changed, 2U);
        EXPECT_EQ(inspection.tree.failed, 1U);
        ::testing::internal::CaptureStderr();
        EXPECT_TRUE(own_trees(warn));
        const std::string err = ::testing::internal::GetCapturedStderr();
        EXPECT_NE(err.find("1 of 6 entries could not be changed: 1 EROFS"), std::string::npos) << err;
        EXPECT_EQ(owner("writable/file"), app);
        EXPECT_EQ(owner("writable"), app);
    });
}

// The one file of the top directory is the first that is changed.
TEST_F(MountsInATree, AreOwnedBesideABoundFileThatTurnedReadOnly) {
    if (!test::can_trace()) GTEST_SKIP() << "needs strace, and the right to use it";
    file("data/config");
    file("data/sub/file");
    file("config");
    in_mount_namespace([this] {
        bind("config", "data/config");
        const auto traced =
            test::run_traced({"-e", "inject=fchownat:error=EROFS:when=1"}, {OWN_PROGRAM, "1000:1001", at("data")});
        EXPECT_EQ(traced.ended.code, 125);
        EXPECT_NE(traced.ended.err.find("1 of 4 entries could not be changed: 1 EROFS"), std::string::npos)
            << traced.ended.err;
        EXPECT_EQ(owner("config"), root);
        EXPECT_EQ(owner("data/sub/file"), app);
        EXPECT_EQ(owner("data"), app);
    });
}

TEST_F(MountsInATree, AreSilentWhereTheOperandIsReadOnlyAndRight) {
    file("elsewhere/file", app);
    directory("data", app);
    in_mount_namespace([this] {
        bind("elsewhere", "data", MS_RDONLY);
        EXPECT_TRUE(own_trees(plan("data")));
        EXPECT_TRUE(inspect_trees(plan("data")).at(0).problems.empty());
    });
}

// An overlay of lower, whose upper layer is on a tmpfs with these options.
class Overlay : public MountsInATree {
  protected:
    void mount_overlay(const std::string& options) const {
        ASSERT_EQ(::mount("tmpfs", at("layers").c_str(), "tmpfs", 0, options.c_str()), 0);
        for (const char* layer : {"layers/upper", "layers/work"}) ASSERT_EQ(::mkdir(at(layer).c_str(), 0755), 0);
        ASSERT_EQ(::chown(at("layers/upper").c_str(), app.uid, app.gid), 0);
        const std::string layers =
            "lowerdir=" + at("lower") + ",upperdir=" + at("layers/upper") + ",workdir=" + at("layers/work");
        if (::mount("overlay", at("data").c_str(), "overlay", 0, layers.c_str()) != 0) ::_exit(test::cannot_run);
    }
};

TEST_F(Overlay, StaysEmptyAboveATreeThatIsRight) {
    for (const char* name : {"lower/file", "lower/a/b/file"}) file(name, app);
    directory("layers");
    directory("data");
    in_mount_namespace([this] {
        mount_overlay("size=10m");
        const auto outcome = own_trees(plan("data"));
        EXPECT_TRUE(outcome) << outcome.error().message;
        EXPECT_TRUE(std::filesystem::is_empty(at("layers/upper")));
        EXPECT_TRUE(own_trees(plan("data", root)));
        EXPECT_FALSE(std::filesystem::is_empty(at("layers/upper")));
        EXPECT_EQ(owner("data/a/b/file"), root);
        EXPECT_EQ(owner("lower/a/b/file"), app);
    });
}

TEST_F(Overlay, GivesUpWhenItIsFull) {
    directory("lower", app);
    for (int i = 0; i < 40; ++i) {
        file("lower/" + std::to_string(i));
        std::filesystem::resize_file(at("lower/" + std::to_string(i)), 100'000);
        std::ofstream(at("lower/" + std::to_string(i))) << std::string(100'000, 'x');
    }
    directory("layers");
    directory("data");
    in_mount_namespace([this] {
        mount_overlay("size=400k");
        const auto outcome = own_trees(plan("data"));
        ASSERT_FALSE(outcome);
        EXPECT_NE(outcome.error().message.find("16 ENOSPC; the rest was not tried: there is no space left"),
                  std::string::npos)
            << outcome.error().message;
    });
}

TEST_F(MountsInATree, AreWalkedWhenTheyAreOperandsOnOneFileSystem) {
    directory("data/mounted");
    file("elsewhere/file");
    in_mount_namespace([this] {
        bind("elsewhere", "data/mounted");
        OwnershipPlan stay = plan("data");
        stay.mounts = Mounts::stay;
        stay.operands.push_back({at("data/mounted"), Presence::required});
        EXPECT_TRUE(own_trees(stay));
        EXPECT_EQ(owner("elsewhere/file"), app);
    });
}

}  // namespace
}  // namespace stepdown
