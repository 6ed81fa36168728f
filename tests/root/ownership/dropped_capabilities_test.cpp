// SPDX-License-Identifier: Apache-2.0
// Walks with less than all rights: dropped capabilities, user namespaces.
#include "stepdown/system/fsuid.h"

#include "support/files/scratch_tree.h"
#include "support/kernel/capabilities.h"
#include "support/process/forked.h"

#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>

namespace stepdown {
namespace {

using test::app;
using test::other;
using test::root;

class DroppedCapabilities : public test::ScratchTree {
  protected:
    // What a container with cap_drop: [ALL], cap_add: [CHOWN, SETUID, SETGID] has.
    static void with_few(const std::function<void()>& body) {
        const int code = test::in_child([&body] {
            if (!test::keep_capabilities({CAP_CHOWN, CAP_SETUID, CAP_SETGID})) return test::cannot_run;
            body();
            return 0;
        });
        if (code == test::cannot_run) GTEST_SKIP() << "needs the right to drop capabilities";
    }
    void own_with_four_threads() const {
        OwnershipRun run;
        run.threads = 4;
        const auto outcome = chown_trees(plan("data"), run);
        EXPECT_TRUE(outcome) << outcome.error().message;
    }
    [[nodiscard]] std::uint64_t wrong(const std::string& name) const {
        const auto preview = preview_trees(plan(name)).at(0);
        EXPECT_EQ(preview.tree.failed, 0U);
        return preview.tree.changed;
    }
};

TEST_F(DroppedCapabilities, SufficeForNestedPrivateDirectoriesOfOthers) {
    directory("data/a", other, 0700);
    directory("data/a/b", {3000, 3000}, 0700);
    file("data/a/b/file", {3000, 3000}, 0600);
    directory("data/a/b/c", other, 0700);
    file("data/a/b/c/deep", root, 0600);
    ASSERT_EQ(::chown(at("data/a").c_str(), other.uid, other.gid), 0);
    ASSERT_EQ(::chown(at("data").c_str(), other.uid, other.gid), 0);
    ASSERT_EQ(::chmod(at("data").c_str(), 0700), 0);
    with_few([this] {
        const auto outcome = chown_trees(plan("data"));
        EXPECT_TRUE(outcome) << outcome.error().message;
    });
    EXPECT_EQ(wrong("data"), 0U);
    EXPECT_EQ(status("data/a/b").st_mode & 07777, 0700U);
}

TEST_F(DroppedCapabilities, SufficeForEachOfSeveralThreads) {
    directory("data", other, 0700);
    for (int i = 0; i < 100; ++i) {
        const std::string sub = "data/" + std::to_string(i);
        directory(sub, i % 2 == 0 ? other : Owner{3000, 3000}, 0700);
        for (int j = 0; j < 40; ++j) file(sub + "/" + std::to_string(j), i % 3 == 0 ? root : other, 0600);
    }
    with_few([this] { own_with_four_threads(); });
    EXPECT_EQ(wrong("data"), 0U);
}

// The walk is somebody else among right entries, and threads begin as their maker is.
TEST_F(DroppedCapabilities, AreTheSameForThreadsMadeAmongRightEntries) {
    directory("data", app, 0700);
    for (int i = 0; i < 200; ++i) {
        const std::string sub = "data/" + std::to_string(i);
        directory(sub, app, 0700);
        for (int j = 0; j < 20; ++j) file(sub + "/" + std::to_string(j), i > 150 && j == 0 ? other : app, 0600);
    }
    with_few([this] { own_with_four_threads(); });
    EXPECT_EQ(wrong("data"), 0U);
}

TEST_F(DroppedCapabilities, TouchNothingThatIsRight) {
    directory("data", app, 0700);
    directory("data/a", app, 0700);
    file("data/a/file", app, 0600);
    const auto before = status("data/a/file").st_ctim;
    with_few([this] { EXPECT_TRUE(chown_trees(plan("data"))); });
    EXPECT_EQ(status("data/a/file").st_ctim.tv_nsec, before.tv_nsec);
}

TEST_F(DroppedCapabilities, SufficeForAnOperandBelowAPrivateDirectory) {
    directory("home", other, 0700);
    file("home/data/file", root);
    with_few([this] {
        const auto outcome = chown_trees(plan("home/data"));
        EXPECT_TRUE(outcome) << outcome.error().message;
    });
    EXPECT_EQ(owner("home/data/file"), app);
    EXPECT_EQ(owner("home"), other);
}

TEST_F(DroppedCapabilities, NameTheOneThatIsMissingForWhatNobodyMayRead) {
    directory("data/closed", other, 0000);
    with_few([this] {
        const auto outcome = chown_trees(plan("data"));
        ASSERT_FALSE(outcome);
        EXPECT_NE(outcome.error().message.find("1 EACCES"), std::string::npos) << outcome.error().message;
    });
}

TEST_F(DroppedCapabilities, WithoutChownAreSilenceWhereAllIsRight) {
    file("data/file", app);
    const int code = test::in_child([this] {
        if (!test::keep_capabilities({CAP_DAC_OVERRIDE})) return test::cannot_run;
        EXPECT_TRUE(chown_trees(plan("data")));
        return 0;
    });
    if (code == test::cannot_run) GTEST_SKIP() << "needs the right to drop capabilities";
}

TEST_F(DroppedCapabilities, WithoutChownAreAnErrorWhereSomethingIsWrong) {
    file("data/file", other);
    const int code = test::in_child([this] {
        if (!test::keep_capabilities({CAP_DAC_OVERRIDE})) return test::cannot_run;
        const auto outcome = chown_trees(plan("data"));
        EXPECT_FALSE(outcome);
        EXPECT_NE(outcome.error().message.find("The capability CHOWN is missing"), std::string::npos)
            << outcome.error().message;
        const auto preview = preview_trees(plan("data")).at(0);
        EXPECT_NE(preview.problems.at(0).text.find("the capability CHOWN is missing"), std::string::npos);
        return 0;
    });
    if (code == test::cannot_run) GTEST_SKIP() << "needs the right to drop capabilities";
    EXPECT_EQ(owner("data/file"), other);
}

TEST(FsuidSwitch, KeepsTheParentDeathSignal) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to act as somebody else";
    test::in_child([] {
        EXPECT_EQ(::prctl(PR_SET_PDEATHSIG, SIGTERM), 0);
        {
            FsuidSwitch fsuid;
            EXPECT_TRUE(fsuid.switch_to(1000));
            int signal = 0;
            EXPECT_EQ(::prctl(PR_GET_PDEATHSIG, &signal), 0);
            EXPECT_EQ(signal, SIGTERM);
        }
        int signal = 0;
        EXPECT_EQ(::prctl(PR_GET_PDEATHSIG, &signal), 0);
        EXPECT_EQ(signal, SIGTERM);
        return 0;
    });
}

class UserNamespace : public test::ScratchTree {
  protected:
    // Runs body as uid 0 of a user namespace that has the ids 0 to 69999, each meaning itself, or these gids alone.
    static void in_user_namespace(const std::function<void()>& body, const std::string& gids = "0 0 70000\n") {
        const int code = test::in_child([&body, &gids] {
            if (!enter_user_namespace(gids)) return test::cannot_run;
            body();
            return 0;
        });
        if (code == test::cannot_run) GTEST_SKIP() << "needs user namespaces";
    }

