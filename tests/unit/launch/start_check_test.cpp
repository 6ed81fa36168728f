// Starts that would hand out privileges, and the look ahead of a dry run.
#include "stepdown/launch/start_check.h"

#include "stepdown/launch/probe.h"

#include "support/fake_kernel.h"
#include "support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace stepdown::test {
namespace {

using testing::HasSubstr;

std::string refusal_of(FakeProcess process) {
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
    EXPECT_EQ(refusal_of(root_process()), "");
    EXPECT_EQ(refusal_of(process_of(1000, 1000)), "");
    EXPECT_EQ(refusal_of(process_of(100000, 0)), "");
    EXPECT_EQ(refusal_of(with_capabilities(process_of(0, 0), set_of({cap_setuid}), {})), "");
}

TEST(StartCheck, RefusesIdsThatDiffer) {
    FakeProcess setuid = process_of(1000, 1000);
    setuid.uids.effective = setuid.uids.saved = 0;
    EXPECT_THAT(refusal_of(setuid), HasSubstr("the real and the effective uid differ"));
    FakeProcess from_root = process_of(0, 0);
    from_root.uids.effective = 1000;
    EXPECT_THAT(refusal_of(from_root), HasSubstr("the real and the effective uid differ"));
    FakeProcess setgid = process_of(1000, 1000);
    setgid.gids.effective = 0;
    EXPECT_THAT(refusal_of(setgid), HasSubstr("the real and the effective gid differ"));
}

// Ambient capabilities come from whoever started the process, all others from the file.
TEST(StartCheck, RefusesCapabilitiesOfTheFile) {
    const CapabilitySet two = set_of({cap_setuid, cap_setgid});
    EXPECT_EQ(refusal_of(with_capabilities(process_of(1000, 1000), two, two)), "");
    EXPECT_THAT(refusal_of(with_capabilities(process_of(1000, 1000), two, {})), HasSubstr("file capabilities"));
    EXPECT_THAT(refusal_of(with_capabilities(process_of(1000, 1000), two, set_of({cap_setuid}))),
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
    EXPECT_EQ(*probe_launch(kernel, std::nullopt, "tool", path()), tool());
    const auto missing = probe_launch(kernel, std::nullopt, "missing", path());
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ExitCode::not_found);
    EXPECT_THAT(missing.error().message, HasSubstr("cannot run missing"));
    const auto directory = probe_launch(kernel, std::nullopt, path().front().c_str(), path());
    EXPECT_EQ(directory.error().code, ExitCode::not_executable);
}

TEST_F(ProbeLaunch, BecomesTheUserInAnotherProcess) {
    const Credentials target{0, 1500, 1500, std::vector<gid_t>{}};
    FakeKernel kernel(root_process());
    EXPECT_EQ(*probe_launch(kernel, target, "tool", path()), tool());
    EXPECT_EQ(kernel.process, root_process()) << "this one stays who it is";
    kernel.refused["set_uids"] = EPERM;
    const auto refused = probe_launch(kernel, target, "tool", path());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ExitCode::failure);
    EXPECT_THAT(refused.error().message, HasSubstr("Operation not permitted"));
}

}  // namespace
}  // namespace stepdown::test
