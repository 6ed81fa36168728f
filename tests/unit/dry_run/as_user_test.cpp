// SPDX-License-Identifier: Apache-2.0
// The process that is the user in a dry run.
#include "stepdown/dry_run/as_user.h"

#include "support/files/temporary.h"
#include "support/kernel/fake_kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cerrno>

namespace stepdown::test {
namespace {

using testing::HasSubstr;

class AsTheUser : public testing::Test {
  protected:
    void SetUp() override { write_file(directory_ / "tool", "#!/bin/sh\n", 0755); }
    [[nodiscard]] SearchPath path() const { return {directory_.path()}; }
    [[nodiscard]] std::string tool() const { return directory_ / "tool"; }

  private:
    TemporaryDirectory directory_;
};

TEST_F(AsTheUser, AnswersAsFindCommandDoes) {
    FakeKernel kernel(root_process());
    AsUser user(kernel, std::nullopt, path());
    EXPECT_EQ(user.find_command("tool")->file, tool());
    EXPECT_EQ(user.find_command(nullptr)->file, "");
    const auto missing = user.find_command("missing");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ExitCode::not_found);
    EXPECT_THAT(missing.error().message, HasSubstr("cannot run missing"));
    const auto directory = user.find_command(path().front().c_str());
    EXPECT_EQ(directory.error().code, ExitCode::not_executable);
}

// The null byte ends a line, as the kernel has it, and a string on the way to the caller.
TEST_F(AsTheUser, ReadsTheFile) {
    FakeKernel kernel(root_process());
    const std::string outer = path().front() + "/outer";
    const std::string inner = path().front() + "/inner";
    write_file(inner, std::string("#!/usr/bin/env sh\0 and more\n", 27), 0755);
    write_file(outer, "#!" + inner + "\n", 0755);
    AsUser user(kernel, std::nullopt, path());
    const auto launch = user.find_command("outer");
    ASSERT_FALSE(launch) << "sh is not in this PATH";
    EXPECT_THAT(launch.error().message, HasSubstr("The #! line of " + inner + " has env(1) look for it"));
    const auto content = user.read_content(outer);
    ASSERT_TRUE(content);
    ASSERT_EQ(content->scripts.size(), 2U);
    EXPECT_EQ(content->scripts[0].file, outer);
    EXPECT_EQ(content->scripts[0].interpreter, inner);
    EXPECT_EQ(content->scripts[0].sought, "");
    EXPECT_EQ(content->scripts[1].file, inner);
    EXPECT_EQ(content->scripts[1].interpreter, "/usr/bin/env");
    EXPECT_EQ(content->scripts[1].sought, "sh");
    EXPECT_EQ(content->unread, "");
    EXPECT_EQ(content->defect.number, 0);
}

// The kernel lets the uid change, and then no program be executed (RLIMIT_NPROC of getrlimit(2)).
TEST_F(AsTheUser, ForeseesThatTheUserHasTooManyProcesses) {
    FakeKernel kernel(root_process());
    kernel.refused["execute"] = EAGAIN;
    AsUser user(kernel, Credentials{0, 1500, 1500, std::nullopt}, path());
    const auto refused = user.find_command("tool");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ExitCode::failure) << "no change of an owner helps";
    EXPECT_THAT(refused.error().message, HasSubstr("has as many processes as its limit allows (ulimit -u)"));
}

TEST_F(AsTheUser, BecomesTheUserInAnotherProcess) {
    const Credentials target{0, 1500, 1500, std::vector<gid_t>{}};
    FakeKernel kernel(root_process());
    EXPECT_EQ(AsUser(kernel, target, path()).find_command("tool")->file, tool());
    EXPECT_EQ(kernel.process, root_process()) << "this one stays who it is";
    kernel.refused["set_uids"] = EPERM;
    const auto refused = AsUser(kernel, target, path()).find_command("tool");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ExitCode::failure);
    EXPECT_THAT(refused.error().message, HasSubstr("Operation not permitted"));
}

TEST_F(AsTheUser, IsAskedForAnyNumberOfSteps) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    LinuxKernel kernel;
    AsUser user(kernel, Credentials{0, 1500, 1500, std::vector<gid_t>{}}, path());
    write_file(path().front() + "/closed", "", 0600);
    const PathTrace open = trace_path(tool());
    const PathTrace closed = trace_path(path().front() + "/closed");
    std::vector<const PathStep*> steps(300, open.object());
    steps.push_back(closed.object());
    const auto denied = user.denied_permissions(steps);
    ASSERT_TRUE(denied) << denied.error().message;
    ASSERT_EQ(denied->size(), steps.size());
    EXPECT_EQ(denied->front()[Permission::read], 0);
    EXPECT_EQ(denied->front()[Permission::write], EACCES);
    EXPECT_EQ(denied->back()[Permission::read], EACCES);
    EXPECT_EQ(user.denied_permissions({})->size(), 0U);
}

}  // namespace
}  // namespace stepdown::test
