// SPDX-License-Identifier: Apache-2.0
// Whom the command runs as: what each start changes, and what it refuses.
#include "support/plan/plan_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Gids = std::vector<gid_t>;

struct Row {
    Start start;
    std::optional<Credentials> credentials;
};

Process with_groups(Process process, Gids groups) {
    process.groups = std::move(groups);
    return process;
}

Process with_capabilities(Process process, CapabilitySet set) {
    process.effective = set;
    return process;
}

const CapabilitySet id_capabilities = capability_set({cap_setgid, cap_setuid});

std::vector<Row> changes() {
    return {
        {{{}, {"GOSU_USER=1000:1000"}}, Credentials{0, 1000, 1000, Gids{}}},
        {{{"-u", "1000:1000"}, {}}, Credentials{0, 1000, 1000, Gids{}}},
        {{{}, {"GOSU_USER=1000:1000"}, with_groups(container_root, {})}, Credentials{0, 1000, 1000, std::nullopt}},
        {{{}, {"GOSU_USER=app"}}, Credentials{0, 1500, 1500, Gids{29, 44}}},
        {{{}, {"GOSU_USER=app:audio"}}, Credentials{0, 1500, 29, Gids{}}},
        {{{}, {"GOSU_USER=app", "GOSU_GROUPS=docker"}}, Credentials{0, 1500, 1500, Gids{29, 44, 999}}},
        {{{}, {"GOSU_USER=app", "GOSU_GROUPS=none"}}, Credentials{0, 1500, 1500, Gids{}}},
        {{{}, {"GOSU_USER=app:app", "GOSU_GROUPS=docker,app"}}, Credentials{0, 1500, 1500, Gids{999}}},
        {{{}, {"GOSU_USER=1000:1000"}, with_groups(container_root, {0, 6, 999, 4000})},
         Credentials{0, 1000, 1000, Gids{999, 4000}}},
        {{{}, {"GOSU_USER=1000:1000", "GOSU_GROUPS=none"}, with_groups(container_root, {0, 6, 999})},
         Credentials{0, 1000, 1000, Gids{}}},
        // A user that stays keeps its groups, unless groups are set.
        {{{}, {"GOSU_USER=root"}}, std::nullopt},
        {{{}, {"GOSU_USER=0:0"}}, std::nullopt},
        {{{}, {"GOSU_USER=root"}, bare_root}, std::nullopt},
        {{{}, {"GOSU_USER=0:1000"}}, Credentials{0, 0, 1000, std::nullopt}},
        {{{}, {"GOSU_USER=root", "GOSU_GROUPS=docker"}}, Credentials{0, 0, 0, Gids{6, 999}}},
        {{{}, {"GOSU_USER=root", "GOSU_GROUPS=none"}}, Credentials{0, 0, 0, Gids{}}},
        // Engines repeat the primary gid among the groups: put right where that can be done.
        {{{}, {"GOSU_USER=root", "GOSU_GROUPS=6"}}, Credentials{0, 0, 0, Gids{6}}},
        {{{}, {"GOSU_USER=root", "GOSU_GROUPS=6"}, with_groups(bare_root, {0, 6})}, std::nullopt},
        {{{}, {"GOSU_USER=1000:0"}, with_capabilities(with_groups(container_root, {}), capability_set({cap_setuid}))},
         Credentials{0, 1000, 0, std::nullopt}},
        // Not as root.
        {{{}, {}, user_1000}, std::nullopt},
        {{{}, {"GOSU_USER=1000:1000"}, user_1000}, std::nullopt},
        {{{"-u", "1000:1000"}, {}, user_1000}, std::nullopt},
        {{{}, {"GOSU_USER=2000:2000"}, with_capabilities(user_1000, id_capabilities)},
         Credentials{1000, 2000, 2000, Gids{}}},
    };
}

TEST(MakePlan, ChangesWhatTheUserSettingMeans) {
    for (const auto& [start, credentials] : changes()) {
        const auto plan = plan_of(start);
        ASSERT_TRUE(plan) << testing::PrintToString(start) << plan.error().message;
        EXPECT_EQ(plan->credentials, credentials) << testing::PrintToString(start);
        EXPECT_THAT(plan->warnings, IsEmpty()) << testing::PrintToString(start);
        EXPECT_THAT(plan->errors, IsEmpty()) << testing::PrintToString(start);
    }
}

