// SPDX-License-Identifier: Apache-2.0
// uid, gid and passwd-name: who the command becomes, which lines change, and what is said or refused.
#include "stepdown/plan/account_plan.h"

#include "stepdown/plan/make_plan.h"

#include "support/plan/plan_inputs.h"

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
        {{"GOSU_USER=app:", "GOSU_GID=2001"},
         1500,
         2001,
         {group(NewGid{"app", 1500, 2001}), passwd(NewIds{"app", 1500, 2001})}},
        {{"GOSU_USER=app:audio", "GOSU_UID=2000"}, 2000, 29, {passwd(NewIds{"app", 2000, 1500})}},
        // What is right already.
        {{"GOSU_USER=app", "GOSU_UID=1500", "GOSU_GID=1500"}, 1500, 1500, {}},
        {{"GOSU_USER=app", "GOSU_UID=01500"}, 1500, 1500, {}},
        // A gid without a line, and root's group, which no other line is to become.
        {{"GOSU_USER=nohome", "GOSU_GID=2001"},
         1600,
         2001,
         {group(NewGroup{"nohome", 2001}), passwd(NewIds{"nohome", 1600, 2001})}},
        {{"GOSU_USER=app", "GOSU_GID=0"}, 1500, 0, {passwd(NewIds{"app", 1500, 0})}},
    };
}

