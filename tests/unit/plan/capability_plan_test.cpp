// SPDX-License-Identifier: Apache-2.0
// The capabilities that survive: what each start is to keep, and what it lacks for that.
#include "support/plan/plan_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Words = std::vector<std::string>;

constexpr int cap_net_bind_service = 10;
const CapabilitySet bind = capability_set({cap_net_bind_service});
const CapabilitySet usual = capability_set({cap_chown, cap_setgid, cap_setuid, cap_setpcap, cap_net_bind_service});

Process with(Process process, CapabilitySet held, CapabilitySet bounding) {
    process.effective = process.permitted = held;
    process.bounding = bounding;
    return process;
}

// As Docker starts root, and docker run -u 1000:1000.
const Process docker_root = with(container_root, usual, usual);
const Process docker_user = with(user_1000, {}, usual);

struct Row {
    Start start;
    std::optional<KeptCapabilities> kept;
    Words warnings;
    Words errors;
};

std::vector<Row> decisions() {
    const std::string no_bind = "cannot use GOSU_CAPS=net_bind_service: root lacks the capability NET_BIND_SERVICE";
    const CapabilitySet ids = capability_set({cap_setgid, cap_setuid});
    const CapabilitySet both = capability_set({cap_net_bind_service, cap_setpcap});
    return {
        {{{"-u", "app"}, {}, docker_root}, std::nullopt, {}, {}},
        {{{"-u", "app"}, {"GOSU_CAPS=net_bind_service"}, docker_root},
         KeptCapabilities{bind, bind, "GOSU_CAPS"},
         {},
         {}},
        {{{"-u", "app", "--caps=none"}, {}, docker_root}, KeptCapabilities{{}, CapabilitySet{}, "--caps"}, {}, {}},
        {{{"-u", "root", "--caps=none"}, {}, docker_root}, KeptCapabilities{{}, CapabilitySet{}, "--caps"}, {}, {}},
        // Permitted but not to be had again at the next execve(2).
        {{{"-u", "app"}, {"GOSU_CAPS=net_bind_service"}, with(container_root, usual, capability_set({cap_setpcap}))},
         KeptCapabilities{bind, CapabilitySet{}, "GOSU_CAPS"},
         {},
         {no_bind + ". Start the container with cap_add: [NET_BIND_SERVICE]"}},
        {{{"-u", "app"}, {"GOSU_CAPS=net_bind_service"}, with(container_root, ids, ids)},
         KeptCapabilities{{}, std::nullopt, "GOSU_CAPS"},
         {},
         {"cannot use GOSU_CAPS=net_bind_service: root lacks the capabilities NET_BIND_SERVICE"
          ", SETPCAP, which narrows the bounding set. Start the container with cap_add: [SETPCAP, NET_BIND_SERVICE]"}},
        // What is as narrow already needs no right.
        {{{"-u", "root", "--caps=setuid,setgid"}, {}, with(container_root, ids, ids)},
         KeptCapabilities{ids, ids, "--caps"},
         {},
         {}},
        // Not root: as far as it goes.
        {{{}, {"GOSU_CAPS=none"}, docker_user},
         KeptCapabilities{{}, std::nullopt, "GOSU_CAPS"},
         {"uid 1000 is not root and lacks the capability SETPCAP, which narrows the bounding set: GOSU_CAPS=none is "
          "honoured only in part"},
         {}},
        {{{}, {"GOSU_CAPS=net_bind_service"}, with(user_1000, both, both)},
         KeptCapabilities{bind, bind, "GOSU_CAPS"},
         {},
         {}},
        {{{}, {"GOSU_CAPS=none"}, with(user_1000, {}, {})}, KeptCapabilities{{}, CapabilitySet{}, "GOSU_CAPS"}, {}, {}},
        {{{}, {"GOSU_CAPS=none", "GOSU_STRICT=1"}, docker_user},
         KeptCapabilities{{}, std::nullopt, "GOSU_CAPS"},
         {},
         {"cannot use GOSU_CAPS=none: uid 1000 is not root and lacks the capability SETPCAP, which narrows the "
          "bounding set. Start the container as root"}},
        {{{"--caps=net_bind_service"}, {}, with(user_1000, {}, bind)},
         KeptCapabilities{{}, std::nullopt, "--caps"},
         {},
         {"cannot use --caps=net_bind_service: uid 1000 is not root and lacks the capability NET_BIND_SERVICE. Start "
          "the container as root"}},
    };
}

TEST(MakePlan, DecidesWhichCapabilitiesAreKept) {
    for (const auto& [start, kept, warnings, errors] : decisions()) {
        const auto plan = plan_of(start);
        ASSERT_TRUE(plan) << testing::PrintToString(start) << message_of(plan);
        std::optional<KeptCapabilities> found;
        if (plan->credentials) found = plan->credentials->capabilities;
        EXPECT_TRUE(found == kept) << testing::PrintToString(start);
        EXPECT_THAT(plan->warnings, testing::ElementsAreArray(warnings)) << testing::PrintToString(start);
        EXPECT_THAT(plan->errors, testing::ElementsAreArray(errors)) << testing::PrintToString(start);
    }
}

TEST(MakePlan, ChangesNoIdForCapabilitiesAlone) {
    const auto plan = plan_of({{"-u", "root", "--caps=none"}, {}, docker_root});
    EXPECT_EQ(plan->credentials->uid, 0U);
    EXPECT_EQ(plan->credentials->from, 0U);
    EXPECT_EQ(plan->credentials->gid, 0U);
    EXPECT_EQ(plan->credentials->groups, std::nullopt);
    const auto user = plan_of({{}, {"GOSU_USER=app", "GOSU_CAPS=none"}, with(arbitrary_user, {}, {})});
    EXPECT_EQ(user->credentials->uid, 100000U);
    EXPECT_EQ(user->credentials->gid, 0U);
}

TEST(MakePlan, IgnoresTheCapabilitiesOfTheStartInACall) {
    const auto call = plan_of({{"-u", "app"}, {"GOSU_USER=app", "GOSU_CAPS=none"}, docker_root});
    EXPECT_EQ(call->credentials->capabilities, std::nullopt);
}

}  // namespace
}  // namespace stepdown::test
