// SPDX-License-Identifier: Apache-2.0
// GOSU_PASSWD_NAME: the entry of a uid that has none.
#include "stepdown/plan/passwd_name_plan.h"

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

Plan need(const Start& start) {
    auto plan = plan_of(start);
    EXPECT_TRUE(plan) << testing::PrintToString(start) << message_of(plan);
    return plan ? *std::move(plan) : Plan{};
}

FileEdit user_line(const std::string& name, uid_t uid, gid_t gid, const std::string& home) {
    return {"/etc/passwd", NewUser{name, uid, gid, home}};
}
FileEdit group_line(const std::string& name, gid_t gid) { return {"/etc/group", NewGroup{name, gid}}; }

const Process at_home{100000, 0, {}, {}};

TEST(PasswdNamePlan, AddsAnEntryWhereThereIsNone) {
    const std::pair<Start, FileEdits> table[] = {
        {{{}, {"GOSU_USER=3000:3001", "GOSU_PASSWD_NAME=me"}},
         {group_line("me", 3001), user_line("me", 3000, 3001, "/")}},
        {{{}, {"GOSU_USER=3000:60", "GOSU_PASSWD_NAME=me"}}, {user_line("me", 3000, 60, "/")}},
        {{{}, {"GOSU_USER=3000:60", "GOSU_PASSWD_NAME=me", "GOSU_HOME=/h"}}, {user_line("me", 3000, 60, "/h")}},
        {{{}, {"GOSU_USER=3000:60", "GOSU_PASSWD_NAME=me"}, container_root, {"HOME=/x"}},
         {user_line("me", 3000, 60, "/x")}},
        {{{}, {"GOSU_PASSWD_NAME=me"}, at_home, {"HOME=/x"}}, {user_line("me", 100000, 0, "/x")}},
        {{{}, {"GOSU_PASSWD_NAME=me"}, at_home, {}}, {user_line("me", 100000, 0, "/")}},
        {{{"--passwd-name=me"}, {"GOSU_USER=app"}, at_home, {"HOME=/x"}}, {user_line("me", 100000, 0, "/x")}},
        // Who has an entry needs none, whatever it is called.
        {{{}, {"GOSU_USER=app", "GOSU_PASSWD_NAME=me"}}, {}},
        {{{}, {"GOSU_USER=1500:1", "GOSU_PASSWD_NAME=games"}}, {}},
        {{{}, {"GOSU_USER=root", "GOSU_PASSWD_NAME=me"}}, {}},
        {{{}, {"GOSU_PASSWD_NAME=root"}, Process{1500, 1500, {}, {}}}, {}},
        {{{}, {"GOSU_USER=3000:3001"}}, {}},
    };
    for (const auto& [start, edits] : table) {
        const Plan plan = need(start);
        EXPECT_EQ(plan.accounts.edits, edits) << testing::PrintToString(start);
        EXPECT_THAT(plan.errors, IsEmpty()) << testing::PrintToString(start);
    }
}

TEST(PasswdNamePlan, NamesTheUserForTheCommand) {
    const Plan plan = need({{}, {"GOSU_USER=3000:3001", "GOSU_PASSWD_NAME=me"}});
    EXPECT_EQ(plan.environment, (Changes{{"HOME", "/"}, {"USER", "me"}, {"LOGNAME", "me"}}));
    EXPECT_EQ(plan.environment_without_entry, (Changes{{"HOME", "/"}}));
    EXPECT_EQ(plan.identity.entry->name, "me");
    EXPECT_EQ(plan.identity.group_name, "me");
}

// The uid stays: only USER and LOGNAME, and only where the setting asks for it.
TEST(PasswdNamePlan, NamesAUidThatStays) {
    const Changes named{{"USER", "me"}, {"LOGNAME", "me"}};
    EXPECT_EQ(need({{}, {"GOSU_PASSWD_NAME=me"}, at_home}).environment, named);
    EXPECT_EQ(need({{}, {"GOSU_PASSWD_NAME=me"}, at_home}).environment_without_entry, Changes{});
    const Process app{1500, 1500, {}, {}};
    EXPECT_EQ(need({{}, {"GOSU_PASSWD_NAME=me"}, app}).environment, (Changes{{"USER", "app"}, {"LOGNAME", "app"}}));
    EXPECT_EQ(need({{}, {}, app}).environment, Changes{});
    EXPECT_EQ(need({{"--passwd-name=me"}, {"GOSU_USER=root"}}).environment,
              (Changes{{"USER", "root"}, {"LOGNAME", "root"}}));
}

