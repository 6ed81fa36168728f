// Who owns what on the way to a path.
#include "stepdown/system/path_trace.h"

#include "support/forked.h"
#include "support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;

// A directory a/b with a file.
class WayTo : public testing::Test {
  protected:
    void SetUp() override {
        for (const char* name : {"a", "a/b", "c"}) make_directory(at(name));
        write_file(at("a/b/file"), "");
    }
    [[nodiscard]] std::string at(const std::string& name) const { return directory_ / name; }
    static std::vector<std::string> passed(const Way& way) {
        std::vector<std::string> paths;
        for (const WayPoint& point : way.points) paths.push_back(point.path);
        return paths;
    }

  private:
    TemporaryDirectory directory_;
};

TEST_F(WayTo, PassesEveryDirectoryAndEndsAtTheObject) {
    const Way way = way_to(at("a//b/./file"));
    ASSERT_NE(way.object(), nullptr);
    EXPECT_EQ(way.object()->path, at("a/b/file"));
    EXPECT_TRUE(S_ISREG(way.object()->mode));
    EXPECT_EQ(way.points.front().path, "/");
    EXPECT_THAT(passed(way), IsSupersetOf({at("a"), at("a/b")}));
    EXPECT_EQ(way_to("/").object()->path, "/");
}

TEST_F(WayTo, FollowsLinksAndRemembersWhatTheyPass) {
    make_link("../a/b", at("c/relative"));
    make_link(at("c/relative"), at("c/absolute"));
    const Way way = way_to(at("c/absolute/file"));
    ASSERT_NE(way.object(), nullptr);
    EXPECT_EQ(way.object()->path, at("a/b/file"));
    EXPECT_THAT(passed(way), IsSupersetOf({at("c"), at("a/b")}));
    EXPECT_EQ(way_to(at("c/relative/..")).object()->path, at("a")) << "as the kernel goes back";
    make_link("loop", at("c/loop"));
    EXPECT_EQ(way_to(at("c/loop")).number, ELOOP);
}

TEST_F(WayTo, SaysWhereThePathEndsEarly) {
    const Way missing = way_to(at("a/x/y"));
    EXPECT_EQ(missing.object(), nullptr);
    EXPECT_EQ(missing.number, ENOENT);
    EXPECT_EQ(missing.missing, at("a/x"));
    EXPECT_EQ(way_to(at("a/x")).missing, at("a/x"));
    EXPECT_EQ(way_to(at("a/b/file/x")).number, ENOTDIR);
    EXPECT_EQ(way_to("").number, ENOENT);
    EXPECT_EQ(way_to("no-such-name").missing.front(), '/') << "from the working directory on";
}

TEST_F(WayTo, NamesTheFirstBarrier) {
    ASSERT_EQ(::chmod(at("a").c_str(), 0700), 0);
    ASSERT_EQ(::chmod(at("c").c_str(), 0755), 0);
    write_file(at("c/file"), "", 0604);
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    as_nobody([this] {
        EXPECT_EQ(barrier_before(at("a/b/file"), Right::read),
                  at("a") + ": 0:0 0700, uid 65534 cannot enter. chmod a+x " + at("a") + " grants that");
        EXPECT_EQ(barrier_before(at("c/file"), Right::execute),
                  at("c/file") + ": 0:0 0604, uid 65534 cannot execute. chmod a+x " + at("c/file") + " grants that");
        EXPECT_EQ(barrier_before(at("c/file"), Right::write), at("c/file") + ": 0:0 0604, uid 65534 cannot write");
        EXPECT_EQ(barrier_before(at("c/file"), Right::read), "");
        EXPECT_EQ(barrier_before(at("c/new"), Right::write), "") << "what is missing stands in nobody's way";
        return 0;
    });
}

TEST_F(WayTo, StartsAboveAWorkingDirectoryThatMayNotBeSearched) {
    ASSERT_EQ(::chmod(at("a").c_str(), 0700), 0);
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    in_child([this] {
        if (::chdir(at("a").c_str()) != 0) return 1;
        return as_nobody([this] {
            EXPECT_EQ(barrier_before("./b/file", Right::read),
                      at("a") + ": 0:0 0700, uid 65534 cannot enter. chmod a+x " + at("a") + " grants that");
            return 0;
        });
    });
}

}  // namespace
}  // namespace stepdown::test
