// SPDX-License-Identifier: Apache-2.0
// A process that is not root and already is the user: what it cannot prepare is one message.
#include "stepdown/plan/unprivileged.h"

#include "support/plan/plan_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Plan need(const Start& start) {
    auto plan = plan_of(start);
    EXPECT_TRUE(plan) << message_of(plan);
    return plan ? *std::move(plan) : Plan{};
}

const std::vector<std::string> both{"GOSU_MKDIR=/new", "GOSU_CHOWN=/data"};

TEST(Unprivileged, IsWhoIsNotRootAndAlreadyIsTheUser) {
    EXPECT_EQ(need({{}, {"GOSU_USER=1000:1000", both[0], both[1]}, user_1000}).unprivileged,
              (Unprivileged{1000, "GOSU_MKDIR=/new, GOSU_CHOWN=/data"}));
    EXPECT_EQ(need({{"-m", "/new"}, {}, user_1000}).unprivileged, (Unprivileged{1000, "--mkdir=/new"}));
    EXPECT_TRUE(need({{}, {"GOSU_USER=missing", both[0]}, user_1000}).unprivileged);
    Process able = user_1000;
    able.effective = capability_set({cap_setuid, cap_setgid});
    EXPECT_FALSE(need({{}, {"GOSU_USER=2000:2000", both[0]}, able}).unprivileged);
    Process owner = user_1000;
    owner.effective = capability_set({cap_chown});
    EXPECT_FALSE(need({{}, {"GOSU_USER=1000:1000", both[0]}, owner}).unprivileged);
    for (const char* user : {"GOSU_USER=app", "GOSU_USER=root"}) EXPECT_FALSE(need({{}, {user}}).unprivileged) << user;
}

TEST(Unprivileged, IsToldInOneMessageOfTheThreeCauses) {
    const Plan plan = need({{}, {"GOSU_USER=1000:1000", both[0], both[1]}, user_1000});
    const auto message = judge_unmet(plan, {{"create /new"}, {"change the owner of 2 of 9 entries of /data"}});
    ASSERT_TRUE(message);
    EXPECT_THAT(*message,
                HasSubstr("uid 1000 is not root and cannot create /new, nor change the owner of 2 of 9 entries "
                          "of /data. "));
    EXPECT_THAT(*message,
                AllOf(HasSubstr("USER in the Dockerfile"), HasSubstr("user: in compose"), HasSubstr("runAsUser")));
}

TEST(Unprivileged, IsRefusedWhereItsErrorsEndTheStart) {
    const Unmet directories{{"create /new"}, {}};
    const Unmet trees{{}, {"change the owner of /data"}};
    const auto judge = [](const std::vector<std::string>& options, const Unmet& unmet) {
        return judge_unmet(need({options, {"GOSU_USER=1000:1000", both[0], both[1]}, user_1000}), unmet);
    };
    const auto strict = judge({"--strict"}, directories);
    ASSERT_FALSE(strict);
    EXPECT_THAT(
        strict.error().message,
        HasSubstr("cannot honour GOSU_MKDIR=/new, GOSU_CHOWN=/data: uid 1000 is not root and cannot create /new"));
    EXPECT_FALSE(judge({"--strict"}, trees));
    EXPECT_TRUE(judge({"--strict", "--chown-errors=warn"}, trees));
    EXPECT_FALSE(judge({"--strict", "--chown-errors=warn"}, directories));
    EXPECT_FALSE(judge({"--chown-errors=fail"}, trees));
    EXPECT_TRUE(judge({"--chown-errors=fail"}, directories));
}

}  // namespace
}  // namespace stepdown::test
