// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/operand.h"

#include "support/files/scratch_tree.h"
#include "support/process/forked.h"
#include "support/process/process.h"

#include <gmock/gmock.h>

#include <sys/mount.h>
#include <sys/resource.h>

#include <algorithm>

namespace stepdown {
namespace {

using test::app;
using test::other;
using test::root;

class Operands : public test::ScratchTree {
  protected:
    static std::string refusal(const std::vector<std::string>& paths) {
        OwnershipPlan plan{{}, app};
        plan.settings = {"--chown", "--chown-errors", "--chown-hardlinks", "--mkdir", "--chown-policy"};
        for (const std::string& path : paths) plan.operands.push_back({path, Presence::required});
        const auto previews = preview_trees(plan);
        for (const TreePreview& preview : previews) {
            if (!preview.problems.empty()) return preview.problems.front().text;
        }
        return "";
    }
};

TEST_F(Operands, RefusesTheRootDirectoryHoweverSpelled) {
    for (const char* path : {"/", "//", "/..", "/tmp/..", "/proc/self/root"}) {
        EXPECT_NE(refusal({path}).find("it is the root directory"), std::string::npos) << path << refusal({path});
    }
}

TEST_F(Operands, RefusesTheKernelsOwnFileSystems) {
    for (const char* path : {"/proc", "/proc/sys", "/sys", "/dev/pts"}) {
        EXPECT_NE(refusal({path}).find("a kernel file system"), std::string::npos) << path << refusal({path});
    }
}

TEST_F(Operands, RefusesWhatDecidesTheNextStart) {
    EXPECT_NE(refusal({"/etc"}).find("it holds /etc/passwd"), std::string::npos) << refusal({"/etc"});
    EXPECT_NE(refusal({"/etc/passwd"}).find("it is /etc/passwd"), std::string::npos);
    EXPECT_NE(refusal({"/etc/group"}).find("it is /etc/group"), std::string::npos);
    EXPECT_NE(refusal({"/proc/self/exe"}), "");
    const std::string own = std::filesystem::read_symlink("/proc/self/exe");
    for (auto above = std::filesystem::path(own); above.has_relative_path(); above = above.parent_path()) {
        EXPECT_NE(refusal({above}).find(own), std::string::npos) << above;
    }
}

// Whoever owns the directory of a link on the way decides what the next start finds there.
TEST_F(Operands, ProtectEveryLinkOnTheWayToAFile) {
    file("real/file");
    link("middle/link", "../real/file");
    link("named/link", at("middle/link"));
    file("real/second");
    link("named/second", "../real/second");
    link("short", "named");
    Syscalls calls;
    const auto found = find_ways_to(calls, {at("short/link"), at("short/second")});
    for (const char* name : {"short", "named", "named/link", "middle", "middle/link", "real", "real/file",
                             "named/second", "real/second"}) {
        const auto inode = status(name).st_ino;
        EXPECT_TRUE(std::any_of(found.begin(), found.end(), [inode](const ProtectedFile& each) {
            return each.id.inode == inode;
        })) << name;
    }
}

// AT_EXECFN is that name (getauxval(3)); /proc/self/exe has forgotten it.
TEST_F(Operands, RefusesWhereALinkToTheExecutableIs) {
    link("bin/own", OWN_PROGRAM);
    const auto ended = test::run(test::command({at("bin/own"), "1000:1001", at("bin")}));
    EXPECT_EQ(ended.exit_code, 125);
    EXPECT_NE(ended.err.find("it holds " + at("bin/own")), std::string::npos) << ended.err;
    EXPECT_EQ(owner("bin"), root);
}

TEST_F(Operands, RefusesADirectoryWhoseExecutableIsBelowABindMount) {
    directory("alias");
    const int code = test::in_child([this] {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
            return test::cannot_run;
        }
        EXPECT_EQ(::mount("/etc", at("alias").c_str(), nullptr, MS_BIND, nullptr), 0);
        EXPECT_NE(refusal({at("alias")}).find("/etc/passwd"), std::string::npos);
        return 0;
    });
    if (code == test::cannot_run) GTEST_SKIP() << "needs the right to mount";
}

TEST_F(Operands, ChangesNothingWhenOneOfThemIsRefused) {
    file("data/file");
    OwnershipPlan both = plan("data");
    both.operands.push_back({at("missing"), Presence::required});
    const auto outcome = chown_trees(both);
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().message.find("cannot change the owner of " + at("missing") + ": No such file"),
              std::string::npos)
        << outcome.error().message;
    EXPECT_EQ(owner("data/file"), root);
    EXPECT_EQ(owner("data"), root);
}

TEST_F(Operands, SaysHowAMissingOneMayBeMissing) {
    const std::string path = at("missing");
    EXPECT_THAT(refusal({path}),
                testing::EndsWith("Write -" + path + " in --chown if it need not exist, or give --mkdir " + path +
                                  " to create it"));
}

