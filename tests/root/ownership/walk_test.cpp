// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/choices.h"

#include "support/files/scratch_tree.h"
#include "support/process/forked.h"

#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace stepdown {
namespace {

using test::app;
using test::other;
using test::root;

class TreeWalk : public test::ScratchTree {};

// On a tmpfs where there is one: making twenty thousand directories takes a disk ten seconds.
class DeepWalk : public test::ScratchTree {
  protected:
    DeepWalk() : ScratchTree(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path()) {}
};

TEST_F(TreeWalk, GivesEveryKindOfEntryToTheOwner) {
    directory("data/sub/empty", root, 0000);
    file("data/sub/file", other, 0600);
    file("data/four thousand\n\xff", root);
    file("data/" + std::string(255, 'n'));
    node("data/fifo", S_IFIFO, other);
    node("data/socket", S_IFSOCK);
    link("data/link", "nowhere");
    ASSERT_TRUE(chown_trees(plan("data")));
    for (const std::string name : {"data", "data/sub", "data/sub/empty", "data/sub/file", "data/four thousand\n\xff",
                                   "data/fifo", "data/socket", "data/link"}) {
        EXPECT_EQ(owner(name), app) << name;
    }
    EXPECT_EQ(owner("data/" + std::string(255, 'n')), app);
}

TEST_F(TreeWalk, NeverFollowsALink) {
    file("victim/file", root, 0600);
    link("data/to_file", at("victim/file"), app);
    link("data/to_directory", at("victim"), app);
    link("data/to_root", "/", app);
    link("data/cycle", ".", app);
    ASSERT_TRUE(chown_trees(plan("data")));
    EXPECT_EQ(owner("victim"), root);
    EXPECT_EQ(owner("victim/file"), root);
}

TEST_F(TreeWalk, LeavesWhatIsRightUntouched) {
    file("data/right", app, 04755);
    file("data/sub/wrong", other);
    ASSERT_EQ(::lchown(at("data/sub").c_str(), app.uid, app.gid), 0);
    const struct stat before = status("data/right");
    const struct stat sub_before = status("data/sub");
    ASSERT_TRUE(chown_trees(plan("data")));
    const struct stat after = status("data/right");
    EXPECT_EQ(after.st_mode, before.st_mode);
    EXPECT_EQ(after.st_ctim.tv_sec, before.st_ctim.tv_sec);
    EXPECT_EQ(after.st_ctim.tv_nsec, before.st_ctim.tv_nsec);
    EXPECT_EQ(status("data/sub").st_ctim.tv_nsec, sub_before.st_ctim.tv_nsec);
    EXPECT_EQ(owner("data/sub/wrong"), app);
}

// Capabilities in an extended attribute, as setcap(8) writes them: version 2, CAP_NET_BIND_SERVICE, effective.
constexpr std::array<unsigned char, 20> file_capabilities = {1, 0, 0, 2, 0, 4};

TEST_F(TreeWalk, KeepsTheFileCapabilitiesOfWhatIsRight) {
    const std::string right = file("data/right", app, 0755);
    const std::string wrong = file("data/wrong", other, 0755);
    for (const std::string& path : {right, wrong}) {
        if (::setxattr(path.c_str(), "security.capability", file_capabilities.data(), file_capabilities.size(), 0) !=
            0) {
            GTEST_SKIP() << "this file system has no file capabilities";
        }
    }
    ASSERT_TRUE(chown_trees(plan("data")));
    std::array<unsigned char, 64> found{};
    EXPECT_EQ(::getxattr(right.c_str(), "security.capability", found.data(), found.size()), 20);
    // The kernel drops them from what is changed: else this test would show nothing.
    EXPECT_EQ(::getxattr(wrong.c_str(), "security.capability", found.data(), found.size()), -1);
}

TEST_F(TreeWalk, FiresNoWatcherWhereAllIsRight) {
    file("data/right", app);
    const UniqueFd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    ASSERT_GE(::inotify_add_watch(inotify.get(), at("data").c_str(), IN_ATTRIB | IN_MODIFY), 0);
    ASSERT_TRUE(chown_trees(plan("data")));
    std::array<char, 4096> buffer{};
    EXPECT_EQ(::read(inotify.get(), buffer.data(), buffer.size()), -1);
}

TEST_F(TreeWalk, ChangesTheGroupWhereOnlyTheGroupDiffers) {
    file("data/file", {app.uid, other.gid});
    ASSERT_TRUE(chown_trees(plan("data")));
    EXPECT_EQ(owner("data/file"), app);
}

// The names of changed entries in the order of their change; "" is the directory itself.
std::vector<std::string> attribute_events(int inotify) {
    std::vector<std::string> names;
    alignas(inotify_event) std::array<char, 65536> buffer{};
    const ssize_t got = ::read(inotify, buffer.data(), buffer.size());
    for (ssize_t at = 0; at < got;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);  // NOLINT
        names.emplace_back(event->len > 0 ? event->name : "");
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
    }
    return names;
}

