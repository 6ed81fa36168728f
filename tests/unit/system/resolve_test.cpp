// SPDX-License-Identifier: Apache-2.0
// The operand rule: a path leads nowhere that root did not choose.
#include "stepdown/system/resolve.h"

#include "support/files/temporary.h"
#include "support/process/forked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace stepdown {
namespace {

using testing::HasSubstr;

// tree/dir/sub/file, entered by its real path.
class ResolvePath : public testing::Test {
  protected:
    void SetUp() override {
        for (const char* name : {"tree", "tree/dir", "tree/dir/sub"}) test::make_directory(at(name));
        test::write_file(at("tree/dir/sub/file"), "x");
    }
    [[nodiscard]] std::string at(const std::string& name) const { return directory_ / name; }

    // Resolves and compares both the path and the object with what expected is.
    static void expect_at(const std::string& path, const std::string& expected) {
        const auto resolved = resolve("change the owner of", path);
        ASSERT_TRUE(resolved) << path << ": " << resolved.error().message;
        EXPECT_EQ(resolved->path, expected) << path;
        struct stat found {};
        struct stat meant {};
        ASSERT_EQ(::fstat(resolved->fd.get(), &found), 0);
        ASSERT_EQ(::lstat(expected.c_str(), &meant), 0);
        EXPECT_TRUE(found.st_dev == meant.st_dev && found.st_ino == meant.st_ino) << path;
    }
    static void expect_missing(const std::string& path, int number) {
        const auto resolved = resolve("change the owner of", path);
        ASSERT_FALSE(resolved) << path << " is " << resolved->path;
        EXPECT_EQ(resolved.error().number, number) << resolved.error().message;
        EXPECT_THAT(resolved.error().message, testing::StartsWith("cannot change the owner of ")) << path;
    }

