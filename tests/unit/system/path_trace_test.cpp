// SPDX-License-Identifier: Apache-2.0
// Who owns what on the way to a path.
#include "stepdown/system/path_trace.h"

#include "stepdown/system/denial.h"

#include "support/files/temporary.h"
#include "support/process/forked.h"

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
class TracePath : public testing::Test {
  protected:
    void SetUp() override {
        for (const char* name : {"a", "a/b", "c"}) make_directory(at(name));
        write_file(at("a/b/file"), "");
    }
    [[nodiscard]] std::string at(const std::string& name) const { return directory_ / name; }
    static std::vector<std::string> passed(const PathTrace& trace) {
        std::vector<std::string> paths;
        for (const PathStep& step : trace.steps) paths.push_back(step.path);
        return paths;
    }

  private:
    TemporaryDirectory directory_;
};

TEST_F(TracePath, PassesEveryDirectoryAndEndsAtTheObject) {
    const PathTrace trace = trace_path(at("a//b/./file"));
    ASSERT_NE(trace.object(), nullptr);
    EXPECT_EQ(trace.object()->path, at("a/b/file"));
    EXPECT_TRUE(S_ISREG(trace.object()->mode));
    EXPECT_EQ(trace.steps.front().path, "/");
    EXPECT_THAT(passed(trace), IsSupersetOf({at("a"), at("a/b")}));
    EXPECT_EQ(trace_path("/").object()->path, "/");
}

TEST_F(TracePath, FollowsLinksAndRemembersWhatTheyPass) {
    make_link("../a/b", at("c/relative"));
    make_link(at("c/relative"), at("c/absolute"));
    const PathTrace trace = trace_path(at("c/absolute/file"));
    ASSERT_NE(trace.object(), nullptr);
    EXPECT_EQ(trace.object()->path, at("a/b/file"));
    EXPECT_THAT(passed(trace), IsSupersetOf({at("c"), at("a/b")}));
    EXPECT_EQ(trace_path(at("c/relative/..")).object()->path, at("a")) << "as the kernel goes back";
    make_link("loop", at("c/loop"));
    EXPECT_EQ(trace_path(at("c/loop")).error, ELOOP);
}

TEST_F(TracePath, SaysWhereThePathEndsEarly) {
    const PathTrace missing = trace_path(at("a/x/y"));
    EXPECT_EQ(missing.object(), nullptr);
    EXPECT_EQ(missing.error, ENOENT);
    EXPECT_EQ(missing.failed_path, at("a/x"));
    EXPECT_EQ(trace_path(at("a/x")).failed_path, at("a/x"));
    EXPECT_EQ(trace_path(at("a/b/file/x")).error, ENOTDIR);
    EXPECT_EQ(trace_path("").error, ENOENT);
    EXPECT_EQ(trace_path("no-such-name").failed_path.front(), '/') << "from the working directory on";
}

TEST_F(TracePath, NamesTheFirstDenial) {
    ASSERT_EQ(::chmod(at("a").c_str(), 0700), 0);
    ASSERT_EQ(::chmod(at("c").c_str(), 0755), 0);
    write_file(at("c/file"), "", 0604);
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    as_nobody([this] {
        EXPECT_EQ(first_denial(at("a/b/file"), Permission::read),
                  at("a") + ": 0:0 0700, uid 65534 cannot enter. Run chmod a+x " + at("a"));
        EXPECT_EQ(first_denial(at("c/file"), Permission::execute),
                  at("c/file") + ": 0:0 0604, uid 65534 cannot execute. Run chmod a+x " + at("c/file"));
        EXPECT_EQ(first_denial(at("c/file"), Permission::write), at("c/file") + ": 0:0 0604, uid 65534 cannot write");
        EXPECT_EQ(first_denial(at("c/file"), Permission::read), "");
        EXPECT_EQ(first_denial(at("c/new"), Permission::write), "") << "what is missing stands in nobody's way";
        return 0;
    });
}

TEST_F(TracePath, StartsAboveAWorkingDirectoryThatMayNotBeSearched) {
    ASSERT_EQ(::chmod(at("a").c_str(), 0700), 0);
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    in_child([this] {
        if (::chdir(at("a").c_str()) != 0) return 1;
        return as_nobody([this] {
            EXPECT_EQ(first_denial("./b/file", Permission::read),
                      at("a") + ": 0:0 0700, uid 65534 cannot enter. Run chmod a+x " + at("a"));
            return 0;
        });
    });
}

}  // namespace
}  // namespace stepdown::test