TEST(RenumberingPlan, GivesTheAccountTheIds) {
    for (const auto& [variables, uid, gid, edits] : renumberings()) {
        const Plan plan = need({{}, variables});
        EXPECT_EQ(plan.identity.uid, uid) << testing::PrintToString(variables);
        EXPECT_EQ(plan.identity.gid, gid) << testing::PrintToString(variables);
        EXPECT_EQ(plan.accounts.edits, edits) << testing::PrintToString(variables);
        EXPECT_THAT(plan.errors, IsEmpty()) << testing::PrintToString(variables);
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
    Process root = container_root;
    root.groups = {};
    auto plan = make_plan(*call.settings(), {accounts, root, environment.data()});
    EXPECT_THAT(plan.errors, IsEmpty());
    return plan;
}

// The plan for an account app with the primary group 100 in these files, and GOSU_GID=2001.
Plan plan_in(const std::string& group_file, const std::string& more_users = "") {
    return plan_with({"root:x:0:0::/root:\napp:x:1500:100::/:\n" + more_users, group_file},
                     {"GOSU_USER=app", "GOSU_GID=2001"});
}

const FileEdit to_2001 = passwd(NewIds{"app", 1500, 2001});

TEST(RenumberingPlan, RenumbersAGroupThatIsTheAccountsOwn) {
    for (const char* file : {"app:x:100:\n", "app:x:100:app\n", "app:x:100:root,app\n", "app:x:100"}) {
        const Plan plan = plan_in(file);
        EXPECT_EQ(plan.accounts.edits, (FileEdits{group(NewGid{"app", 100, 2001}), to_2001})) << file;
        EXPECT_EQ(gids_of(plan.groups), std::vector<gid_t>{}) << file;
        EXPECT_THAT(plan.notes, IsEmpty()) << file;
    }
}

// It would lose every other file of the group, and so would whoever else is in it.
TEST(RenumberingPlan, KeepsTheAccountInAGroupThatIsShared) {
    const Plan plan = plan_in("users:x:100:\n");
    EXPECT_EQ(plan.accounts.edits,
              (FileEdits{group(NewGroup{"app", 2001}), group(NewMember{"users", 100, "app"}), to_2001}));
    EXPECT_EQ(plan.identity.gid, 2001U);
    EXPECT_EQ(plan.identity.group_name, "app");
    EXPECT_EQ(gids_of(plan.groups), std::vector<gid_t>{100});
    EXPECT_THAT(plan.warnings, IsEmpty());
    EXPECT_THAT(plan.notes, ElementsAre("user app stays in group 100 (users): the group keeps its gid"));
}

TEST(RenumberingPlan, TakesAGroupForSharedByEveryWayThatItIs) {
    const std::pair<const char*, const char*> table[] = {
        {"users:x:100:\n", ""},                 // another name
        {"app:x:100:app,bob\n", ""},            // another member
        {"app:x:100:\n", "bob:x:5:100::/:\n"},  // another account's primary group
        {"app:x:100:\nusers:x:100:\n", ""},     // a second name
        {"users:x:100:\napp:x:100:\n", ""},     //
    };
    for (const auto& [file, users] : table) {
        const Plan plan = plan_in(file, users);
        EXPECT_EQ(gids_of(plan.groups), std::vector<gid_t>{100}) << file << users;
        for (const FileEdit& edit : plan.accounts.edits) {
            EXPECT_FALSE(std::holds_alternative<NewGid>(edit.edit)) << file << users;
        }
    }
}

TEST(RenumberingPlan, GivesTheNewGidNoNameThatAnotherGroupHas) {
    const Plan plan = plan_in("app:x:100:bob\n");
    EXPECT_EQ(plan.accounts.edits, (FileEdits{group(NewMember{"app", 100, "app"}), to_2001}));
    EXPECT_THAT(plan.warnings, ElementsAre("gid 2001 gets no name: group app has gid 100"));
    const Plan named = plan_in("users:x:100:\nteam:x:2001:\n");
    EXPECT_EQ(named.accounts.edits, (FileEdits{group(NewMember{"users", 100, "app"}), to_2001}));
    EXPECT_THAT(named.warnings, ElementsAre(HasSubstr("group team has gid 2001, too")));
}

// An image's user whose primary group is root's, as platforms of arbitrary uids want it.
TEST(RenumberingPlan, KeepsTheAccountInRootsGroup) {
    const Accounts accounts("root:x:0:0::/root:\napp:x:1500:0::/:\n", "root:x:0:\n");
    const Plan plan = plan_with(accounts, {"GOSU_USER=app", "GOSU_GID=2001"});
    EXPECT_EQ(plan.accounts.edits,
              (FileEdits{group(NewGroup{"app", 2001}), group(NewMember{"root", 0, "app"}), to_2001}));
    EXPECT_EQ(gids_of(plan.groups), std::vector<gid_t>{0});
    EXPECT_THAT(plan.notes, ElementsAre("user app stays in group 0 (root): the image gave it"));
    EXPECT_THAT(plan.warnings, IsEmpty());
}

// A member list has no room for such a name, and no line for such a group.
TEST(RenumberingPlan, WarnsOfAGroupThatTheFileCannotKeepTheAccountIn) {
    const std::string warning = "leaves group 0, because /etc/group cannot list the user in it";
    const Accounts no_line("root:x:0:0::/root:\napp:x:1500:0::/:\n", "");
    EXPECT_THAT(plan_with(no_line, {"GOSU_USER=app", "GOSU_GID=2001"}).warnings, ElementsAre(HasSubstr(warning)));
    const Accounts comma("root:x:0:0::/root:\na,bob:x:1500:0::/:\n", "root:x:0:\n");
    const Plan plan = plan_with(comma, {"GOSU_USER=a,bob", "GOSU_GID=2001"});
    EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr(warning)));
    EXPECT_EQ(gids_of(plan.groups), std::vector<gid_t>{});
}

// Root had it by a line that now has another gid: it is judged by the file that root got its groups from.
TEST(RenumberingPlan, DoesNotLetRootsGroupsPassByRenumberingThem) {
    const Accounts accounts("root:x:0:0::/root:\napp:x:1600:1600::/:\n", "app:x:1600:root\n");
    Process root = container_root;
    root.groups = {0, 1600};
    const Call call({"true"}, {"GOSU_USER=app", "GOSU_UID=1500", "GOSU_GID=1500"});
    const Strings environment({});
    const auto plan = make_plan(*call.settings(), {accounts, root, environment.data()});
    EXPECT_EQ(plan.credentials, (Credentials{0, 1500, 1500, std::vector<gid_t>{}}));
    EXPECT_EQ(plan.accounts.edits.front(), group(NewGid{"app", 1600, 1500}));
}