  private:
    test::TemporaryDirectory directory_;
};

TEST_F(ResolvePath, TakesAbsolutePathsHoweverWritten) {
    const std::string file = at("tree/dir/sub/file");
    for (const std::string& path : {file, "//" + file, file + "/", file + "///", at("tree//dir/./sub/file"),
                                    at("./tree/././dir/sub//file"), at("tree/dir/../dir/sub/file"),
                                    at("tree/../tree/dir/sub/../../dir/sub/file"), "/.." + file, "/../../.." + file}) {
        expect_at(path, file);
    }
    expect_at(at("tree/dir/sub/.."), at("tree/dir"));
    expect_at(at("tree/dir/."), at("tree/dir"));
    expect_at("/", "/");
    expect_at("//", "/");
    expect_at("/..", "/");
}

TEST_F(ResolvePath, TakesRelativePathsFromTheWorkingDirectory) {
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(at("tree/dir"));
    expect_at("sub/file", at("tree/dir/sub/file"));
    expect_at("./sub/", at("tree/dir/sub"));
    expect_at(".", at("tree/dir"));
    expect_at("..", at("tree"));
    expect_at("../dir/sub", at("tree/dir/sub"));
    expect_at("sub/../..", at("tree"));
    expect_at("../../../../../../../../..", "/");
    std::filesystem::current_path("/");
    expect_at(at("tree").substr(1), at("tree"));
    std::filesystem::current_path(before);
}

TEST_F(ResolvePath, SaysWhatDoesNotExist) {
    expect_missing("", ENOENT);
    expect_missing(at("missing"), ENOENT);
    expect_missing(at("missing/"), ENOENT);
    expect_missing(at("missing/.."), ENOENT);
    expect_missing(at("tree/missing/file"), ENOENT);
    expect_missing(at("tree/dir/sub/file/x"), ENOTDIR);
    expect_missing(at("tree/dir/sub/file/."), ENOTDIR);
    expect_missing(at("tree/dir/sub/file/.."), ENOTDIR);
    expect_missing(at("tree") + "/" + std::string(300, 'x'), ENAMETOOLONG);
}

TEST_F(ResolvePath, StartsItsMessageWithTheVerbAndThePath) {
    EXPECT_EQ(resolve("change the owner of", at("a b")).error().message,
              "cannot change the owner of \"" + at("a b") + "\": No such file or directory");
    EXPECT_EQ(resolve("use the owner of", at("a\nb")).error().message,
              "cannot use the owner of " + at("a\\nb") + ": No such file or directory");
}

TEST_F(ResolvePath, NamesWhatIsNoDirectory) {
    EXPECT_EQ(resolve("change the owner of", at("tree/dir/sub/file/x")).error().message,
              "cannot change the owner of " + at("tree/dir/sub/file/x") + ": " + at("tree/dir/sub/file") +
                  " is not a directory");
}

TEST_F(ResolvePath, ReachesAsFarAsThePathExists) {
    const auto all = reach("change the owner of", at("tree/dir"));
    ASSERT_TRUE(all);
    EXPECT_EQ(all->path(), at("tree/dir"));
    EXPECT_TRUE(all->missing.empty());
    const auto some = reach("change the owner of", at("tree/./dir/a/./b//c/"));
    ASSERT_TRUE(some);
    EXPECT_EQ(some->deepest.path, at("tree/dir"));
    EXPECT_EQ(some->missing, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(some->path(), at("tree/dir/a/b/c"));
    EXPECT_EQ(reach("change the owner of", "/no-such-directory")->path(), "/no-such-directory");
    EXPECT_EQ(reach("change the owner of", "/")->path(), "/");
    EXPECT_FALSE(reach("change the owner of", ""));
    EXPECT_FALSE(reach("change the owner of", at("tree/dir/sub/file/x")));
}

TEST(IsMissing, HoldsForNoObjectOnly) {
    EXPECT_TRUE(is_missing(Error{"", ExitCode::failure, ENOENT}));
    EXPECT_TRUE(is_missing(Error{"", ExitCode::failure, ENOTDIR}));
    EXPECT_FALSE(is_missing(Error{"", ExitCode::failure, ELOOP}));
    EXPECT_FALSE(is_missing(Error{"", ExitCode::failure, EACCES}));
    EXPECT_FALSE(is_missing(Error{"", ExitCode::failure, 0}));
}

TEST_F(ResolvePath, LeavesADescriptorThatNobodyInherits) {
    const auto resolved = resolve("change the owner of", at("tree"));
    EXPECT_NE(::fcntl(resolved->fd.get(), F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_NE(::fcntl(resolved->fd.get(), F_GETFL) & O_PATH, 0);
}

TEST_F(ResolvePath, NeedsNoRightToRead) {
    test::write_file(at("tree/secret"), "", 0);
    test::in_child([this] {
        EXPECT_TRUE(::geteuid() != 0 || (::setgid(65534) == 0 && ::setuid(65534) == 0));
        expect_at(at("tree/secret"), at("tree/secret"));
        return 0;
    });
}

// Links of root and of others need root.
class ResolveLink : public ResolvePath {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root to make links of other owners";
        ResolvePath::SetUp();
    }
    // A new link in a new directory; each with its owner, the directory with its mode.
    std::string link_in(test::Owner directory_owner, mode_t mode, test::Owner link_owner, const std::string& target) {
        const std::string directory = at("links" + std::to_string(++count_));
        test::make_directory(directory);
        test::make_link(target, directory + "/link");
        test::give(directory + "/link", link_owner);
        test::give(directory, directory_owner);
        EXPECT_EQ(::chmod(directory.c_str(), mode), 0);
        return directory + "/link";
    }
    std::string link_of_root(const std::string& target) { return link_in({0, 0}, 0755, {0, 0}, target); }

    static void expect_refused(const std::string& path, const std::string& reason) {
        const auto resolved = resolve("change the owner of", path);
        ASSERT_FALSE(resolved) << path;
        EXPECT_EQ(resolved.error().number, ELOOP);
        EXPECT_FALSE(is_missing(resolved.error()));
        EXPECT_THAT(resolved.error().message, HasSubstr(reason)) << path;
    }

  private:
    int count_ = 0;
};

TEST_F(ResolveLink, FollowsWhatOnlyRootCanHavePutThere) {
    expect_at(link_of_root(at("tree/dir")), at("tree/dir"));
    expect_at(link_of_root(at("tree/dir")) + "/", at("tree/dir"));
    expect_at(link_of_root(at("tree/dir")) + "/sub/file", at("tree/dir/sub/file"));
    expect_at(link_of_root("../tree/dir") + "/sub", at("tree/dir/sub"));
    expect_at(link_of_root("../tree//dir/./sub/..") + "/sub", at("tree/dir/sub"));
    expect_at(link_of_root(link_of_root(at("tree"))) + "/dir", at("tree/dir"));
    expect_at(link_of_root(at("tree/dir")) + "/..", at("tree"));
    expect_at(link_of_root("/"), "/");
    expect_at(link_of_root("/") + "/" + at("tree"), at("tree"));
    expect_at(link_in({0, 1000}, 0755, {0, 1000}, at("tree")), at("tree"));
    expect_at(link_in({0, 0}, 01755, {0, 0}, at("tree")), at("tree"));
}

struct Untrusted {
    test::Owner directory;
    mode_t mode;
    test::Owner link;
    const char* reason;
};

TEST_F(ResolveLink, RefusesWhatOthersCanHavePutThere) {
    const Untrusted table[] = {
        {{0, 0}, 0755, {1500, 0}, "uid 1500 controls"},
        {{0, 0}, 0755, {1500, 1500}, "uid 1500 controls"},
        {{1500, 0}, 0755, {0, 0}, "uid 1500 controls"},
        {{1501, 0}, 0755, {1500, 0}, "uid 1500 controls"},
        {{1501, 0}, 0, {0, 0}, "uid 1501 controls"},
        {{0, 0}, 0775, {0, 0}, "users other than root can replace: "},
        {{0, 1500}, 0775, {0, 0}, "users other than root can replace: "},
        {{0, 0}, 0757, {0, 0}, "users other than root can replace: "},
        {{0, 0}, 01777, {0, 0}, "users other than root can replace: "},
        {{0, 0}, 01775, {0, 0}, "users other than root can replace: "},
    };
    for (const auto& [directory, mode, owner, reason] : table) {
        const std::string link = link_in(directory, mode, owner, at("tree"));
        expect_refused(link, reason);
        expect_refused(link + "/", reason);
        expect_refused(link + "/dir/sub", reason);
        expect_refused(link + "/dir/sub", link);
        expect_refused(link_of_root(link), link);
    }
}

// The user renames directories in its own: which of root's directories stands there says nothing of what root meant.
TEST_F(ResolveLink, RefusesOneBelowADirectoryThatIsNotRootsAlone) {
    test::make_directory(at("data"));
    test::make_directory(at("data/app"));
    test::make_link(at("tree"), at("data/app/logs"));
    test::make_link("tree", at("link"));
    const auto set = [this](test::Owner owner, mode_t mode) {
        test::give(at("data"), owner);
        EXPECT_EQ(::chmod(at("data").c_str(), mode), 0);
    };
    set({0, 0}, 0755);
    expect_at(at("data/app/logs"), at("tree"));
    for (const auto& [owner, mode] :
         {std::pair(test::Owner{1500, 1501}, 0755U), std::pair(test::Owner{1500, 0}, 01755U),
          std::pair(test::Owner{0, 0}, 0775U), std::pair(test::Owner{0, 0}, 0757U)}) {
        set(owner, mode);
        const std::string shared = at("data") + " (" + std::to_string(owner.uid) + ":";
        expect_refused(at("data/app/logs"), shared);
        expect_refused(at("data/app/logs/dir"), shared);
        expect_refused(at("data/app/../app/logs"), shared);
        expect_refused(link_of_root(at("data/app")) + "/logs", shared);
        expect_refused(link_of_root("../data/app/logs"), shared);
        expect_refused(link_of_root(at("data/app")) + "/../../link", shared);
    }
    set({1500, 1501}, 0755);
    EXPECT_EQ(resolve("change the owner of", at("data/app/logs")).error().message,
              "cannot change the owner of " + at("data/app/logs") + ": it is a symbolic link that uid 1500 controls: " +
                  at("data") + " (1500:1501 0755) is not root's alone. It leads to " + at("tree") +
                  ": write that path only if it is what you mean, or remove the link");
}

TEST_F(ResolveLink, RefusesOneAfterTheWayBackOutOfAUsersDirectory) {
    test::make_link("tree", at("link"));
    expect_at(at("tree/../link"), at("tree"));
    test::give(at("tree"), {1500, 1500});
    expect_refused(at("tree/../link"), at("tree") + " (1500:1500 0755) is not root's alone");
}

// /tmp: only root renames what is root's there.
TEST_F(ResolveLink, FollowsOneInADirectoryOfRootsBelowAStickyOne) {
    for (const char* name : {"shared", "shared/roots", "shared/roots/deep"}) test::make_directory(at(name));
    test::make_link(at("tree"), at("shared/roots/link"));
    test::make_link(at("tree"), at("shared/roots/deep/link"));
    test::make_link("roots", at("shared/direct"));
    ASSERT_EQ(::chmod(at("shared").c_str(), 01777), 0);
    expect_at(at("shared/roots/link/dir"), at("tree/dir"));
    expect_at(at("shared/roots/deep/../link"), at("tree"));
    expect_at(at("shared/roots/deep/link"), at("tree"));
    link_of_root(at("tree"));
    expect_at(at("shared/../links1/link"), at("tree"));
    expect_refused(at("shared/direct"), at("shared") + " (0:0 1777) is not root's alone");
    expect_refused(at("shared/direct/link"), at("shared") + " (0:0 1777) is not root's alone");
    test::give(at("shared/roots"), {1500, 1500});
    expect_refused(at("shared/roots/deep/link"), at("shared") + " (0:0 1777) is not root's alone");
    test::give(at("shared/roots"), {0, 0});
    ASSERT_EQ(::chmod(at("shared").c_str(), 0777), 0);
    expect_refused(at("shared/roots/link"), at("shared") + " (0:0 0777) is not root's alone");
    ASSERT_EQ(::chmod(at("shared").c_str(), 01777), 0);
    test::give(at("shared"), {1500, 1500});
    expect_refused(at("shared/roots/link"), "that uid 1500 controls: " + at("shared"));
}

// An access list grants no write that its mask, which is the group's bits of the mode, does not (acl(5)).
TEST_F(ResolveLink, RefusesOneWhereAnAclLetsAUserWrite) {
    const std::string link = link_of_root(at("tree"));
    const std::string list = "setfacl -m u:1500:rwx " + at("links1") + " 2>/dev/null";
    if (std::system(list.c_str()) != 0) GTEST_SKIP() << "needs setfacl(1), and a file system with access lists";
    expect_refused(link, at("links1") + " (0:0 0775) is not root's alone");
}

// The links that Debian has: /var/run, /var/lock, /etc/mtab and their like.
TEST_F(ResolveLink, FollowsTheLinksOfTheSystem) {
    struct stat status {};
    if (::lstat("/var/run", &status) != 0 || !S_ISLNK(status.st_mode)) GTEST_SKIP() << "there is no link /var/run";
    expect_at("/var/run", std::filesystem::canonical("/var/run"));
}

TEST_F(ResolveLink, CountsWhatIsAboveTheWorkingDirectoryAsPassed) {
    const std::filesystem::path before = std::filesystem::current_path();
    test::make_directory(at("home"));
    test::make_directory(at("home/work"));
    test::make_link(at("tree"), at("home/work/link"));
    std::filesystem::current_path(at("home/work"));
    expect_at("link/dir", at("tree/dir"));
    test::give(at("home"), {1500, 1500});
    for (const char* path : {"link", "./link/dir", "../work/link"}) {
        expect_refused(path, at("home") + " (1500:1500 0755) is not root's alone");
    }
    link_of_root(at("tree"));
    expect_refused("../../links1/link", at("home"));
    std::filesystem::current_path(before);
}

TEST_F(ResolvePath, CannotTellWhereARelativePathLeadsWithoutAWorkingDirectory) {
    const std::string moved = at("tree/dir/gone");
    test::make_directory(moved);
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(moved);
    std::filesystem::remove(moved);
    const auto resolved = resolve("change the owner of", "file");
    std::filesystem::current_path(before);
    ASSERT_FALSE(resolved);
    EXPECT_EQ(resolved.error().message,
              "cannot change the owner of file: cannot find the working directory: No such file or directory."
              " Write an absolute path");
    EXPECT_FALSE(is_missing(resolved.error())) << "or an optional operand would be passed over";
}

TEST_F(ResolveLink, CannotTellWhereARelativePathLeadsFromOutsideTheRootDirectory) {
    test::in_child([this] {
        std::filesystem::current_path(at("tree"));
        EXPECT_EQ(::chroot(at("tree/dir").c_str()), 0);
        const auto resolved = resolve("change the owner of", "dir");
        EXPECT_THAT(resolved ? "" : resolved.error().message, HasSubstr("cannot find the working directory"));
        EXPECT_FALSE(!resolved && is_missing(resolved.error()));
        return 0;
    });
}

TEST_F(ResolveLink, CannotTellWhereARelativePathLeadsWhereSomethingElseIsMountedAbove) {
    const int code = test::in_child([this] {
        std::filesystem::current_path(at("tree/dir"));
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", at("tree").c_str(), "tmpfs", 0, nullptr) != 0) {
            return test::cannot_run;
        }
        test::make_directory(at("tree/dir"));
        const auto resolved = resolve("change the owner of", "sub");
        EXPECT_THAT(resolved ? "" : resolved.error().message,
                    HasSubstr("cannot find the working directory: something else is at " + at("tree/dir")));
        return 0;
    });
    if (code == test::cannot_run) GTEST_SKIP() << "needs the right to mount";
}

TEST_F(ResolvePath, RefusesAnOpenFileOfAProcess) {
    for (const char* path : {"/proc/self/fd/1", "/dev/fd/0", "/dev/stdout", "/dev/stderr", "/proc/thread-self/fd/2"}) {
        if (::access("/dev/fd", F_OK) != 0) GTEST_SKIP() << "there is no /dev/fd";
        const auto resolved = resolve("change the owner of", path);
        ASSERT_FALSE(resolved) << path << " is " << resolved->path;
        EXPECT_EQ(resolved.error().number, ELOOP) << resolved.error().message;
        EXPECT_THAT(resolved.error().message, HasSubstr("is an open file of a process. The stdio setting")) << path;
    }
}

TEST_F(ResolveLink, SaysWhichLinkItIs) {
    const std::string link = link_in({0, 0}, 0755, {1500, 0}, at("tree"));
    EXPECT_EQ(resolve("change the owner of", link).error().message,
              "cannot change the owner of " + link + ": it is a symbolic link that uid 1500 controls. It leads to " +
                  at("tree") + ": write that path only if it is what you mean, or remove the link");
    EXPECT_THAT(resolve("change the owner of", link + "/dir").error().message,
                HasSubstr(": " + link + " is a symbolic link that"));
}

TEST_F(ResolveLink, LooksAtEachLinkOnTheWay) {
    const std::string bad = link_in({0, 0}, 0755, {1500, 0}, at("tree"));
    expect_refused(link_of_root(bad), bad);
    expect_refused(link_of_root(bad) + "/dir", bad);
    expect_refused(link_of_root("../") + "/" + bad.substr(at("").size()), bad);
}

// Where the link leads is root's choice, whoever owns that.
TEST_F(ResolveLink, FollowsIntoADirectoryOfTheUser) {
    test::give(at("tree/dir"), {1500, 1500});
    expect_at(link_of_root(at("tree/dir")) + "/sub", at("tree/dir/sub"));
}

TEST_F(ResolveLink, DoesNotGoRoundInCircles) {
    const std::string one = link_of_root(at("links2/link"));
    link_of_root(one);
    expect_refused(one, "Too many levels of symbolic links");
    expect_refused(link_of_root("link"), "Too many levels of symbolic links");
    std::string chain = at("tree");
    for (int i = 0; i < 40; ++i) chain = link_of_root(chain);
    expect_at(chain, at("tree"));
    expect_refused(link_of_root(chain), "Too many levels of symbolic links");
}

TEST_F(ResolveLink, SaysThatADanglingOneLeadsNowhere) {
    expect_missing(link_of_root("missing"), ENOENT);
    expect_missing(link_of_root(at("missing")) + "/x", ENOENT);
    expect_missing(link_of_root(at("tree/dir/sub/file")) + "/x", ENOTDIR);
}

}  // namespace
}  // namespace stepdown
