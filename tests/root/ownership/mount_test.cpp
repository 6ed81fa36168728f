// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/choices.h"

#include "support/files/mount_tree.h"
#include "support/process/skip.h"
#include "support/process/strace.h"

namespace stepdown {
namespace {

using test::app;
using test::root;

class MountsInATree : public test::MountTree {};

TEST_F(MountsInATree, AreEntered) {
    directory("data/mounted");
    file("elsewhere/file");
    in_mount_namespace([this] {
        bind("elsewhere", "data/mounted");
        EXPECT_TRUE(chown_trees(plan("data")));
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
        EXPECT_TRUE(chown_trees(stay));
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
        const auto preview = preview_trees(plan("data")).at(0);
        EXPECT_EQ(preview.tree.skipped, 2U);
        EXPECT_TRUE(preview.problems.empty());
        EXPECT_TRUE(chown_trees(plan("data")));
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
        EXPECT_TRUE(chown_trees(both));
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
        EXPECT_EQ(preview_trees(both).at(1).note, "part of " + at("data"));
    });
}

TEST_F(MountsInATree, AreChangedWhereABoundFileIsWritable) {
    file("data/config");
    file("config");
    in_mount_namespace([this] {
        bind("config", "data/config");
        EXPECT_TRUE(chown_trees(plan("data")));
        EXPECT_EQ(owner("config"), app);
    });
}

TEST_F(MountsInATree, AreNeverEnteredWhereTheyAreTheKernelsOwn) {
    directory("data/proc");
    in_mount_namespace([this] {
        ASSERT_EQ(::mount("proc", at("data/proc").c_str(), "proc", 0, nullptr), 0);
        const auto preview = preview_trees(plan("data")).at(0);
        EXPECT_EQ(preview.tree.entries, 2U);
        EXPECT_EQ(preview.tree.skipped, 1U);
        EXPECT_TRUE(chown_trees(plan("data")));
    });
}

TEST_F(MountsInATree, AreNotEnteredWhereTheyHoldTheAccounts) {
    directory("data/etc");
    in_mount_namespace([this] {
        ASSERT_EQ(::mount("/etc", at("data/etc").c_str(), nullptr, MS_BIND, nullptr), 0);
        const auto outcome = chown_trees(plan("data"));
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
        const auto outcome = chown_trees(plan("data"));
        ASSERT_FALSE(outcome);
        EXPECT_NE(outcome.error().message.find("1 EROFS"), std::string::npos) << outcome.error().message;
        EXPECT_FALSE(preview_trees(plan("data")).at(0).problems.empty());
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
        warn.errors = ChownErrors::warn;
        const auto preview = preview_trees(warn).at(0);
        EXPECT_EQ(preview.tree.changed, 2U);
        EXPECT_EQ(preview.tree.failed, 1U);
        ::testing::internal::CaptureStderr();
        EXPECT_TRUE(chown_trees(warn));
        const std::string err = ::testing::internal::GetCapturedStderr();
        EXPECT_NE(err.find("1 of 6 entries could not be changed: 1 EROFS"), std::string::npos) << err;
        EXPECT_EQ(owner("writable/file"), app);
        EXPECT_EQ(owner("writable"), app);
    });
}

// The one file of the top directory is the first that is changed.
TEST_F(MountsInATree, AreOwnedBesideABoundFileThatAnswersErofs) {
    STEPDOWN_SKIP_IF(test::no_strace());
    file("data/config");
    file("data/sub/file");
    file("config");
    in_mount_namespace([this] {
        bind("config", "data/config");
        const auto traced = test::run_traced({"-e", "inject=fchownat:error=EROFS:when=1"},
                                             test::command({OWN_PROGRAM, "1000:1001", at("data")}));
        EXPECT_EQ(traced.outcome.exit_code, 125);
        EXPECT_NE(traced.outcome.err.find("1 of 4 entries could not be changed: 1 EROFS"), std::string::npos)
            << traced.outcome.err;
        EXPECT_EQ(owner("config"), root);
        EXPECT_EQ(owner("data/sub/file"), app);
    });
}

TEST_F(MountsInATree, AreSilentWhereTheOperandIsReadOnlyAndRight) {
    file("elsewhere/file", app);
    directory("data", app);
    in_mount_namespace([this] {
        bind("elsewhere", "data", MS_RDONLY);
        EXPECT_TRUE(chown_trees(plan("data")));
        EXPECT_TRUE(preview_trees(plan("data")).at(0).problems.empty());
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
        const auto outcome = chown_trees(plan("data"));
        EXPECT_TRUE(outcome) << outcome.error().message;
        EXPECT_TRUE(std::filesystem::is_empty(at("layers/upper")));
        EXPECT_TRUE(chown_trees(plan("data", root)));
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
        const auto outcome = chown_trees(plan("data"));
        ASSERT_FALSE(outcome);
        EXPECT_NE(outcome.error().message.find("16 ENOSPC; the rest was not tried: there is no space left"),
                  std::string::npos)
            << outcome.error().message;
    });
}

// What a mount answers is not said of its neighbours. The mounted directory is the first that is entered.
class FaultsOfAMount : public MountsInATree {
  protected:
    // Walks data, whose directory vol is a mount of 20 files, where every change of a name there fails with number.
    void expect(const std::string& number, const std::string& summary) const {
        directory("data/vol");
        file("data/zz/file");
        in_mount_namespace([&] {
            ASSERT_EQ(::mount("tmpfs", at("data/vol").c_str(), "tmpfs", 0, nullptr), 0);
            for (int i = 0; i < 20; ++i) file("data/vol/" + std::to_string(i));
            ASSERT_TRUE(chown_trees(plan("data/vol/0")));
            const auto traced =
                test::run_traced({"-P", at("data/vol"), "-e", "inject=fchownat:error=" + number + ":when=2+"},
                                 test::command({OWN_PROGRAM, "1000:1001", "--warn", at("data")}));
            EXPECT_NE(traced.outcome.err.find(summary), std::string::npos) << traced.outcome.err;
            EXPECT_EQ(owner("data/zz/file"), app);
            EXPECT_EQ(owner("data"), app);
        });
    }
    void SetUp() override {
        MountsInATree::SetUp();
        if (IsSkipped()) return;
        STEPDOWN_SKIP_IF(test::no_strace());
    }
};

TEST_F(FaultsOfAMount, AreOfItsEntriesAloneWhereTheOwnerIsMapped) { expect("EINVAL", ": 18 EINVAL\n"); }

TEST_F(FaultsOfAMount, EndThatMountAloneWhereItIsFull) {
    expect("ENOSPC",
           ": 16 ENOSPC; the rest of the mount at " + at("data/vol") + " was not tried: there is no space left\n");
}

TEST_F(FaultsOfAMount, HoldTheTopBackUnderOnRootMismatchWhereTheyEndIt) {
    directory("data/vol");
    in_mount_namespace([this] {
        ASSERT_EQ(::mount("tmpfs", at("data/vol").c_str(), "tmpfs", 0, nullptr), 0);
        for (int i = 0; i < 20; ++i) file("data/vol/" + std::to_string(i));
        const auto traced =
            test::run_traced({"-P", at("data/vol"), "-e", "inject=fchownat:error=EDQUOT"},
                             test::command({OWN_PROGRAM, "1000:1001", "--warn", "--on-root-mismatch", at("data")}));
        EXPECT_EQ(traced.outcome.exit_code, 0);
        EXPECT_NE(traced.outcome.err.find("16 EDQUOT; the rest of "), std::string::npos) << traced.outcome.err;
        EXPECT_EQ(owner("data"), (Owner{1000, 1}));
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
        EXPECT_TRUE(chown_trees(stay));
        EXPECT_EQ(owner("elsewhere/file"), app);
    });
}

}  // namespace
}  // namespace stepdown
