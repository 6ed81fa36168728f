// uid, gid and passwd-name: who the command becomes, which lines change, and what is said or refused.
#include "stepdown/plan/account_plan.h"

#include "support/situations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Changes = std::vector<EnvironmentChange>;
using Words = std::vector<std::string>;

FileEdit passwd(AccountEdit edit) { return {"/etc/passwd", std::move(edit)}; }
FileEdit group(AccountEdit edit) { return {"/etc/group", std::move(edit)}; }

Plan need(const Start& start) {
    auto plan = plan_of(start);
    EXPECT_TRUE(plan) << testing::PrintToString(start) << message_of(plan);
    return plan ? *std::move(plan) : Plan{};
}

struct Row {
    Words variables;
    uid_t uid;
    gid_t gid;
    FileEdits edits;
};

std::vector<Row> renumberings() {
    return {
        {{"GOSU_USER=app"}, 1500, 1500, {}},
        {{"GOSU_USER=app", "GOSU_UID=2000", "GOSU_GID=2001"},
         2000,
         2001,
         {group(NewGid{"app", 1500, 2001}), passwd(NewIds{"app", 2000, 2001})}},
        {{"GOSU_USER=app", "GOSU_UID=2000"}, 2000, 1500, {passwd(NewIds{"app", 2000, 1500})}},
        {{"GOSU_USER=app", "GOSU_GID=2001"},
         1500,
         2001,
         {group(NewGid{"app", 1500, 2001}), passwd(NewIds{"app", 1500, 2001})}},
        // The group of SPEC is the command's, the group of the account is the account's.
        {{"GOSU_USER=app:audio", "GOSU_GID=2001"},
         1500,
         29,
         {group(NewGid{"app", 1500, 2001}), passwd(NewIds{"app", 1500, 2001})}},
        {{"GOSU_USER=app:app", "GOSU_GID=2001"},
         1500,
         2001,
         {group(NewGid{"app", 1500, 2001}), passwd(NewIds{"app", 1500, 2001})}},
        // What is right already.
        {{"GOSU_USER=app", "GOSU_UID=1500", "GOSU_GID=1500"}, 1500, 1500, {}},
        {{"GOSU_USER=app", "GOSU_UID=01500"}, 1500, 1500, {}},
        // A gid without a line, and root's group, which no other line is to become.
        {{"GOSU_USER=nohome", "GOSU_GID=2001"}, 1600, 2001, {passwd(NewIds{"nohome", 1600, 2001})}},
        {{"GOSU_USER=app", "GOSU_GID=0"}, 1500, 0, {passwd(NewIds{"app", 1500, 0})}},
    };
}

TEST(RenumberingPlan, GivesTheAccountTheIds) {
    for (const auto& [variables, uid, gid, edits] : renumberings()) {
        const Plan plan = need({{}, variables});
        EXPECT_EQ(plan.identity.uid, uid) << testing::PrintToString(variables);
        EXPECT_EQ(plan.identity.gid, gid) << testing::PrintToString(variables);
        EXPECT_EQ(plan.accounts.edits, edits) << testing::PrintToString(variables);
        EXPECT_THAT(plan.obstacles, IsEmpty()) << testing::PrintToString(variables);
    }
}

TEST(RenumberingPlan, KeepsWhatBelongsToTheName) {
    const Plan plan = need({{}, {"GOSU_USER=app", "GOSU_UID=2000", "GOSU_GID=2001"}});
    EXPECT_EQ(plan.credentials, (Credentials{0, 2000, 2001, std::vector<gid_t>{29, 44}}));
    EXPECT_EQ(plan.environment, (Changes{{"HOME", "/srv/app"}, {"USER", "app"}, {"LOGNAME", "app"}}));
    EXPECT_EQ(plan.identity.group_name, "app");
    EXPECT_EQ(plan.ownership.owner.uid, 2000U);
}

Plan plan_with(const Accounts& accounts, const Words& variables) {
    const Call call({"true"}, variables);
    const Strings environment({"HOME=/root"});
    auto plan = make_plan(*call.settings(), {accounts, container_root, environment.data()});
    EXPECT_TRUE(plan) << message_of(plan);
    return plan ? *std::move(plan) : Plan{};
}

