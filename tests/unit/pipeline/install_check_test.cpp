// SPDX-License-Identifier: Apache-2.0
// Starts that would hand out privileges.
#include "stepdown/pipeline/install_check.h"

#include "support/kernel/fake_kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(InstallCheck, LetsOrdinaryStartsPass) {
    EXPECT_EQ(refusal_of(root_process()), "");
    EXPECT_EQ(refusal_of(process_of(1000, 1000)), "");
    EXPECT_EQ(refusal_of(process_of(100000, 0)), "");
    EXPECT_EQ(refusal_of(with_capabilities(process_of(0, 0), set_of({cap_setuid}), {})), "");
}

TEST(InstallCheck, RefusesIdsThatDiffer) {
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
TEST(InstallCheck, RefusesCapabilitiesOfTheFile) {
    const CapabilitySet two = set_of({cap_setuid, cap_setgid});
    EXPECT_EQ(refusal_of(with_capabilities(process_of(1000, 1000), two, two)), "");
    EXPECT_THAT(refusal_of(with_capabilities(process_of(1000, 1000), two, {})), HasSubstr("file capabilities"));
    EXPECT_THAT(refusal_of(with_capabilities(process_of(1000, 1000), two, set_of({cap_setuid}))),
                HasSubstr("file capabilities"));
}

}  // namespace
}  // namespace stepdown::test
