// The operand rule: a path leads nowhere that root did not choose.
#include "stepdown/base/resolve.h"

#include "support/forked.h"
#include "support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

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
        const auto resolved = resolve("own", path);
        ASSERT_TRUE(resolved) << path << ": " << resolved.error().message;
        EXPECT_EQ(resolved->path, expected) << path;
        struct stat found {};
        struct stat meant {};
        ASSERT_EQ(::fstat(resolved->fd.get(), &found), 0);
        ASSERT_EQ(::lstat(expected.c_str(), &meant), 0);
        EXPECT_TRUE(found.st_dev == meant.st_dev && found.st_ino == meant.st_ino) << path;
    }
    static void expect_missing(const std::string& path, int number) {
        const auto resolved = resolve("own", path);
        ASSERT_FALSE(resolved) << path << " is " << resolved->path;
        EXPECT_EQ(resolved.error().number, number) << resolved.error().message;
        EXPECT_THAT(resolved.error().message, testing::StartsWith("cannot own ")) << path;
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
    EXPECT_EQ(resolve("own", at("a b")).error().message, "cannot own \"" + at("a b") + "\": No such file or directory");
    EXPECT_EQ(resolve("use the owner of", at("a\nb")).error().message,
              "cannot use the owner of " + at("a\\nb") + ": No such file or directory");
}

TEST_F(ResolvePath, NamesWhatIsNoDirectory) {
    EXPECT_EQ(resolve("own", at("tree/dir/sub/file/x")).error().message,
              "cannot own " + at("tree/dir/sub/file/x") + ": " + at("tree/dir/sub/file") + " is not a directory");
}

TEST_F(ResolvePath, ReachesAsFarAsThePathExists) {
    const auto all = reach("own", at("tree/dir"));
    ASSERT_TRUE(all);
    EXPECT_EQ(all->path(), at("tree/dir"));
    EXPECT_TRUE(all->missing.empty());
    const auto some = reach("own", at("tree/./dir/a/./b//c/"));
    ASSERT_TRUE(some);
    EXPECT_EQ(some->deepest.path, at("tree/dir"));
    EXPECT_EQ(some->missing, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(some->path(), at("tree/dir/a/b/c"));
    EXPECT_EQ(reach("own", "/no-such-directory")->path(), "/no-such-directory");
    EXPECT_EQ(reach("own", "/")->path(), "/");
    EXPECT_FALSE(reach("own", ""));
    EXPECT_FALSE(reach("own", at("tree/dir/sub/file/x")));
}

TEST(IsMissing, HoldsForNoObjectOnly) {
    EXPECT_TRUE(is_missing(Error{"", ExitCode::failure, ENOENT}));
    EXPECT_TRUE(is_missing(Error{"", ExitCode::failure, ENOTDIR}));
    EXPECT_FALSE(is_missing(Error{"", ExitCode::failure, ELOOP}));
    EXPECT_FALSE(is_missing(Error{"", ExitCode::failure, EACCES}));
    EXPECT_FALSE(is_missing(Error{"", ExitCode::failure, 0}));
}

TEST_F(ResolvePath, LeavesADescriptorThatNobodyInherits) {
    const auto resolved = resolve("own", at("tree"));
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
        const auto resolved = resolve("own", path);
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
        {{0, 0}, 0775, {0, 0}, "others than root can replace in "},
        {{0, 1500}, 0775, {0, 0}, "others than root can replace in "},
        {{0, 0}, 0757, {0, 0}, "others than root can replace in "},
        {{0, 0}, 01777, {0, 0}, "others than root can replace in "},
    };
    for (const auto& [directory, mode, owner, reason] : table) {
        const std::string link = link_in(directory, mode, owner, at("tree"));
        expect_refused(link, reason);
        expect_refused(link + "/", reason);
        expect_refused(link + "/dir/sub", reason);
        expect_refused(link + "/dir/sub", link);
    }
}

TEST_F(ResolveLink, SaysWhichLinkItIs) {
    const std::string link = link_in({0, 0}, 0755, {1500, 0}, at("tree"));
    EXPECT_EQ(resolve("own", link).error().message,
              "cannot own " + link + ": it is a symbolic link that uid 1500 controls. It leads to " + at("tree") +
                  ": write that path only if it is what you mean, or remove the link");
    EXPECT_THAT(resolve("own", link + "/dir").error().message, HasSubstr(": " + link + " is a symbolic link that"));
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