TEST_F(Operands, SaysTheHintOfAMissingOne) {
    const auto outcome = chown_trees({{{at("missing"), Presence::required, "A hint"}}, app});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().message,
              "cannot change the owner of " + at("missing") + ": No such file or directory. A hint");
}

TEST_F(Operands, PassesOverAnOptionalOneThatDoesNotExist) {
    OwnershipPlan optional{{{at("missing"), Presence::optional}}, app};
    EXPECT_TRUE(chown_trees(optional));
    EXPECT_EQ(preview_trees(optional).at(0).note, "does not exist, which is allowed");
}

TEST_F(Operands, RefusesALinkThatTheUserControlsAtEachComponent) {
    file("victim/sub/file");
    directory("data", app);
    link("data/link", at("victim"), app);
    EXPECT_NE(refusal({at("data/link")}).find("uid 1000 controls"), std::string::npos) << refusal({at("data/link")});
    EXPECT_NE(refusal({at("data/link/")}), "");
    EXPECT_NE(refusal({at("data/link/sub")}), "");
    link("data/by_root", at("victim"), root);
    EXPECT_NE(refusal({at("data/by_root/sub/file")}).find("uid 1000 controls"), std::string::npos);
}

TEST_F(Operands, FollowsALinkThatOnlyRootControls) {
    file("real/file");
    link("run", "real");
    ASSERT_TRUE(chown_trees(plan("run")));
    EXPECT_EQ(owner("real/file"), app);
    EXPECT_EQ(owner("run"), root);
}

TEST_F(Operands, OwnsASingleFile) {
    file("data/one");
    file("data/two");
    ASSERT_TRUE(chown_trees(plan("data/one")));
    EXPECT_EQ(owner("data/one"), app);
    EXPECT_EQ(owner("data/two"), root);
    EXPECT_EQ(owner("data"), root);
}

TEST_F(Operands, WalksDuplicatesAndNestedOnesOnce) {
    file("data/sub/file");
    OwnershipPlan three = plan("data/sub");
    three.operands.push_back({at("data"), Presence::required});
    three.operands.push_back({at("data/./"), Presence::required});
    const auto previews = preview_trees(three);
    ASSERT_EQ(previews.size(), 3U);
    EXPECT_EQ(previews[0].note, "part of " + at("data"));
    EXPECT_EQ(previews[1].tree.entries, 3U);
    EXPECT_EQ(previews[2].note, "the same as " + at("data"));
    EXPECT_EQ(previews[0].tree.entries + previews[2].tree.entries, 0U);
    ASSERT_TRUE(chown_trees(three));
    EXPECT_EQ(owner("data/sub/file"), app);
}

TEST_F(Operands, DoesNotTakeASiblingOfTheSamePrefixForNested) {
    file("data/file");
    file("data2/file");
    OwnershipPlan both = plan("data");
    both.operands.push_back({at("data2"), Presence::required});
    ASSERT_TRUE(chown_trees(both));
    EXPECT_EQ(owner("data2/file"), app);
}

TEST_F(Operands, MayBeMoreThanThereAreDescriptors) {
    OwnershipPlan many{{}, app};
    for (int i = 0; i < 200; ++i) {
        file(std::to_string(i) + "/file");
        many.operands.push_back({at(std::to_string(i)), Presence::required});
    }
    test::in_child([&many] {
        const rlimit few{64, 64};
        EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
        for (const TreePreview& preview : preview_trees(many)) {
            EXPECT_EQ(preview.tree.changed, 2U) << preview.operand;
            EXPECT_TRUE(preview.problems.empty()) << preview.problems.front().text;
        }
        const auto outcome = chown_trees(many);
        EXPECT_TRUE(outcome) << outcome.error().message;
        return 0;
    });
    for (int i = 0; i < 200; ++i) EXPECT_EQ(owner(std::to_string(i) + "/file"), app) << i;
}

// What is opened a second time was closed in between.
TEST_F(Operands, AreRefusedWhereSomethingElseTookTheirPlaceMeanwhile) {
    std::vector<Operand> many;
    for (int i = 0; i < 20; ++i) many.push_back({directory(std::to_string(i)), Presence::required});
    Syscalls calls;
    auto checked = check_operands(calls, many, {});
    auto& last = std::get<Tree>(checked.back().outcome);
    EXPECT_FALSE(last.fd.valid());
    std::filesystem::rename(at("19"), at("moved"));
    EXPECT_FALSE(reopen(calls, last));
    directory("19");
    const auto replaced = reopen(calls, last);
    ASSERT_FALSE(replaced);
    EXPECT_EQ(replaced.error().message, "cannot change the owner of " + at("19") +
                                            ": another process put something else there meanwhile. Start again");
    std::filesystem::remove(at("19"));
    std::filesystem::rename(at("moved"), at("19"));
    EXPECT_TRUE(reopen(calls, last));
    EXPECT_TRUE(last.fd.valid());
}

}  // namespace
}  // namespace stepdown
