// SPDX-License-Identifier: Apache-2.0
// Starts that would hand out privileges, and the look ahead of a dry run.
#include "stepdown/pipeline/install_check.h"

#include "stepdown/dry_run/as_user.h"

#include "support/fake_kernel.h"
#include "support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace stepdown::test {
namespace {

using testing::HasSubstr;

std::string denial_errno(FakeProcess process) {
    FakeKernel kernel(std::move(process));
    const auto outcome = refuse_privileged_install(kernel);
    EXPECT_TRUE(kernel.calls.empty());
    return outcome ? "" : outcome.error().message;
}

FakeProcess with_capabilities(FakeProcess process, CapabilitySet permitted, CapabilitySet ambient) {
    process.capabilities = {permitted, permitted, ambient, ambient};
    return process;
}

CapabilitySet set_of(std::initializer_list<int> capabilities) {
    CapabilitySet set;
    for (const int capability : capabilities) set.add(capability);
    return set;
}

TEST(StartCheck, LetsOrdinaryStartsPass) {
    EXPECT_EQ(denial_errno(root_process()), "");
    EXPECT_EQ(denial_errno(process_of(1000, 1000)), "");
    EXPECT_EQ(denial_errno(process_of(100000, 0)), "");
    EXPECT_EQ(denial_errno(with_capabilities(process_of(0, 0), set_of({cap_setuid}), {})), "");
}

TEST(StartCheck, RefusesIdsThatDiffer) {
    FakeProcess setuid = process_of(1000, 1000);
    setuid.uids.effective = setuid.uids.saved = 0;
    EXPECT_THAT(denial_errno(setuid), HasSubstr("the real and the effective uid differ"));
    FakeProcess from_root = process_of(0, 0);
    from_root.uids.effective = 1000;
    EXPECT_THAT(denial_errno(from_root), HasSubstr("the real and the effective uid differ"));
    FakeProcess setgid = process_of(1000, 1000);
    setgid.gids.effective = 0;
    EXPECT_THAT(denial_errno(setgid), HasSubstr("the real and the effective gid differ"));
}

// Ambient capabilities come from whoever started the process, all others from the file.
TEST(StartCheck, RefusesCapabilitiesOfTheFile) {
    const CapabilitySet two = set_of({cap_setuid, cap_setgid});
    EXPECT_EQ(denial_errno(with_capabilities(process_of(1000, 1000), two, two)), "");
    EXPECT_THAT(denial_errno(with_capabilities(process_of(1000, 1000), two, {})), HasSubstr("file capabilities"));
    EXPECT_THAT(denial_errno(with_capabilities(process_of(1000, 1000), two, set_of({cap_setuid}))),
                HasSubstr("file capabilities"));
}

class ProbeLaunch : public testing::Test {
  protected:
    void SetUp() override { write_file(directory_ / "tool", "#!/bin/sh\n", 0755); }
    [[nodiscard]] SearchPath path() const { return {directory_.path()}; }
    [[nodiscard]] std::string tool() const { return directory_ / "tool"; }

  private:
    TemporaryDirectory directory_;
};

TEST_F(ProbeLaunch, AnswersAsFindCommandDoes) {
    FakeKernel kernel(root_process());
    EXPECT_EQ(find_command_as_user(kernel, std::nullopt, "tool", path())->file, tool());
    const auto missing = find_command_as_user(kernel, std::nullopt, "missing", path());
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ExitCode::not_found);
    EXPECT_THAT(missing.error().message, HasSubstr("cannot run missing"));
    const auto directory = find_command_as_user(kernel, std::nullopt, path().front().c_str(), path());
    EXPECT_EQ(directory.error().code, ExitCode::not_executable);
}

// The null byte ends a line, as the kernel has it, and a string on the way to the caller.
TEST_F(ProbeLaunch, TellsWhatTheFileSays) {
    FakeKernel kernel(root_process());
    const std::string outer = path().front() + "/outer";
    const std::string inner = path().front() + "/inner";
    write_file(inner, std::string("#!/usr/bin/env sh\0 and more\n", 27), 0755);
    write_file(outer, "#!" + inner + "\n", 0755);
    const auto launch = find_command_as_user(kernel, std::nullopt, "outer", path());
    ASSERT_FALSE(launch) << "sh is not in this PATH";
    EXPECT_THAT(launch.error().message, HasSubstr("The #! line of " + inner + " has env(1) look for it"));
    const auto content = read_content_as_user(kernel, std::nullopt, outer);
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
TEST_F(ProbeLaunch, ForeseesThatTheUserHasTooManyProcesses) {
    FakeKernel kernel(root_process());
    kernel.refused["execute"] = EAGAIN;
    const auto refused = find_command_as_user(kernel, Credentials{0, 1500, 1500, std::nullopt}, "tool", path());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ExitCode::failure) << "no change of an owner helps";
    EXPECT_THAT(refused.error().message, HasSubstr("has as many processes as its limit allows (ulimit -u)"));
}

TEST_F(ProbeLaunch, BecomesTheUserInAnotherProcess) {
    const Credentials target{0, 1500, 1500, std::vector<gid_t>{}};
    FakeKernel kernel(root_process());
    EXPECT_EQ(find_command_as_user(kernel, target, "tool", path())->file, tool());
    EXPECT_EQ(kernel.process, root_process()) << "this one stays who it is";
    kernel.refused["set_uids"] = EPERM;
    const auto refused = find_command_as_user(kernel, target, "tool", path());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ExitCode::failure);
    EXPECT_THAT(refused.error().message, HasSubstr("Operation not permitted"));
}

}  // namespace
}  // namespace stepdown::test
