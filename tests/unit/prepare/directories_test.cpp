// SPDX-License-Identifier: Apache-2.0
// Directories for the user: what is created, whose it becomes, and what is left alone.
#include "stepdown/prepare/directories.h"

#include "support/files/temporary.h"
#include "support/process/forked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Directories : public testing::Test {
  protected:
    Directories() : umask_(::umask(022)) {}
    ~Directories() override { ::umask(umask_); }

    [[nodiscard]] std::string at(const std::string& name) const { return directory_ / name; }
    // For whoever runs the test.
    [[nodiscard]] static DirectoriesPlan plan(std::vector<std::string> paths) {
        return {std::move(paths), ::geteuid(), ::getegid(), DirectoryErrors::fail};
    }
    void expect_made(const std::string& path) {
        const auto made = create_directories(plan({path}));
        EXPECT_TRUE(made) << made.error().message;
    }
    void expect_refused(const std::string& path, const std::string& message) {
        const auto made = create_directories(plan({path}));
        ASSERT_FALSE(made) << path;
        EXPECT_EQ(made.error().message, message);
    }
    [[nodiscard]] mode_t mode(const std::string& name) const { return status(at(name))->st_mode & 07777; }

  private:
    TemporaryDirectory directory_;
    mode_t umask_;
};

TEST_F(Directories, AreMadeWithEveryParentThatIsMissing) {
    expect_made(at("a/b/c"));
    for (const char* name : {"a", "a/b", "a/b/c"}) EXPECT_TRUE(S_ISDIR(status(at(name))->st_mode)) << name;
    expect_made(at("a/b/d/"));
    expect_made(at("a//./b/../e/./f/."));
    EXPECT_TRUE(status(at("a/b/d")) && status(at("a/e/f")));
    const auto several = create_directories(plan({at("x/y"), at("x/z"), at("x/y")}));
    EXPECT_TRUE(several && status(at("x/y")) && status(at("x/z")));
}

TEST_F(Directories, MayBeNamedFromTheWorkingDirectory) {
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(at("."));
    expect_made("r/s");
    std::filesystem::current_path(before);
    EXPECT_TRUE(status(at("r/s")));
}

TEST_F(Directories, FollowTheUmask) {
    ::umask(027);
    expect_made(at("a/b"));
    EXPECT_EQ(mode("a"), 0750U);
    EXPECT_EQ(mode("a/b"), 0750U);
    ::umask(0);
    expect_made(at("c"));
    EXPECT_EQ(mode("c"), 0777U);
    EXPECT_EQ(::umask(0), 0U) << "it is read and not set";
}

TEST_F(Directories, AreLeftAsTheyAreWhereTheyExist) {
    make_directory(at("a"), 0700);
    make_directory(at("a/b"), 0111);
    const timespec a = status(at("a"))->st_ctim;
    const timespec b = status(at("a/b"))->st_ctim;
    expect_made(at("a/b"));
    for (const auto& [name, before] : {std::pair("a", a), std::pair("a/b", b)}) {
        const timespec after = status(at(name))->st_ctim;
        EXPECT_TRUE(after.tv_sec == before.tv_sec && after.tv_nsec == before.tv_nsec) << name;
    }
    EXPECT_EQ(mode("a"), 0700U);
}

TEST_F(Directories, AreNotMadeWhereSomethingElseStands) {
    write_file(at("file"), "");
    expect_refused(at("file"), "cannot create " + at("file") + ": it exists and is not a directory");
    expect_refused(at("file/a/b"), "cannot create " + at("file/a/b") + ": " + at("file") + " is not a directory");
}

TEST_F(Directories, AreNotMadeByWayOfOneThatIsMissing) {
    expect_refused(at("a/../b"), "cannot create " + at("a/../b") +
                                     ": \"..\" follows a directory that does not exist. Write the "
                                     "path without it");
    EXPECT_FALSE(status(at("a")));
}

TEST_F(Directories, AreOnlyWarnedOfWhereThePlanSaysSo) {
    write_file(at("file"), "");
    DirectoriesPlan lenient = plan({at("file"), at("a")});
    lenient.errors = DirectoryErrors::warn;
    EXPECT_EQ(stderr_of([&lenient] { EXPECT_TRUE(create_directories(lenient)); }),
              "stepdown: warning: cannot create " + at("file") + ": it exists and is not a directory\n");
    EXPECT_TRUE(status(at("a"))) << "the others are made";
    EXPECT_FALSE(create_directories(plan({at("file"), at("b")})));
    EXPECT_FALSE(status(at("b"))) << "the first that cannot be made ends it";
}

TEST_F(Directories, ArePreviewedWithoutBeingMade) {
    write_file(at("file"), "");
    const auto found = preview_directories(plan({at("a/b"), at("."), at("file/x")}));
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].operand, at("a/b"));
    EXPECT_THAT(found[0].missing, ElementsAre(at("a"), at("a/b")));
    EXPECT_EQ(found[0].problem, "");
    EXPECT_THAT(found[1].missing, IsEmpty());
    EXPECT_EQ(found[1].problem, "");
    EXPECT_THAT(found[2].problem, HasSubstr("is not a directory"));
    EXPECT_FALSE(status(at("a")));
}

}  // namespace
}  // namespace stepdown::test