TEST(MakePlan, LeavesOutOfACallWhatBelongsToTheStart) {
    const Process with_added = with_groups(container_root, {0, 6, 999});
    const auto call =
        plan_of({{"-u", "1000:1000"}, {"GOSU_USER=app", "GOSU_GROUPS=audio", "GOSU_CHOWN=/"}, with_added});
    EXPECT_EQ(call->credentials, (Credentials{0, 1000, 1000, Gids{}}));
    EXPECT_THAT(call->ownership.operands, IsEmpty());
    const auto start = plan_of({{"-u", "1000:1000"}, {"GOSU_GROUPS=audio"}, with_added});
    EXPECT_EQ(start->credentials, (Credentials{0, 1000, 1000, Gids{29, 999}}));
}

TEST(MakePlan, SaysWhereEachGroupComesFrom) {
    const auto plan = plan_of({{}, {"GOSU_USER=app", "GOSU_GROUPS=60"}, with_groups(container_root, {0, 6, 999})});
    EXPECT_FALSE(plan->groups_kept);
    EXPECT_EQ(plan->groups.members, (std::vector<Membership>{{29, "audio", GroupSource::account},
                                                             {44, "video", GroupSource::account},
                                                             {60, "games", GroupSource::setting},
                                                             {999, "docker", GroupSource::container}}));
    ASSERT_EQ(plan->groups.ignored.size(), 2U);
    EXPECT_EQ(plan->groups.ignored[1].name, "disk");
}

TEST(MakePlan, RefusesAUserThatMakesNoPlan) {
    const std::pair<Start, const char*> table[] = {
        {{{}, {"GOSU_USER=missing"}}, "cannot use GOSU_USER=missing: there is no user missing"},
        {{{"--user=missing"}, {}, user_1000}, "cannot use --user=missing: there is no user missing"},
        {{{}, {"GOSU_USER=1234"}}, "cannot use GOSU_USER=1234: uid 1234 has no entry"},
        {{{}, {"GOSU_USER=:1000"}}, "cannot use GOSU_USER=:1000: the user before the colon is empty"},
        {{{}, {"GOSU_USER=app:missing"}}, "cannot use GOSU_USER=app:missing: there is no group missing"},
        {{{}, {"GOSU_USER=4294967295"}, user_1000}, "cannot use GOSU_USER=4294967295: 4294967295 is not an id"},
        {{{}, {"GOSU_USER=missing"}, with_capabilities(user_1000, id_capabilities)}, "there is no user missing"},
        {{{}, {}}, "cannot start: no user is set"},
        {{{}, {"GOSU_USER="}}, "cannot start: no user is set"},
        {{{"--strict", "-c", "/data"}, {}, bare_root}, "cannot start: no user is set"},
    };
    for (const auto& [start, message] : table) {
        const auto plan = plan_of(start);
        ASSERT_FALSE(plan) << testing::PrintToString(start);
        EXPECT_THAT(plan.error().message, HasSubstr(message));
        EXPECT_EQ(plan.error().count(), 1U) << "nothing follows from it that is said as well";
        EXPECT_EQ(plan.error().code, ExitCode::failure);
    }
}

// What a dry run can still look past.
TEST(MakePlan, MakesAnErrorOfWhatEndsTheStart) {
    const std::pair<Start, const char*> table[] = {
        {{{}, {"GOSU_USER=app", "GOSU_GROUPS=missing"}}, "cannot use GOSU_GROUPS=missing: there is no group missing"},
        {{{"-g", "-", "-u", "app"}, {}}, "cannot use --groups=-: a leading - means"},
        // Badly written, or a flag: not skipped, whoever starts.
        {{{}, {"GOSU_USER=missing", "GOSU_GROUPS=4294967295"}, user_1000}, "4294967295 is not an id"},
        {{{"-g", "missing"}, {"GOSU_USER=1000:1000"}, user_1000}, "cannot use --groups=missing: there is no group"},
        {{{}, {"GOSU_USER=1000:1000", "GOSU_GROUPS=4294967295"}, user_1000}, "4294967295 is not an id"},
    };
    for (const auto& [start, message] : table) {
        const auto plan = plan_of(start);
        ASSERT_TRUE(plan) << testing::PrintToString(start) << plan.error().message;
        EXPECT_THAT(plan->errors, ElementsAre(HasSubstr(message)));
    }
}

struct RefusedStart {
    Start start;
    std::vector<std::string> parts;  // of its one message
};

