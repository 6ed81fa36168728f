// SPDX-License-Identifier: Apache-2.0
// Becoming the user with exactly some capabilities: capabilities(7).
#include "stepdown/launch/credentials.h"

#include "support/kernel/fake_kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int cap_net_bind_service = 10;

CapabilitySet set_of(std::initializer_list<int> capabilities) {
    CapabilitySet set;
    for (const int capability : capabilities) set.add(capability);
    return set;
}

const CapabilitySet bind = set_of({cap_net_bind_service});

FakeProcess able_root() {
    FakeProcess process = root_process();
    const CapabilitySet all = set_of({cap_chown, cap_setgid, cap_setuid, cap_setpcap, cap_net_bind_service});
    process.capabilities.permitted = all;
    process.capabilities.effective = all;
    process.bounding = all;
    return process;
}

Credentials to_app(CapabilitySet kept) { return {0, 1500, 1501, std::nullopt, KeptCapabilities{kept, kept}}; }

std::string failure_of(FakeKernel& kernel, const Credentials& target) {
    const auto outcome = drop_privileges(kernel, target);
    EXPECT_FALSE(outcome);
    return outcome ? "" : outcome.error().message;
}

TEST(DropPrivilegesKeepingCapabilities, NarrowsFirstAndSetsLast) {
    FakeKernel kernel(able_root());
    ASSERT_TRUE(drop_privileges(kernel, to_app(bind)));
    EXPECT_THAT(kernel.calls,
                ElementsAre("narrow_bounding_set 1024", "set_gids 1501", "set_uids_keeping_capabilities 1500",
                            "set_capabilities 1024 1024 1024 1024", "set_uids 0"));
    EXPECT_EQ(kernel.process.capabilities, (CapabilitySets{bind, bind, bind, bind}));
    EXPECT_EQ(kernel.process.bounding, bind);
}

TEST(DropPrivilegesKeepingCapabilities, KeepsNoneWithoutAskingTheKernelToKeepAny) {
    FakeKernel kernel(able_root());
    ASSERT_TRUE(drop_privileges(kernel, to_app({})));
    EXPECT_THAT(kernel.calls, ElementsAre("narrow_bounding_set 0", "set_gids 1501", "set_uids 1500", "set_uids 0"));
    EXPECT_EQ(kernel.process.capabilities, CapabilitySets{});
    EXPECT_TRUE(kernel.process.bounding.empty());
}

// Root's next execve(2) gets the bounding set back: it is what counts.
TEST(DropPrivilegesKeepingCapabilities, LeavesRootWithExactlyThese) {
    FakeKernel kernel(able_root());
    ASSERT_TRUE(drop_privileges(kernel, {0, 0, 0, std::nullopt, KeptCapabilities{{}, CapabilitySet{}}}));
    EXPECT_THAT(kernel.calls,
                ElementsAre("narrow_bounding_set 0", "set_gids 0", "set_uids 0", "set_capabilities none"));
    EXPECT_EQ(kernel.process.capabilities, CapabilitySets{});
    EXPECT_TRUE(kernel.process.bounding.empty());
}

TEST(DropPrivilegesKeepingCapabilities, LeavesTheBoundingSetWhereItIsToStay) {
    FakeKernel kernel(process_of(1000, 1000));
    kernel.process.capabilities = {bind, bind, bind, bind};
    kernel.process.bounding = bind;
    ASSERT_TRUE(drop_privileges(kernel, {1000, 1000, 1000, std::nullopt, KeptCapabilities{{}, std::nullopt}}));
    EXPECT_THAT(kernel.calls, ElementsAre("set_gids 1000", "set_uids 1000", "set_capabilities none"));
    EXPECT_EQ(kernel.process.bounding, bind);
}

TEST(DropPrivilegesKeepingCapabilities, CallsNothingMoreWhereTheyAreThese) {
    FakeKernel kernel(process_of(1000, 1000));
    kernel.process.capabilities = {bind, bind, bind, bind};
    kernel.process.bounding = bind;
    ASSERT_TRUE(drop_privileges(kernel, {1000, 1000, 1000, std::nullopt, KeptCapabilities{bind, bind}}));
    EXPECT_THAT(kernel.calls,
                ElementsAre("narrow_bounding_set 1024", "set_gids 1000", "set_uids_keeping_capabilities 1000"));
}

// With CAP_SETUID kept root can be regained, and that was asked for.
TEST(DropPrivilegesKeepingCapabilities, DoesNotTryToRegainRootWhereSetuidIsKept) {
    FakeKernel kernel(able_root());
    const CapabilitySet setuid = set_of({cap_setuid});
    ASSERT_TRUE(drop_privileges(kernel, to_app(setuid)));
    EXPECT_EQ(kernel.calls.back(), "set_capabilities 128 128 128 128");
    EXPECT_EQ(kernel.process.capabilities, (CapabilitySets{setuid, setuid, setuid, setuid}));
}

TEST(DropPrivilegesKeepingCapabilities, ChangesNoIdWhereTheBoundingSetCannotBeNarrowed) {
    FakeKernel refused(able_root());
    refused.refused["narrow_bounding_set"] = EPERM;
    EXPECT_THAT(failure_of(refused, to_app(bind)), HasSubstr("Operation not permitted"));
    EXPECT_THAT(refused.calls, ElementsAre("narrow_bounding_set 1024"));
    FakeKernel lost(able_root());
    lost.lost.insert("narrow_bounding_set");
    EXPECT_THAT(failure_of(lost, to_app(bind)), HasSubstr("another bounding set"));
    EXPECT_EQ(lost.process.uids, (IdSet{0, 0, 0}));
}

TEST(DropPrivilegesKeepingCapabilities, DiesWhereTheyCannotBeSet) {
    FakeKernel keeping(able_root());
    keeping.refused["set_uids_keeping_capabilities"] = EPERM;
    EXPECT_THAT(failure_of(keeping, to_app(bind)), HasSubstr("Operation not permitted"));
    FakeKernel lost(able_root());
    lost.lost.insert("set_capabilities");
    EXPECT_THAT(failure_of(lost, to_app(bind)), HasSubstr("reports other capabilities"));
    FakeKernel unmapped(able_root());
    unmapped.refused["set_uids_keeping_capabilities"] = EINVAL;
    EXPECT_THAT(failure_of(unmapped, to_app(bind)), HasSubstr("is not mapped in this user namespace"));
}

}  // namespace
}  // namespace stepdown::test