// An image's user whose primary group is root's, as platforms of arbitrary uids want it.
TEST(RenumberingPlan, LeavesRootsGroupToRoot) {
    const Accounts accounts("root:x:0:0::/root:\napp:x:1500:0::/:\n", "root:x:0:\n");
    const Plan plan = plan_with(accounts, {"GOSU_USER=app", "GOSU_GID=2001"});
    EXPECT_EQ(plan.accounts.edits, FileEdits{passwd(NewIds{"app", 1500, 2001})});
}

TEST(RenumberingPlan, IsEmptyOnceItWasCarriedOut) {
    const Words variables{"GOSU_USER=app", "GOSU_UID=2000", "GOSU_GID=2001"};
    const Accounts before = some_accounts();
    const Plan first = plan_with(before, variables);
    std::string passwd_text = before.passwd();
    std::string group_text = before.group();
    for (const FileEdit& edit : first.accounts.edits) {
        std::string& text = edit.path == "/etc/passwd" ? passwd_text : group_text;
        text = apply_edit(edit.edit, text);
        // Also where the start ends between the two.
        const Plan next = plan_with({passwd_text, group_text}, variables);
        EXPECT_EQ(next.identity, first.identity);
        EXPECT_LT(next.accounts.edits.size(), first.accounts.edits.size());
    }
    EXPECT_THAT(plan_with({passwd_text, group_text}, variables).accounts.edits, IsEmpty());
}

TEST(RenumberingPlan, NeedsANameThatIsNotRoots) {
    const std::pair<Words, const char*> table[] = {
        {{"GOSU_UID=1500"}, "GOSU_USER to be a name. To run as 1500:1500 write GOSU_USER=1500:1500"},
        {{"GOSU_USER=app", "GOSU_UID=@/no/such/path"}, "cannot use GOSU_UID=@/no/such/path: cannot read the owner of"},
        {{"GOSU_USER=7:8", "GOSU_UID=1500"}, "cannot use GOSU_UID=1500: it needs GOSU_USER to be a name"},
        {{"GOSU_USER=7", "GOSU_UID=9", "GOSU_GID=10"}, "cannot use GOSU_UID=9, GOSU_GID=10: it needs GOSU_USER to be"},
        {{"GOSU_USER=7", "GOSU_UID=9", "GOSU_GID=10"}, "To run as 9:10 write GOSU_USER=9:10"},
        {{"GOSU_USER=7", "GOSU_GID=10"}, "To run as 10:10 write"},
        {{"GOSU_USER=:7", "GOSU_GID=10"}, "GOSU_USER to be a name"},
        {{"GOSU_USER=@/", "GOSU_UID=9"}, "GOSU_USER to be a name"},
        {{"GOSU_USER=missing", "GOSU_UID=9"}, "cannot use GOSU_USER=missing: there is no user missing"},
        {{"GOSU_USER=root", "GOSU_UID=9"}, "cannot use GOSU_UID=9: user root has uid 0, and root keeps its ids. Name"},
        {{"GOSU_USER=root", "GOSU_GID=9"}, "another user, or write GOSU_USER=9:9"},
        {{"GOSU_USER=toor", "GOSU_UID=9"}, "user toor has uid 0"},
    };
    for (const auto& [variables, message] : table) {
        const auto plan = plan_of({{}, variables});
        ASSERT_FALSE(plan) << testing::PrintToString(variables);
        EXPECT_THAT(plan.error().message, HasSubstr(message));
    }
}

TEST(RenumberingPlan, WarnsWhereAnotherAccountHasTheId) {
    const std::string warning = "user games has uid 5, too (GOSU_UID=5): the two share all that it owns";
    EXPECT_THAT(need({{}, {"GOSU_USER=app", "GOSU_UID=5"}}).warnings, ElementsAre(warning));
    EXPECT_THAT(need({{}, {"GOSU_USER=app", "GOSU_UID=1500"}}).warnings, ElementsAre(HasSubstr("user twin has uid")));
    EXPECT_THAT(need({{}, {"GOSU_USER=app", "GOSU_GID=60"}}).warnings, ElementsAre(HasSubstr("group games has gid")));
    EXPECT_THAT(need({{}, {"GOSU_USER=app", "GOSU_UID=2000", "GOSU_GID=2000"}}).warnings, IsEmpty());
    const Plan strict = need({{"--strict"}, {"GOSU_USER=app", "GOSU_UID=5"}});
    EXPECT_THAT(strict.warnings, ElementsAre(warning)) << "it was honoured";
    EXPECT_THAT(strict.obstacles, IsEmpty());
}