std::vector<RefusedStart> refused_starts() {
    const auto root_with = [](CapabilitySet set) { return with_capabilities(container_root, set); };
    return {
        {{{}, {"GOSU_USER=1000:1000"}, bare_root}, {"GOSU_USER=1000:1000", "SETUID", "cap_add: [SETUID"}},
        {{{}, {"GOSU_USER=app"}, bare_root}, {"cap_add: [SETUID, SETGID]"}},
        {{{}, {"GOSU_USER=app"}, root_with(capability_set({cap_setuid}))}, {"SETGID", "cap_add: [SETGID]"}},
        {{{}, {"GOSU_USER=app"}, root_with(capability_set({cap_setgid}))}, {"SETUID", "cap_add: [SETUID]"}},
        {{{}, {"GOSU_USER=0:1000"}, bare_root}, {"cap_add: [SETGID]"}},
        {{{}, {"GOSU_USER=root", "GOSU_GROUPS=docker"}, bare_root}, {"cap_add: [SETGID]"}},
        {{{"-u", "app"}, {}, user_1000}, {"--user=app", "uid 1000 is not root", "SETUID"}},
        {{{"-u", "app"}, {"GOSU_USER=1000:1000"}, user_1000}, {"--user=app"}},
        {{{"--strict"}, {"GOSU_USER=app"}, arbitrary_user}, {"GOSU_USER=app", "uid 100000 is not root", "--strict"}},
        {{{}, {"GOSU_USER=app", "GOSU_STRICT=1", "GOSU_CHOWN_ERRORS=warn"}, arbitrary_user}, {"GOSU_USER=app"}},
        {{{"--strict", "-g", "audio"}, {}, user_1000}, {"--groups=audio"}},
        {{{"--strict", "-c", "/data"}, {}, user_1000}, {"--chown=/data"}},
        {{{"--strict", "-c", "/data", "--chown-errors=fail"}, {}, user_1000}, {"--chown=/data"}},
    };
}

TEST(MakePlan, ReportsAnErrorAndChangesNothing) {
    for (const auto& [start, parts] : refused_starts()) {
        const auto plan = plan_of(start);
        ASSERT_TRUE(plan) << testing::PrintToString(start) << plan.error().message;
        ASSERT_EQ(plan->errors.size(), 1U) << testing::PrintToString(start);
        for (const std::string& part : parts) EXPECT_THAT(plan->errors[0], HasSubstr(part));
        EXPECT_EQ(plan->credentials, std::nullopt) << testing::PrintToString(start);
    }
}

struct Warning {
    Start start;
    std::string message;
};

std::vector<Warning> warnings() {
    const std::string skipped = "so the command runs as that uid; skipped: ";
    return {
        {{{}, {"GOSU_USER=app"}, arbitrary_user}, "uid 100000 is not root, " + skipped + "GOSU_USER=app"},
        {{{}, {"GOSU_USER=app", "GOSU_CHOWN=/data", "GOSU_GROUPS=docker"}, arbitrary_user},
         "uid 100000 is not root, " + skipped + "GOSU_USER=app, GOSU_GROUPS=docker, GOSU_CHOWN=/data"},
        {{{}, {"GOSU_GROUPS=docker"}, user_1000}, "uid 1000 is not root, " + skipped + "GOSU_GROUPS=docker"},
        {{{"-c", "/data"}, {}, user_1000}, "uid 1000 is not root, " + skipped + "--chown=/data"},
        // As root each of these is an error.
        {{{}, {"GOSU_USER=missing", "GOSU_CHOWN=/data"}, user_1000},
         "uid 1000 is not root, " + skipped + "GOSU_USER=missing, GOSU_CHOWN=/data"},
        {{{}, {"GOSU_USER=1234"}, user_1000}, "uid 1000 is not root, " + skipped + "GOSU_USER=1234"},
        {{{}, {"GOSU_USER=@/missing"}, arbitrary_user}, "uid 100000 is not root, " + skipped + "GOSU_USER=@/missing"},
        {{{}, {"GOSU_USER=toor"}, user_1000}, "uid 1000 is not root, " + skipped + "GOSU_USER=toor"},
        {{{}, {"GOSU_USER=missing"}, with_capabilities(user_1000, capability_set({cap_setuid}))},
         "uid 1000 is not root, " + skipped + "GOSU_USER=missing"},
        {{{}, {"GOSU_USER=app", "GOSU_GROUPS=missing"}, user_1000},
         "uid 1000 is not root, " + skipped + "GOSU_USER=app, GOSU_GROUPS=missing"},
        {{{}, {"GOSU_USER=missing", "GOSU_UID=5", "GOSU_GID=@/missing"}, user_1000},
         "uid 1000 is not root, " + skipped + "GOSU_USER=missing, GOSU_UID=5, GOSU_GID=@/missing"},
        // The user is right already, and only what cannot be resolved is skipped.
        {{{}, {"GOSU_USER=1000:1000", "GOSU_GROUPS=missing"}, user_1000},
         "uid 1000 is not root, " + skipped + "GOSU_GROUPS=missing"},
        {{{}, {"GOSU_USER=app", "GOSU_UID=@/missing"}, Process{1500, 1500, {29, 44, 1500}, {}}},
         "uid 1500 is not root, " + skipped + "GOSU_UID=@/missing"},
        {{{"--strict", "-c", "/data", "--chown-errors=warn"}, {}, user_1000},
         "uid 1000 is not root, " + skipped + "--chown=/data"},
    };
}

