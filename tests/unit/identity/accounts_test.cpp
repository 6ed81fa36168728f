// SPDX-License-Identifier: Apache-2.0
// passwd(5) and group(5), with all that files in images hold.
#include "stepdown/identity/accounts.h"

#include <gtest/gtest.h>

namespace stepdown {
namespace {

using namespace std::string_literals;

const std::string usual_passwd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "app:x:1500:1501:An App,,,:/srv/app:/bin/sh\n"
    "nohome:x:1600:1600:::\n"
    "short:x:1700:1700\n";
const std::string usual_group =
    "root:x:0:\n"
    "disk:x:6:root\n"
    "audio:x:29:games,app\n"
    "video:x:44:app\n"
    "app:x:1501:\n"
    "short:x:1700\n";

Accounts with_passwd(std::string passwd) { return {std::move(passwd), ""}; }
Accounts with_group(std::string group) { return {"", std::move(group)}; }

std::vector<gid_t> gids_listing(const Accounts& accounts, std::string_view user) {
    std::vector<gid_t> gids;
    for (const Group& group : accounts.groups_listing(user)) gids.push_back(group.gid);
    return gids;
}

// glibc passes over the white space, and the engines do not.
TEST(Accounts, FindEveryGroupThatMayListAUser) {
    const Accounts accounts = with_group(
        "a:x:6:adm, root\nb:x: 7:root\nc:x:8:\troot ,x\nd:x:9:rooted\ne:x:10:adm,root\nf:x:11:roo t\ng:x:y:root\n");
    std::vector<gid_t> gids;
    for (const Group& group : accounts.groups_that_may_list("root")) gids.push_back(group.gid);
    EXPECT_THAT(gids, testing::ElementsAre(6, 7, 8, 10));
    EXPECT_EQ(gids_listing(accounts, "root"), std::vector<gid_t>{10});
}

TEST(Accounts, FindAUserByNameAndByUid) {
    const Accounts accounts(usual_passwd, usual_group);
    const User app{"app", 1500, 1501, "/srv/app"};
    EXPECT_EQ(accounts.user_named("app"), app);
    EXPECT_EQ(accounts.user_with(1500), app);
    EXPECT_EQ(accounts.user_named("root"), (User{"root", 0, 0, "/root"}));
    EXPECT_EQ(accounts.user_with(1600), (User{"nohome", 1600, 1600, ""}));
    EXPECT_EQ(accounts.user_named("short"), (User{"short", 1700, 1700, ""}));
}

TEST(Accounts, FindAGroupByNameAndByGid) {
    const Accounts accounts(usual_passwd, usual_group);
    EXPECT_EQ(accounts.group_named("audio"), (Group{"audio", 29}));
    EXPECT_EQ(accounts.group_with(44), (Group{"video", 44}));
    EXPECT_EQ(accounts.group_with(1700), (Group{"short", 1700}));
}

TEST(Accounts, LookNamesUpExactly) {
    const Accounts accounts(usual_passwd, usual_group);
    for (const char* name : {"", "ap", "appx", "App", "app ", " app", "app:x", "1500", "0", "*"}) {
        EXPECT_EQ(accounts.user_named(name), std::nullopt) << name;
        EXPECT_EQ(accounts.group_named(name), std::nullopt) << name;
    }
    EXPECT_EQ(accounts.user_with(1501), std::nullopt);
    EXPECT_EQ(accounts.group_with(1500), std::nullopt);
}

TEST(Accounts, ListTheGroupsOfAUserInTheOrderOfTheFile) {
    const Accounts accounts(usual_passwd, usual_group);
    EXPECT_EQ(gids_listing(accounts, "app"), (std::vector<gid_t>{29, 44}));
    EXPECT_EQ(gids_listing(accounts, "games"), std::vector<gid_t>{29});
    EXPECT_EQ(gids_listing(accounts, "root"), std::vector<gid_t>{6});
    for (const char* name : {"ap", "apps", "game", "x"}) EXPECT_TRUE(accounts.groups_listing(name).empty()) << name;
    const Accounts odd = with_group("a:x:1:,app,\nb:x:2: app\nc:x:3:app:\nd:x:x:app\ne:x:5:app,app\n");
    EXPECT_EQ(gids_listing(odd, "app"), (std::vector<gid_t>{1, 3, 5}));
    const Accounts blanks = with_group("f:x:6:app \ng:x:7:app ,x\nh:x:8:x,app\t\n");
    EXPECT_EQ(gids_listing(blanks, "app"), (std::vector<gid_t>{6, 8})) << "as engines read the end of a line";
}

TEST(Accounts, AreEmptyWithoutTheirFiles) {
    const Accounts none;
    EXPECT_EQ(none.user_named("root"), std::nullopt);
    EXPECT_EQ(none.user_with(0), std::nullopt);
    EXPECT_EQ(none.group_with(0), std::nullopt);
    EXPECT_TRUE(none.groups_listing("root").empty());
}

// Each of these lines is nobody's: neither by its name nor as uid 0 or any other.
const std::string garbage[] = {
    "x",
    "x:",
    "x:x",
    "x:x:0",
    "x:x:0:",
    "x:x::0:x:/:/bin/sh",
    "x:x:0::x:/:/bin/sh",
    "x:x:::x:/:/bin/sh",
    "x:x:zero:0::/:",
    "x:x:0:zero::/:",
    "x:x:-1:0::/:",
    "x:x:0:-1::/:",
    "x:x:+0:0::/:",
    "x:x: 0:0::/:",
    "x:x:0 :0::/:",
    "x:x:0x0:0::/:",
    "x:x:0e0:0::/:",
    "x:x:0day:0::/:",
    "x:x:4294967295:0::/:",
    "x:x:4294967296:0::/:",
    "x:x:18446744073709551616:0::/:",
    "x:x:0:4294967295::/:",
    "x:x:0:4294967296::/:",
    "x:x:99999999999999999999:0::/:",
    ":x:0:0::/:",
    "::0:0:::",
    "#x:x:0:0::/:",
    "# x:x:0:0::/:",
    "+x:x:0:0::/:",
    "-x:x:0:0::/:",
    "+",
    "+::::::",
    "+@netgroup::::::",
    "x x 0 0",
    "\r",
    " ",
    ":::::::::::::",
    "x:x:0:0::/\0:"s,
    "x\0:x:0:0::/:"s,
    "x:x:0\0:0::/:"s,
    "\0"s,
};

TEST(Accounts, NeverTakeGarbageForAUser) {
    for (const std::string& line : garbage) {
        for (const std::string& text : {line, line + "\n", "app:x:1500:1500::/:\n" + line + "\nlast:x:2:2::/:\n"}) {
            const Accounts accounts = with_passwd(text);
            for (const char* name : {"x", "", "#x", "+x", "-x", "+", " ", "# x"}) {
                EXPECT_EQ(accounts.user_named(name), std::nullopt) << testing::PrintToString(text);
            }
            EXPECT_EQ(accounts.user_with(0), std::nullopt) << testing::PrintToString(text);
            EXPECT_EQ(accounts.user_with(4294967295U), std::nullopt) << testing::PrintToString(text);
        }
        const Accounts around = with_passwd("app:x:1500:1500::/:\n" + line + "\nlast:x:2:2::/:\n");
        EXPECT_TRUE(around.user_named("app")) << testing::PrintToString(line);
        EXPECT_TRUE(around.user_named("last")) << testing::PrintToString(line);
    }
}

TEST(Accounts, NeverTakeGarbageForAGroup) {
    for (const std::string& line :
         {"x"s, "x:"s, "x:x"s, "x:x:"s, "x:x::app"s, "x:x:zero:app"s, "x:x:-1:app"s, "x:x:0x0:app"s, "x:x:0 :app"s,
          "x:x:4294967295:app"s, "x:x:4294967296:app"s, ":x:0:app"s, "#x:x:0:app"s, "+x:x:0:app"s, "-x:x:0:app"s,
          "+:::"s, "x:x:0:app\0"s, "x\0:x:0:app"s}) {
        const Accounts accounts = with_group("first:x:1:app\n" + line + "\nlast:x:2:app\n");
        for (const char* name : {"x", "", "#x", "+x", "-x", "+"}) {
            EXPECT_EQ(accounts.group_named(name), std::nullopt) << testing::PrintToString(line);
        }
        EXPECT_EQ(accounts.group_with(0), std::nullopt) << testing::PrintToString(line);
        EXPECT_EQ(gids_listing(accounts, "app"), (std::vector<gid_t>{1, 2})) << testing::PrintToString(line);
    }
}

TEST(Accounts, LetTheFirstLineWin) {
    const Accounts accounts("app:x:1:10::/first:\napp:x:2:20::/second:\nother:x:1:30::/third:\n",
                            "g:x:1:\ng:x:2:\nh:x:1:\n");
    EXPECT_EQ(accounts.user_named("app"), (User{"app", 1, 10, "/first"}));
    EXPECT_EQ(accounts.user_with(1)->name, "app");
    EXPECT_EQ(accounts.group_named("g")->gid, 1U);
    EXPECT_EQ(accounts.group_with(1)->name, "g");
}

TEST(Accounts, PassOverGarbageOfTheSameName) {
    const Accounts accounts = with_passwd("app:x:zero:0::/:\napp:x\napp:x:1500:1500::/srv:\n");
    EXPECT_EQ(accounts.user_named("app"), (User{"app", 1500, 1500, "/srv"}));
}

TEST(Accounts, TakeEveryUsualLineEnd) {
    for (const std::string& end : {"\n"s, "\r\n"s, ""s, "\r"s, "\n\n\n"s}) {
        const Accounts accounts("root:x:0:0::/root\r\napp:x:1500:1501::/srv" + end, "a:x:29:x,app" + end);
        EXPECT_EQ(accounts.user_named("app"), (User{"app", 1500, 1501, "/srv"})) << testing::PrintToString(end);
        EXPECT_EQ(accounts.user_named("root")->home, "/root") << testing::PrintToString(end);
        EXPECT_EQ(gids_listing(accounts, "app"), std::vector<gid_t>{29}) << testing::PrintToString(end);
    }
    EXPECT_EQ(with_passwd("app:x:1:2\r\n").user_named("app"), (User{"app", 1, 2, ""}));
    EXPECT_EQ(with_group("g:x:1\r\n").group_named("g"), (Group{"g", 1}));
}

TEST(Accounts, TakeLongLinesWhole) {
    std::string members;
    while (members.size() < std::size_t{1} << 20U) members += "somebody,";
    const Accounts accounts("big:x:1:1:" + members + ":/big:\napp:x:2:2::/srv:\n", "big:x:1:" + members + "app\n");
    EXPECT_EQ(accounts.user_named("big"), (User{"big", 1, 1, "/big"}));
    EXPECT_EQ(accounts.user_named("app"), (User{"app", 2, 2, "/srv"}));
    EXPECT_EQ(gids_listing(accounts, "app"), std::vector<gid_t>{1});
    EXPECT_TRUE(accounts.groups_listing("nobody").empty());
}

TEST(Accounts, KeepNamesThatAreDigits) {
    const Accounts accounts("1000:x:5:6::/five:\n", "1000:x:7:\n");
    EXPECT_EQ(accounts.user_named("1000"), (User{"1000", 5, 6, "/five"}));
    EXPECT_EQ(accounts.user_with(1000), std::nullopt);
    EXPECT_EQ(accounts.group_with(1000), std::nullopt);
}

TEST(Accounts, ReachTheLargestIds) {
    const Accounts accounts("big:x:4294967294:4294967294::/:\n", "big:x:4294967294:\n");
    EXPECT_EQ(accounts.user_with(4294967294U)->gid, 4294967294U);
    EXPECT_EQ(accounts.group_named("big")->gid, 4294967294U);
}

TEST(Accounts, KnowWhetherAGroupIsSomebodyElsesToo) {
    const Accounts accounts(
        "root:x:0:0::/:\napp:x:1500:1500::/:\nbob:x:5:100::/:\nbad:x:6:x1500::/:\n15000:x:7:15000::/:\n",
        "a:x:1500:app,root\nb:x:100:\nc:x:200:app,bob\nc2:x:200:\nd:x:300:,app,\ne:x:0400:eve\nf:x:500:root\n");
    EXPECT_FALSE(accounts.is_shared(1500, "app")) << "root needs no group";
    EXPECT_TRUE(accounts.is_shared(100, "app")) << "it is bob's primary group";
    EXPECT_FALSE(accounts.is_shared(100, "bob"));
    EXPECT_TRUE(accounts.is_shared(200, "app")) << "it lists bob";
    EXPECT_FALSE(accounts.is_shared(300, "app"));
    EXPECT_TRUE(accounts.is_shared(400, "app"));
    EXPECT_FALSE(accounts.is_shared(500, "app"));
    EXPECT_FALSE(accounts.is_shared(600, "app"));
}

}  // namespace
}  // namespace stepdown