TEST_F(TreeWalk, ChangesTheTopDirectoryLast) {
    for (const char* name : {"data/a", "data/b/c/d", "data/e"}) file(name);
    const UniqueFd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    ASSERT_GE(::inotify_add_watch(inotify.get(), at("data").c_str(), IN_ATTRIB), 0);
    ASSERT_GE(::inotify_add_watch(inotify.get(), at("data/b/c").c_str(), IN_ATTRIB), 0);
    ASSERT_TRUE(chown_trees(plan("data")));
    const auto events = attribute_events(inotify.get());
    ASSERT_GE(events.size(), 5U);
    EXPECT_EQ(events.back(), "");
    EXPECT_EQ(std::count(events.begin(), events.end(), "d"), 1);
}

TEST_F(TreeWalk, LeavesDevicesAlone) {
    node("data/null", S_IFCHR, root, makedev(1, 3));
    node("data/loop", S_IFBLK, root, makedev(7, 200));
    ASSERT_TRUE(chown_trees(plan("data")));
    EXPECT_EQ(owner("data/null"), root);
    EXPECT_EQ(owner("data/loop"), root);
    EXPECT_EQ(owner("data"), app);
}

TEST_F(TreeWalk, ChangesADeviceThatIsNamedItself) {
    node("null", S_IFCHR, root, makedev(1, 3));
    ASSERT_TRUE(chown_trees(plan("null")));
    EXPECT_EQ(owner("null"), app);
}

// By itself, and not as a part of the tree, whose walk leaves devices alone.
TEST_F(TreeWalk, ChangesADeviceThatIsNamedBesideItsTree) {
    node("data/null", S_IFCHR, root, makedev(1, 3));
    OwnershipPlan both = plan("data");
    both.operands.push_back({at("data/null"), Presence::required});
    ASSERT_TRUE(chown_trees(both));
    EXPECT_EQ(owner("data/null"), app);
}

TEST_F(TreeWalk, LeavesPlantedLinksAloneWhereTheyAreRefused) {
    file("victim");
    directory("data");
    ASSERT_EQ(::link(at("victim").c_str(), at("data/planted").c_str()), 0);
    file("data/single");
    OwnershipPlan refuse = plan("data");
    refuse.hard_links = HardLinks::refuse;
    ASSERT_TRUE(chown_trees(refuse));
    EXPECT_EQ(owner("victim"), root);
    EXPECT_EQ(owner("data/single"), app);
    OwnershipPlan allow = plan("data");
    allow.hard_links = HardLinks::allow;
    ASSERT_TRUE(chown_trees(allow));
    EXPECT_EQ(owner("victim"), app);
}