TEST(MakePlan, RunsAsIsWithOneWarning) {
    for (const auto& [start, message] : warnings()) {
        const auto plan = plan_of(start);
        ASSERT_TRUE(plan) << testing::PrintToString(start) << plan.error().message;
        EXPECT_THAT(plan->warnings, ElementsAre(message));
        EXPECT_THAT(plan->errors, IsEmpty());
        EXPECT_EQ(plan->identity.uid, start.process.uid);
        EXPECT_EQ(plan->identity.gid, start.process.gid);
        EXPECT_TRUE(plan->groups_kept);
        EXPECT_EQ(plan->groups, Groups{});
        EXPECT_EQ(plan->credentials, std::nullopt);
        EXPECT_EQ(plan->stdio, std::nullopt);
        EXPECT_THAT(plan->ownership.operands, IsEmpty()) << "the tree is not walked";
    }
}

// Of those that a process has, images give root the ones below 1000.
TEST(MakePlan, LeavesOutSystemGroupsWhereTheGroupFileIsNotTheImages) {
    const Process process = with_groups(container_root, {0, 1, 6, 29, 44, 2000});
    Start start{{}, {"GOSU_USER=1000:1000"}, process};
    EXPECT_EQ(plan_of(start)->credentials->groups, (Gids{1, 29, 44, 2000}));
    EXPECT_THAT(plan_of(start)->warnings, IsEmpty());
    start.group_file_is_apart = [] { return true; };
    EXPECT_EQ(plan_of(start)->credentials->groups, Gids{2000});
    EXPECT_THAT(plan_of(start)->warnings,
                ElementsAre(AllOf(HasSubstr("groups left out: 1, 29, 44. /etc/group is mounted"),
                                  HasSubstr("set GOSU_GROUPS=1,29,44"))));
    start.variables = {"GOSU_USER=app", "GOSU_GROUPS=docker"};
    EXPECT_EQ(plan_of(start)->credentials->groups, (Gids{29, 44, 999, 2000})) << "the account is listed in two of them";
    EXPECT_THAT(plan_of(start)->warnings, ElementsAre(HasSubstr("set GOSU_GROUPS=docker,1")));
    start.variables = {"GOSU_USER=1000:1000", "GOSU_GROUPS=none"};
    EXPECT_THAT(plan_of(start)->warnings, IsEmpty());
}

// The question costs system calls.
TEST(MakePlan, DoesNotAskWhereTheGroupFileIsUnlessThatMatters) {
    static bool is_asked;
    is_asked = false;
    Start start{{}, {"GOSU_USER=1000:1000"}, with_groups(container_root, {0, 6, 1000, 2000})};
    start.group_file_is_apart = [] { return is_asked = true; };
    for (const Gids& gids : {Gids{}, Gids{0}, Gids{0, 6}, Gids{0, 6, 1000, 2000}}) {
        start.process.groups = gids;
        EXPECT_TRUE(plan_of(start));
        EXPECT_FALSE(is_asked) << testing::PrintToString(gids);
    }
    start.process.groups = {0, 29};
    EXPECT_TRUE(plan_of(start));
    EXPECT_TRUE(is_asked);
}

TEST(MakePlan, NotesWhichGroupsNeedNotExistAndDoNot) {
    const auto plan = plan_of({{}, {"GOSU_USER=app", "GOSU_GROUPS=-docker,-109,-@/no/such/path"}});
    EXPECT_EQ(plan->credentials->groups, (Gids{29, 44, 999}));
    EXPECT_THAT(plan->notes, ElementsAre("-109 in GOSU_GROUPS does not exist, which is allowed",
                                         "-@/no/such/path in GOSU_GROUPS does not exist, which is allowed"));
    EXPECT_THAT(plan->warnings, IsEmpty());
}

TEST(MakePlan, WarnsOfATypoInAName) {
    const auto plan = plan_of({{}, {"GOSU_USER=app"}, container_root, {"GOSU_CHONW=/data", "GOSU_VERSION=1"}});
    EXPECT_THAT(plan->warnings, ElementsAre("unknown setting GOSU_CHONW. Did you mean GOSU_CHOWN?"));
}

}  // namespace
}  // namespace stepdown::test
