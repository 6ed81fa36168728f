// SPDX-License-Identifier: Apache-2.0
// The supplementary groups, and where each comes from.
#include "stepdown/identity/groups.h"

#include "stepdown/system/user_namespace.h"

#include "support/plan/identities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<gid_t> ignored(const Groups& groups) {
    std::vector<gid_t> gids;
    for (const IgnoredGroup& group : groups.ignored) gids.push_back(group.gid);
    return gids;
}

TEST(GroupsOfContainer, AreTheCurrentOnesThatNobodyElseExplains) {
    const gid_t overflow = overflow_id(OverflowId::gid);
    const Groups groups = groups_of_container({1000, {0, 6, 999, 1000, 4000, overflow}}, some_accounts());
    EXPECT_EQ(groups.members,
              (std::vector<Membership>{{999, "docker", GroupSource::container}, {4000, "", GroupSource::container}}));
    EXPECT_THAT(ignored(groups), ElementsAre(0, 6, 1000, overflow));
}

TEST(GroupsOfContainer, SayWhyEachOneIsIgnored) {
    const gid_t overflow = overflow_id(OverflowId::gid);
    const Groups groups = groups_of_container({60, {0, 6, 60, overflow}}, some_accounts());
    EXPECT_EQ(groups.ignored, (std::vector<IgnoredGroup>{
                                  {0, "root", IgnoredCause::group_of_root},
                                  {6, "disk", IgnoredCause::lists_root},
                                  {60, "games", IgnoredCause::starting_primary},
                                  {overflow, "", IgnoredCause::unmapped},
                              }));
    EXPECT_THAT(groups.members, IsEmpty());
}

TEST(HiddenGroups, AreThoseBelow1000) {
    Groups groups = groups_of_container({0, {0, 29, 999, 1000, 4000}}, some_accounts());
    ignore_hidden_groups(groups);
    EXPECT_EQ(gids_of(groups), (std::vector<gid_t>{1000, 4000}));
    EXPECT_EQ(groups.ignored, (std::vector<IgnoredGroup>{
                                  {0, "root", IgnoredCause::group_of_root},
                                  {29, "audio", IgnoredCause::hidden_list},
                                  {999, "docker", IgnoredCause::hidden_list},
                              }));
}

TEST(GroupsOfContainer, LeaveOutEveryGroupThatListsRoot) {
    const Accounts accounts("", "a:x:20:bin,root\nb:x:30:rooty,toor\nc:x:40:root,x\n");
    const Groups groups = groups_of_container({0, {20, 30, 40}}, accounts);
    EXPECT_EQ(gids_of(groups), std::vector<gid_t>{30});
    EXPECT_THAT(ignored(groups), ElementsAre(20, 40));
}

TEST(GroupsOfContainer, AreNoneWhereTheProcessHasNone) {
    EXPECT_EQ(groups_of_container({0, {}}, some_accounts()), Groups{});
}

TEST(GroupsOfAccount, AreThoseThatListTheName) {
    const Accounts accounts = some_accounts();
    const Groups groups = groups_of_account({1500, 1500, accounts.user_named("app"), "app"}, accounts);
    EXPECT_EQ(groups.members, (std::vector<Membership>{{29, "audio", GroupSource::account},
                                                       {44, "video", GroupSource::account},
                                                       {1500, "app", GroupSource::account}}));
    EXPECT_EQ(groups_of_account({1500, 1700, accounts.user_named("twin"), ""}, accounts), Groups{});
    EXPECT_EQ(groups_of_account({1234, 1234, std::nullopt, ""}, accounts), Groups{});
}

TEST(GroupsOfSetting, TakeNamesAndGids) {
    const std::vector<std::string> entries{"docker", "44", "4000", "0", "root"};
    const auto groups = groups_of_setting(entries, some_accounts(), "GOSU_GROUPS");
    ASSERT_TRUE(groups) << groups.error().message;
    EXPECT_EQ(groups->members, (std::vector<Membership>{{999, "docker", GroupSource::setting},
                                                        {44, "video", GroupSource::setting},
                                                        {4000, "", GroupSource::setting},
                                                        {0, "root", GroupSource::setting},
                                                        {0, "root", GroupSource::setting}}));
}

TEST(GroupsOfSetting, RefuseWhatIsNone) {
    const std::pair<const char*, const char*> table[] = {
        {"missing", "there is no group missing in /etc/group"},
        {"missing", "Write a name that is, or a gid. If it need not exist, write -missing"},
        {"@/no/such/path", "If it need not exist, write -@/no/such/path"},
        {"-", "a leading - means \"if it exists\", and a name, a gid or @PATH has to follow it"},
        {"--video", "a leading - means"},
        {"-4294967295", "4294967295 is not an id"},
        {"-@", "@ needs a path, such as @/data"},
        {"+29", "there is no group +29 in /etc/group"},
        {"4294967295", "4294967295 is not an id"},
        {"4294967296", "4294967296 is not an id"},
        {"@/no/such/path", "No such file or directory"},
    };
    for (const auto& [entry, reason] : table) {
        const std::vector<std::string> entries{"docker", entry};
        const auto groups = groups_of_setting(entries, some_accounts(), "GOSU_GROUPS");
        ASSERT_FALSE(groups) << entry;
        EXPECT_THAT(groups.error().message, HasSubstr(reason)) << entry;
    }
}