// Also where a start ends between two of the edits.
TEST(RenumberingPlan, ConvergesFromEveryStateThatACrashLeaves) {
    const std::pair<Accounts, Words> table[] = {
        {some_accounts(), {"GOSU_USER=app", "GOSU_UID=2000", "GOSU_GID=2001"}},
        {{"app:x:1500:100::/:\n", "users:x:100:\n"}, {"GOSU_USER=app", "GOSU_UID=2000", "GOSU_GID=2001"}},
        {{"app:x:1500:100::/:\n", "app:x:100:bob\n"}, {"GOSU_USER=app", "GOSU_GID=2001"}},
        {{"app:x:1500:0::/:\n", "root:x:0:\n"}, {"GOSU_USER=app", "GOSU_GID=2001"}},
        {{"app:x:1500:1500::/:\n", "app:x:1500:\n"}, {"GOSU_USER=app", "GOSU_GID=0"}},
        {some_accounts(), {"GOSU_USER=nohome", "GOSU_GID=2001"}},
    };
    for (const auto& [before, variables] : table) {
        const Plan first = plan_with(before, variables);
        std::string passwd_text = before.passwd();
        std::string group_text = before.group();
        for (const FileEdit& edit : first.accounts.edits) {
            std::string& text = edit.path == "/etc/passwd" ? passwd_text : group_text;
            text = apply_edit(edit.edit, text);
            const Plan next = plan_with({passwd_text, group_text}, variables);
            EXPECT_EQ(next.identity, first.identity) << before.group();
            EXPECT_EQ(next.credentials, first.credentials) << before.group();
            EXPECT_LT(next.accounts.edits.size(), first.accounts.edits.size()) << before.group();
        }
        const Plan last = plan_with({passwd_text, group_text}, variables);
        EXPECT_THAT(last.accounts.edits, IsEmpty()) << before.group();
        EXPECT_THAT(last.warnings, IsEmpty()) << before.group();
    }
}

TEST(RenumberingPlan, RefusesAGidBesideTheGroupOfASpec) {
    for (const char* user : {"GOSU_USER=app:audio", "GOSU_USER=app:app", "GOSU_USER=app:29"}) {
        const auto plan = plan_of({{}, {user, "GOSU_GID=2001"}});
        ASSERT_FALSE(plan) << user;
        EXPECT_THAT(plan.error().message, HasSubstr(std::string("cannot use GOSU_GID=2001: ") + user +
                                                    " names a group already. Write app alone there"));
        EXPECT_FALSE(plan_of({{}, {user, "GOSU_GID=2001"}, user_1000})) << "it is badly written for everybody";
    }
}

TEST(RenumberingPlan, NeedsANameThatIsNotRoots) {
    const std::pair<Words, const char*> table[] = {
        {{"GOSU_UID=1500"},
         "GOSU_USER to be a name. To run as 1500:1500 set GOSU_USER=1500:1500, and leave GOSU_UID out"},
        {{"GOSU_USER=app", "GOSU_UID=@/no/such/path"}, "cannot use GOSU_UID=@/no/such/path: cannot read the owner of"},
        {{"GOSU_USER=7:8", "GOSU_UID=1500"}, "cannot use GOSU_UID=1500: it needs GOSU_USER to be a name"},
        {{"GOSU_USER=7", "GOSU_UID=9", "GOSU_GID=10"}, "cannot use GOSU_UID=9, GOSU_GID=10: it needs GOSU_USER to be"},
        {{"GOSU_USER=7", "GOSU_UID=9", "GOSU_GID=10"},
         "To run as 9:10 set GOSU_USER=9:10, and leave GOSU_UID and GOSU_GID out"},
        {{"GOSU_USER=7", "GOSU_GID=10"}, "To run as 10:10 set GOSU_USER=10:10, and leave GOSU_GID out"},
        {{"GOSU_USER=:7", "GOSU_GID=10"}, "GOSU_USER to be a name"},
        {{"GOSU_USER=@/", "GOSU_UID=9"}, "GOSU_USER to be a name"},
        {{"GOSU_USER=missing", "GOSU_UID=9"}, "cannot use GOSU_USER=missing: there is no user missing"},
        {{"GOSU_USER=toor", "GOSU_UID=9"}, "user toor has uid 0"},
    };
    for (const auto& [variables, message] : table) {
        const auto plan = plan_of({{}, variables});
        ASSERT_FALSE(plan) << testing::PrintToString(variables);
        EXPECT_THAT(plan.error().message, HasSubstr(message));
    }
    const auto flag = plan_of({{"-u", "root", "--uid=9"}, {}});
    ASSERT_FALSE(flag);
    EXPECT_EQ(flag.error().message,
              "cannot use --uid=9: user root has uid 0, and root keeps its ids. Name another user, "
              "or give --user 9:9, and leave --uid out");
}

