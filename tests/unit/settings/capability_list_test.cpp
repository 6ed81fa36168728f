// SPDX-License-Identifier: Apache-2.0
// Which capabilities a list names.
#include "support/plan/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::vector<int> named(const std::string& list) {
    const auto settings = Call({"--caps=" + list, "app"}).settings();
    EXPECT_TRUE(settings) << list << ": " << message_of(settings);
    return settings && settings->capabilities ? settings->capabilities->kept.numbers() : std::vector<int>{-1};
}

TEST(CapabilityList, TakesNamesInAnyCaseWithAndWithoutThePrefix) {
    for (const char* list : {"net_bind_service", "NET_BIND_SERVICE", "cap_net_bind_service", "CAP_Net_Bind_Service"}) {
        EXPECT_EQ(named(list), std::vector<int>{10}) << list;
    }
    EXPECT_EQ(named("sys_nice, chown\tnet_bind_service,chown,"), (std::vector<int>{0, 10, 23}));
    EXPECT_EQ(named("checkpoint_restore"), std::vector<int>{40});
    EXPECT_EQ(named("none"), std::vector<int>{});
}

TEST(CapabilityList, AddsUpAndIsUnsetWhenEmpty) {
    const auto settings = Call({"--caps", "chown", "--caps=kill", "app"}).settings();
    EXPECT_EQ(settings->capabilities->kept.numbers(), (std::vector<int>{0, 5}));
    EXPECT_EQ(settings->capabilities->origin, Origin::flag);
    EXPECT_FALSE(Call({"app"}, {"GOSU_CAPS= ,"}).settings()->capabilities);
    EXPECT_EQ(message_of(Call({"--caps=,", "app"}).settings()), "cannot use --caps=,: it names no capability");
    EXPECT_EQ(Call({"app"}, {"GOSU_CAPS=none"}).settings()->capabilities->label, "GOSU_CAPS=none");
}

TEST(CapabilityList, RefusesWhatIsNoNameAndSaysWhichIsMeant) {
    const std::pair<const char*, const char*> table[] = {
        {"net_bind_servic", "there is no capability net_bind_servic. Did you mean NET_BIND_SERVICE?"},
        {"CAP_sysadmin", "there is no capability CAP_sysadmin. Did you mean SYS_ADMIN?"},
        {"chwon", "there is no capability chwon. Did you mean CHOWN?"},
        {"net_bind", "there is no capability net_bind. Did you mean NET_BIND_SERVICE?"},
        {"everything", "there is no capability everything. See capabilities(7)"},
        {"all", "there is no capability all. See capabilities(7)"},
        {"None", "there is no capability None. See capabilities(7)"},
        {"cap_", "there is no capability cap_. See capabilities(7)"},
        {"10", "there is no capability 10. See capabilities(7)"},
        {"cap_10", "there is no capability cap_10. See capabilities(7)"},
        {"chown=ep", "there is no capability chown=ep."},
        {"chown,none", "\"none\" cannot be combined with other entries"},
    };
    for (const auto& [list, reason] : table) {
        const std::string message = message_of(Call({"app"}, {std::string("GOSU_CAPS=") + list}).settings());
        EXPECT_THAT(message, StartsWith(std::string("cannot use GOSU_CAPS=") + list + ": ")) << list;
        EXPECT_THAT(message, HasSubstr(reason)) << list;
    }
}

}  // namespace
}  // namespace stepdown::test