// A gid exists where /etc/group has a line with it.
TEST(GroupsOfSetting, SkipWhatNeedNotExistAndDoesNot) {
    const std::vector<std::string> entries{"-docker", "-missing", "-44", "-109", "-@/no/such/path", "-audio"};
    const auto groups = groups_of_setting(entries, some_accounts(), "GOSU_GROUPS");
    ASSERT_TRUE(groups) << groups.error().message;
    EXPECT_EQ(gids_of(*groups), (std::vector<gid_t>{999, 44, 29}));
    EXPECT_THAT(groups->absent, ElementsAre("-missing", "-109", "-@/no/such/path"));
}

class GroupsOfPaths : public OwnedPaths {};

TEST_F(GroupsOfPaths, ThatNeedNotExistCountWhereTheyDo) {
    const std::vector<std::string> entries{"-@" + owned_by(0, 999), "-@" + (directory() / "missing")};
    const auto groups = groups_of_setting(entries, some_accounts(), "GOSU_GROUPS");
    ASSERT_TRUE(groups) << groups.error().message;
    EXPECT_EQ(gids_of(*groups), std::vector<gid_t>{999});
    EXPECT_EQ(groups->absent, std::vector<std::string>{entries[1]});
    const std::vector<std::string> of_root{"-@" + owned_by(0, 0)};
    EXPECT_FALSE(groups_of_setting(of_root, some_accounts(), "GOSU_GROUPS"))
        << "it exists, and group 0 is still refused";
}

TEST_F(GroupsOfPaths, AreTakenFromTheirOwner) {
    const std::vector<std::string> entries{"@" + owned_by(0, 999)};
    const auto groups = groups_of_setting(entries, some_accounts(), "GOSU_GROUPS");
    ASSERT_TRUE(groups) << groups.error().message;
    EXPECT_EQ(gids_of(*groups), std::vector<gid_t>{999});
}

TEST_F(GroupsOfPaths, MayNotBe0UnlessThatIsWritten) {
    const std::vector<std::string> entries{"@" + owned_by(1500, 0)};
    const auto groups = groups_of_setting(entries, some_accounts(), "GOSU_GROUPS");
    ASSERT_FALSE(groups);
    EXPECT_THAT(groups.error().message, HasSubstr("belongs to group 0"));
    EXPECT_THAT(groups.error().message, EndsWith("if it is meant, set GOSU_GROUPS=0"));
    const auto of_flag = groups_of_setting(entries, some_accounts(), "--groups");
    ASSERT_FALSE(of_flag);
    EXPECT_THAT(of_flag.error().message, EndsWith("if it is meant, give --groups 0"));
}

Membership member(gid_t gid, GroupSource source) { return {gid, "", source}; }

TEST(AddGroups, KeepsTheFirstSourceOfEachGid) {
    Groups groups;
    add_groups(groups, {{member(44, GroupSource::account), member(29, GroupSource::account)}, {}}, 1000);
    add_groups(groups,
               {{member(29, GroupSource::container), member(7, GroupSource::container)},
                {{6, "disk", IgnoredCause::lists_root}}},
               1000);
    add_groups(groups,
               {{member(7, GroupSource::setting), member(7, GroupSource::setting)},
                {{0, "root", IgnoredCause::group_of_root}}},
               1000);
    EXPECT_EQ(groups.members,
              (std::vector<Membership>{member(7, GroupSource::container), member(29, GroupSource::account),
                                       member(44, GroupSource::account)}));
    EXPECT_THAT(ignored(groups), ElementsAre(6, 0));
}

TEST(AddGroups, DoesNotRepeatThePrimaryGid) {
    Groups groups;
    add_groups(groups, {{member(44, GroupSource::setting), member(1000, GroupSource::setting)}, {}}, 1000);
    EXPECT_EQ(gids_of(groups), std::vector<gid_t>{44});
}

TEST(AddGroups, TakesEachGidOnce) {
    Groups groups;
    add_groups(groups, {{member(44, GroupSource::setting), member(44, GroupSource::setting)}, {}}, 0);
    EXPECT_EQ(gids_of(groups), std::vector<gid_t>{44});
}

// The kernel's own word for it.
TEST(OverflowId, IsWhatTheKernelSays) {
    EXPECT_EQ(std::to_string(overflow_id(OverflowId::uid)) + "\n", read_file("/proc/sys/kernel/overflowuid"));
    EXPECT_EQ(std::to_string(overflow_id(OverflowId::gid)) + "\n", read_file("/proc/sys/kernel/overflowgid"));
}

}  // namespace
}  // namespace stepdown::test