TEST(RenumberingPlan, IsSkippedWhereTheProcessStaysWhoItIs) {
    const Plan plan = need({{}, {"GOSU_USER=app", "GOSU_UID=2000", "GOSU_GID=2001"}, arbitrary_user});
    EXPECT_EQ(plan.identity.uid, 100000U);
    EXPECT_THAT(plan.accounts.edits, IsEmpty());
    EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("skipped: GOSU_USER=app, GOSU_UID=2000, GOSU_GID=2001")));
    const Plan strict = need({{"--strict"}, {"GOSU_USER=app", "GOSU_UID=2000"}, arbitrary_user});
    EXPECT_THAT(strict.obstacles, ElementsAre(HasSubstr("GOSU_UID=2000")));
}

TEST(RenumberingPlan, IsNoBusinessOfACall) {
    const Plan plan = need({{"-u", "app"}, {"GOSU_USER=games", "GOSU_UID=2000", "GOSU_GID=0", "GOSU_PASSWD_NAME=x"}});
    EXPECT_EQ(plan.identity.uid, 1500U);
    EXPECT_THAT(plan.accounts.edits, IsEmpty());
    EXPECT_EQ(need({{"-u", "app", "--uid=2000"}, {"GOSU_USER=games"}}).identity.uid, 2000U);
}

class RenumberingByPath : public OwnedPaths {};

TEST_F(RenumberingByPath, TakesTheOwner) {
    const std::string path = "@" + owned_by(1000, 1001);
    const Plan plan = need({{}, {"GOSU_USER=app", "GOSU_UID=" + path, "GOSU_GID=" + path}});
    EXPECT_EQ(plan.identity.uid, 1000U);
    EXPECT_EQ(plan.identity.gid, 1001U);
    EXPECT_EQ(plan.accounts.edits.size(), 2U);
    EXPECT_THAT(plan.warnings, IsEmpty());
}

TEST_F(RenumberingByPath, KeepsTheIdsWhereRootOwnsIt) {
    const std::string path = "@" + owned_by(0, 0);
    const Words both{"GOSU_USER=app", "GOSU_UID=" + path, "GOSU_GID=" + path};
    const Plan plan = need({{}, both});
    EXPECT_EQ(plan.identity.uid, 1500U);
    EXPECT_EQ(plan.identity.gid, 1500U);
    EXPECT_THAT(plan.accounts.edits, IsEmpty());
    EXPECT_THAT(plan.warnings, testing::Contains("user app keeps its uid 1500 and gid 1500: root owns the path of " +
                                                 both[1] + ", " + both[2]));
    EXPECT_THAT(need({{"--strict"}, both}).obstacles, ElementsAre(HasSubstr("user app keeps its uid 1500")));
}

TEST_F(RenumberingByPath, TakesTheHalfThatIsNotRoots) {
    const std::string path = "@" + owned_by(1000, 0);
    const Plan plan = need({{}, {"GOSU_USER=app", "GOSU_UID=" + path, "GOSU_GID=" + path}});
    EXPECT_EQ(plan.identity.uid, 1000U);
    EXPECT_EQ(plan.identity.gid, 1500U);
    EXPECT_THAT(plan.warnings, ElementsAre("user app keeps its gid 1500: root owns the path of GOSU_GID=" + path));
}

TEST_F(RenumberingByPath, RefusesAnOwnerThatIsNotMapped) {
    const std::string path = "@" + owned_by(65534, 65534);
    for (const char* name : {"GOSU_UID=", "GOSU_GID="}) {
        const auto plan = plan_of({{}, {"GOSU_USER=app", name + path}});
        ASSERT_FALSE(plan) << name;
        EXPECT_THAT(plan.error().message, HasSubstr("not mapped in this user namespace"));
    }
}

}  // namespace
}  // namespace stepdown::test