TEST(RenumberingPlan, WarnsWhereAnotherAccountHasTheId) {
    const std::string warning = "user games has uid 5, too (GOSU_UID=5): the two share all that it owns";
    EXPECT_THAT(need({{}, {"GOSU_USER=app", "GOSU_UID=5"}}).warnings, ElementsAre(warning));
    EXPECT_THAT(need({{}, {"GOSU_USER=app", "GOSU_UID=1500"}}).warnings, ElementsAre(HasSubstr("user twin has uid")));
    EXPECT_THAT(need({{}, {"GOSU_USER=app", "GOSU_GID=60"}}).warnings, ElementsAre(HasSubstr("group games has gid")));
    EXPECT_THAT(need({{}, {"GOSU_USER=app", "GOSU_UID=2000", "GOSU_GID=2000"}}).warnings, IsEmpty());
    const Plan strict = need({{"--strict"}, {"GOSU_USER=app", "GOSU_UID=5"}});
    EXPECT_THAT(strict.warnings, ElementsAre(warning)) << "it was honoured";
    EXPECT_THAT(strict.errors, IsEmpty());
}

TEST(RenumberingPlan, IsSkippedWhereTheProcessStaysWhoItIs) {
    const Plan plan = need({{}, {"GOSU_USER=app", "GOSU_UID=2000", "GOSU_GID=2001"}, arbitrary_user});
    EXPECT_EQ(plan.identity.uid, 100000U);
    EXPECT_THAT(plan.accounts.edits, IsEmpty());
    EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("skipped: GOSU_USER=app, GOSU_UID=2000, GOSU_GID=2001")));
    const Plan strict = need({{"--strict"}, {"GOSU_USER=app", "GOSU_UID=2000"}, arbitrary_user});
    EXPECT_THAT(strict.errors, ElementsAre(HasSubstr("GOSU_UID=2000")));
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
    EXPECT_THAT(need({{"--strict"}, both}).errors, ElementsAre(HasSubstr("user app keeps its uid 1500")));
}

TEST_F(RenumberingByPath, TakesTheHalfThatIsNotRoots) {
    const std::string path = "@" + owned_by(1000, 0);
    const Plan plan = need({{}, {"GOSU_USER=app", "GOSU_UID=" + path, "GOSU_GID=" + path}});
    EXPECT_EQ(plan.identity.uid, 1000U);
    EXPECT_EQ(plan.identity.gid, 1500U);
    EXPECT_THAT(plan.warnings, ElementsAre("user app keeps its gid 1500: root owns the path of GOSU_GID=" + path));
}

TEST_F(RenumberingByPath, KeepsTheIdsWhereAPathNeedNotExistAndDoesNot) {
    const Plan plan = need({{}, {"GOSU_USER=app", "GOSU_UID=-@/no/such/path", "GOSU_GID=-@/no/such/path"}});
    EXPECT_EQ(plan.identity.uid, 1500U);
    EXPECT_EQ(plan.identity.gid, 1500U);
    EXPECT_THAT(plan.accounts.edits, IsEmpty());
    EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("user twin has uid 1500")));
    EXPECT_THAT(plan.notes, ElementsAre("GOSU_UID=-@/no/such/path: the path does not exist, which is allowed",
                                        "GOSU_GID=-@/no/such/path: the path does not exist, which is allowed"));
    EXPECT_EQ(need({{}, {"GOSU_USER=app", "GOSU_UID=-@" + owned_by(1000, 1001)}}).identity.uid, 1000U);
    const auto refused = plan_of({{}, {"GOSU_USER=app", "GOSU_GID=@/no/such/path"}});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("If it need not exist, write -@/no/such/path"));
}

}  // namespace
}  // namespace stepdown::test
