// SPDX-License-Identifier: Apache-2.0
// Running as root once: the settings that prepare for another user, and come from a variable, are left out.
#include "stepdown/plan/root_settings.h"

#include "support/plan/plan_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Words = std::vector<std::string>;

// As an image may have them all.
const Words of_the_image{"GOSU_UID=1500",          "GOSU_GID=@/no/such/path", "GOSU_PASSWD_NAME=app",
                         "GOSU_MKDIR=/data/cache", "GOSU_CHOWN=/data /b",     "GOSU_HOME=/srv/app",
                         "GOSU_STRICT=1",          "GOSU_UMASK=0027",         "GOSU_CAPS=chown",
                         "GOSU_NO_NEW_PRIVS=1"};

Process root() {
    Process process = container_root;
    process.permitted = process.effective;
    process.bounding = process.effective;
    process.effective.add(cap_setpcap);
    return process;
}

Plan plan_for(const Words& options, const std::string& user, const Words& more = of_the_image) {
    Words variables = more;
    if (!user.empty()) variables.push_back(user);
    auto plan = plan_of({options, variables, root()});
    EXPECT_TRUE(plan) << message_of(plan);
    return plan ? *std::move(plan) : Plan{};
}

void expect_root_alone(const Plan& plan) {
    EXPECT_EQ(plan.identity.uid, 0U);
    EXPECT_THAT(plan.accounts.edits, IsEmpty());
    EXPECT_THAT(plan.ownership.operands, IsEmpty());
    EXPECT_THAT(plan.environment, IsEmpty());
    EXPECT_THAT(plan.errors, IsEmpty());
    EXPECT_EQ(plan.umask, mode_t{027});
    EXPECT_TRUE(plan.no_new_privileges);
    EXPECT_TRUE(plan.credentials && plan.credentials->capabilities);
    EXPECT_EQ(plan.warnings.size(), 1U) << testing::PrintToString(plan.warnings);
}

TEST(RootSettings, LeaveOutWhatPreparesForAnotherUser) {
    for (const char* user : {"root", "0", "root:", "0:0", "root:root"}) {
        expect_root_alone(plan_for({}, std::string("GOSU_USER=") + user));
        expect_root_alone(plan_for({"-u", user}, ""));
    }
    EXPECT_EQ(plan_for({}, "GOSU_USER=0:1000").identity.gid, 1000U);
}

TEST(RootSettings, NameWhatIsIgnoredAndTheFlags) {
    const Words image{"GOSU_UID=1500", "GOSU_CHOWN=/data \"/b c\"", "GOSU_MKDIR=/new", "GOSU_HOME=/srv/app"};
    const bool makes_directories = !plan_for({}, "GOSU_USER=root", image).directories.paths.empty();
    if (makes_directories) GTEST_SKIP() << "uid 0 is an ordinary uid outside";
    EXPECT_THAT(
        plan_for({}, "GOSU_USER=root", image).warnings,
        ElementsAre("the user is root, so what prepares for another user is skipped: GOSU_UID=1500, "
                    "GOSU_MKDIR=/new, GOSU_CHOWN=\"/data \\\"/b c\\\"\", GOSU_HOME=/srv/app. To do it for root, "
                    "give flags: -u root -m /new -c \"/data \\\"/b c\\\"\" --home /srv/app"));
    EXPECT_THAT(plan_for({}, "GOSU_USER=root", {"GOSU_UID=1500"}).warnings,
                ElementsAre("the user is root, so what prepares for another user is skipped: GOSU_UID=1500"));
}

TEST(RootSettings, ObeyFlags) {
    const Plan plan = plan_for({"-u", "root", "-c", "/data", "-m", "/new", "--home=/x"}, "", {"GOSU_UID=1500"});
    EXPECT_EQ(plan.ownership.operands, std::vector<Operand>{{"/data"}});
    EXPECT_EQ(plan.directories.paths, Words{"/new"});
    EXPECT_EQ(plan.environment, (std::vector<EnvironmentChange>{{"HOME", "/x"}}));
    EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("skipped: GOSU_UID=1500")));
    EXPECT_THAT(plan_for({"-u", "root", "-c", "/data"}, "", {}).warnings, IsEmpty());
}

TEST(RootSettings, LeaveTheExclusionsOutWithTheTrees) {
    const Words image{"GOSU_CHOWN=/data", "GOSU_CHOWN_EXCLUDE=/data/cache .git"};
    const Plan plan = plan_for({}, "GOSU_USER=root", image);
    EXPECT_TRUE(plan.ownership.excluded.empty());
    EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("skipped: GOSU_CHOWN=/data")));
    EXPECT_FALSE(plan_for({"-c", "/data"}, "GOSU_USER=root", image).ownership.excluded.empty());
}

TEST(RootSettings, AreThoseOfAnyUserWhoeverElseItIs) {
    EXPECT_FALSE(settings_for_root(*Call({"app"}, {"GOSU_USER=app", "GOSU_CHOWN=/data"}).settings(), root()));
    EXPECT_FALSE(settings_for_root(*Call({"app"}, {"GOSU_CHOWN=/data"}).settings(), root()));
    EXPECT_FALSE(settings_for_root(*Call({"app"}, {"GOSU_USER=00", "GOSU_CHOWN=/data"}).settings(), root()));
    EXPECT_FALSE(settings_for_root(*Call({"app"}, {"GOSU_USER=root"}).settings(), root()));
}

// It cannot become root, so what the variables prepare is for the user that it stays.
TEST(RootSettings, AreThoseOfAnyUserWhereTheProcessIsNotRoot) {
    const auto plan = plan_of({{}, {"GOSU_USER=root", "GOSU_CHOWN=/data", "GOSU_HOME=/x"}, user_1000});
    EXPECT_THAT(plan->warnings, ElementsAre(HasSubstr("skipped: GOSU_USER=root, GOSU_CHOWN=/data")));
    EXPECT_EQ(plan->environment, (std::vector<EnvironmentChange>{{"HOME", "/x"}}));
    Process able = user_1000;
    able.effective = capability_set({cap_setuid, cap_setgid});
    const auto becomes_root = plan_of({{}, {"GOSU_USER=root", "GOSU_CHOWN=/data"}, able});
    EXPECT_THAT(becomes_root->ownership.operands, IsEmpty());
}

}  // namespace
}  // namespace stepdown::test