TEST_F(TreeWalk, AnswersWithAnErrorForImmutableFilesAndGoesOn) {
    file("data/a");
    file("data/b_immutable");
    file("data/c");
    const std::string attribute = "chattr +i " + at("data/b_immutable") + " 2>/dev/null";
    if (std::system(attribute.c_str()) != 0) GTEST_SKIP() << "this file system has no immutable files";
    const auto outcome = chown_trees(plan("data"));
    OwnershipPlan warn = plan("data");
    warn.errors = ChownErrors::warn;
    const auto warned = chown_trees(warn);
    ASSERT_EQ(std::system(("chattr -i " + at("data/b_immutable")).c_str()), 0);
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().message.find("1 of 4 entries could not be changed: 1 EPERM"), std::string::npos)
        << outcome.error().message;
    EXPECT_NE(outcome.error().message.find("GOSU_CHOWN_ERRORS=warn"), std::string::npos);
    EXPECT_TRUE(warned);
    EXPECT_EQ(owner("data/a"), app);
    EXPECT_EQ(owner("data/c"), app);
    EXPECT_EQ(owner("data"), app);
}

TEST_F(TreeWalk, PreviewsWithoutAChange) {
    file("data/wrong");
    file("data/right", app);
    file("data/deep/er/wrong");
    const auto previews = preview_trees(plan("data"));
    ASSERT_EQ(previews.size(), 1U);
    EXPECT_EQ(previews[0].tree.entries, 6U);
    EXPECT_EQ(previews[0].tree.changed, 5U);
    EXPECT_EQ(previews[0].tree.failed, 0U);
    EXPECT_TRUE(previews[0].problems.empty());
    EXPECT_EQ(owner("data/wrong"), root);
    EXPECT_EQ(owner("data"), root);
}

// A chain of directories, made from inside since its path is longer than a system call takes.
void make_chain(const std::string& top, int depth, bool comb) {
    UniqueFd at(::open(top.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int level = 0; level < depth; ++level) {
        ASSERT_EQ(::mkdirat(at.get(), "d", 0755), 0);
        if (comb) {
            for (const char* tooth : {"a", "z"}) ASSERT_EQ(::mkdirat(at.get(), tooth, 0755), 0);
            const UniqueFd tooth(::openat(at.get(), "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
        }
        at = UniqueFd(::openat(at.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        ASSERT_TRUE(at.valid());
    }
}

std::uint64_t would_change(const OwnershipPlan& plan) {
    const auto previews = preview_trees(plan);
    EXPECT_EQ(previews.at(0).tree.failed, 0U);
    return previews.at(0).tree.changed;
}

TEST_F(DeepWalk, OwnsAChainOfTwentyThousandDirectories) {
    directory("data");
    make_chain(at("data"), 20000, false);
    EXPECT_EQ(would_change(plan("data")), 20001U);
    ASSERT_TRUE(chown_trees(plan("data")));
    EXPECT_EQ(would_change(plan("data")), 0U);
    ASSERT_EQ(std::system(("rm -rf " + at("data")).c_str()), 0);
}

TEST_F(DeepWalk, OwnsACombDeeperThanThereAreDescriptors) {
    directory("data");
    make_chain(at("data"), 5000, true);
    test::in_child([this] {
        const rlimit few{64, 64};
        EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
        const auto outcome = chown_trees(plan("data"));
        EXPECT_TRUE(outcome) << outcome.error().message;
        return 0;
    });
    EXPECT_EQ(would_change(plan("data")), 0U);
    EXPECT_EQ(preview_trees(plan("data")).at(0).tree.entries, 20001U);
    ASSERT_EQ(std::system(("rm -rf " + at("data")).c_str()), 0);
}

TEST_F(DeepWalk, GivesUpDescriptorsWhenTheProcessHasNone) {
    directory("data");
    make_chain(at("data"), 100, true);
    test::in_child([this] {
        const rlimit few{40, 40};
        EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
        const auto outcome = chown_trees(plan("data"), {1000});
        EXPECT_TRUE(outcome) << outcome.error().message;
        return 0;
    });
    EXPECT_EQ(would_change(plan("data")), 0U);
}

}  // namespace
}  // namespace stepdown