TEST(PasswdNamePlan, RefusesANameThatCannotBeGiven) {
    const std::pair<Start, const char*> table[] = {
        {{{}, {"GOSU_USER=3000:60", "GOSU_PASSWD_NAME=me", "GOSU_HOME=/a:b"}}, "its home /a:b holds a colon"},
        {{{}, {"GOSU_PASSWD_NAME=me"}, at_home, {"HOME=/a\nroot:x"}}, "a control byte"},
    };
    for (const auto& [start, message] : table) {
        EXPECT_THAT(need(start).errors, ElementsAre(HasSubstr(message))) << testing::PrintToString(start);
    }
}

TEST(PasswdNamePlan, WarnsWhereAnotherUidHasTheName) {
    const std::pair<Start, const char*> table[] = {
        {{{}, {"GOSU_USER=3000:60", "GOSU_PASSWD_NAME=app"}},
         "uid 3000 gets no entry in /etc/passwd: uid 1500 has the name app already (GOSU_PASSWD_NAME=app). Write "
         "another "
         "one, such as app2"},
        {{{"--passwd-name=games"}, {}, at_home},
         "uid 100000 gets no entry in /etc/passwd: uid 5 has the name games already (--passwd-name=games). Write "
         "another "
         "one, such as games2"},
        {{{}, {"GOSU_USER=3000:60", "GOSU_PASSWD_NAME=root"}},
         "uid 3000 gets no entry in /etc/passwd: uid 0 has the name root already (GOSU_PASSWD_NAME=root). Write "
         "another "
         "one, such as app2"},
    };
    for (auto [start, message] : table) {
        const Plan plan = need(start);
        EXPECT_THAT(plan.warnings, ElementsAre(message));
        EXPECT_THAT(plan.errors, IsEmpty());
        EXPECT_THAT(plan.accounts.edits, IsEmpty());
        EXPECT_FALSE(plan.identity.entry) << "it is not the other uid's account";
        start.options.emplace_back("--strict");
        EXPECT_THAT(need(start).errors, ElementsAre(message));
    }
}

// Where there is no root line, a name must not become a second way to uid 0, nor root somebody else.
TEST(PasswdNamePlan, KeepsRootsNameAndRootsUidTogether) {
    const auto errors = [](std::vector<std::string> words) {
        words.emplace_back("true");
        const Call call(words);
        const Strings environment({});
        const Accounts none;
        return make_plan(*call.settings(), {none, container_root, environment.data()}).errors;
    };
    EXPECT_THAT(errors({"-u", "3000:60", "--passwd-name=root"}), ElementsAre(HasSubstr("only uid 0 may be")));
    EXPECT_THAT(errors({"-u", "0:0", "--passwd-name=me"}), ElementsAre(HasSubstr("uid 0 is root")));
    EXPECT_THAT(errors({"-u", "0:0", "--passwd-name=root"}), IsEmpty());
}

TEST(PasswdNamePlan, LeavesAGroupsNameToTheGroup) {
    const Plan plan = need({{"--strict"}, {"GOSU_USER=3000:3001", "GOSU_PASSWD_NAME=docker"}});
    EXPECT_EQ(plan.accounts.edits, FileEdits{user_line("docker", 3000, 3001, "/")});
    EXPECT_THAT(plan.warnings, ElementsAre("gid 3001 gets no name: group docker has gid 999"));
}

class PasswdNameByPath : public OwnedPaths {};

// The next start finds the entry, and must not find other groups.
TEST_F(PasswdNameByPath, GetsTheGroupsOfItsName) {
    const Start start{{}, {"GOSU_USER=@" + owned_by(3000, 3001), "GOSU_PASSWD_NAME=listed"}};
    const Call call({"true"}, start.variables);
    const Strings environment({});
    const Accounts before("root:x:0:0::/root:\n", "disk:x:6:root\naudio:x:29:listed\n");
    const auto first = make_plan(*call.settings(), {before, container_root, environment.data()});
    const Accounts after(apply_edit(first.accounts.edits.back().edit, before.passwd()), before.group());
    const auto second = make_plan(*call.settings(), {after, container_root, environment.data()});
    EXPECT_EQ(first.credentials, second.credentials);
    EXPECT_EQ(first.credentials->groups, std::vector<gid_t>{29});
}

}  // namespace
}  // namespace stepdown::test