  private:
    // The maps are written by a child left outside: the namespace's own processes may map one id only.
    static bool enter_user_namespace(const std::string& gids) {
        std::array<int, 2> entered{};
        if (::pipe2(entered.data(), O_CLOEXEC) != 0) return false;
        const std::string process = "/proc/" + std::to_string(::getpid());
        const pid_t mapper = ::fork();
        if (mapper == 0) {
            char byte = 0;
            const bool is_in = ::read(entered[0], &byte, 1) == 1;
            ::_exit(is_in && write_map(process + "/uid_map", "0 0 70000\n") && write_map(process + "/gid_map", gids)
                        ? 0
                        : 1);
        }
        const bool is_in = ::unshare(CLONE_NEWUSER) == 0;
        const bool told = ::write(entered[1], is_in ? "y" : "", is_in ? 1 : 0) == 1;
        ::close(entered[1]);
        if (!told) ::kill(mapper, SIGKILL);
        int status = 0;
        ::waitpid(mapper, &status, 0);
        return told && status == 0;
    }
    static bool write_map(const std::string& path, const std::string& ids) {
        std::ofstream map(path);
        return static_cast<bool>(map << ids << std::flush);
    }
};

TEST_F(UserNamespace, SkipsNothingWhereAnUnmappedOwnerLooksRight) {
    directory("data", {65534, 65534});
    file("data/unmapped", {80000, 80000});
    file("data/mapped", {65534, 65534});
    in_user_namespace([this] {
        const auto outcome = chown_trees(plan("data", {65534, 65534}));
        ASSERT_FALSE(outcome);
        EXPECT_NE(outcome.error().message.find("1 EPERM"), std::string::npos) << outcome.error().message;
        const auto problems = preview_trees(plan("data", app)).at(0).problems;
        EXPECT_TRUE(problems.empty()) << problems.front().text;
    });
    EXPECT_EQ(owner("data"), (Owner{65534, 65534}));
}

TEST_F(UserNamespace, SaysOnceThatTheTargetIsNotMapped) {
    for (int i = 0; i < 10; ++i) file("data/" + std::to_string(i));
    in_user_namespace([this] {
        const auto outcome = chown_trees(plan("data", {90000, 90000}));
        ASSERT_FALSE(outcome);
        EXPECT_NE(
            outcome.error().message.find("; the rest was not tried: uid 90000 is not mapped in this user namespace"),
            std::string::npos)
            << outcome.error().message;
    });
    EXPECT_EQ(owner("data"), root);
}

// The mark of a walk that failed has gid 0 there.
TEST_F(UserNamespace, TrustsNoTopOfGroup0WithoutTheGidsOfMarks) {
    directory("data", {2000, 3000});
    file("data/unmapped", {80000, 80000});
    OwnershipPlan made = plan("data");
    made.policy = ChownPolicy::on_root_mismatch;
    OwnershipPlan later = plan("data", {app.uid, 0});
    later.policy = ChownPolicy::on_root_mismatch;
    const auto start_both = [&] {
        EXPECT_FALSE(chown_trees(made));
        EXPECT_EQ(owner("data"), (Owner{app.uid, 0}));
        EXPECT_FALSE(chown_trees(later)) << "it walks, and meets the file";
    };
    in_user_namespace(start_both, "0 0 1\n3 3 69997\n");
}

TEST_F(UserNamespace, OwnsWhatIsMapped) {
    file("data/file", other);
    in_user_namespace([this] { EXPECT_TRUE(chown_trees(plan("data"))); });
    EXPECT_EQ(owner("data/file"), app);
}

}  // namespace
}  // namespace stepdown
