// SPDX-License-Identifier: Apache-2.0
// Everything of a plan but the ids: HOME, umask, trees, streams, PATH.
#include "stepdown/base/choices.h"
#include "stepdown/plan/make_plan.h"

#include "support/plan/plan_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using Changes = std::vector<EnvironmentChange>;
using Variables = std::vector<std::string>;

Plan need(const Start& start) {
    auto plan = plan_of(start);
    EXPECT_TRUE(plan) << testing::PrintToString(start) << message_of(plan);
    return plan ? *std::move(plan) : Plan{};
}

Process able(Process process) {
    process.effective = container_root.effective;
    return process;
}

struct HomeRow {
    Start start;
    Changes environment;
};

std::vector<HomeRow> homes() {
    const Changes app{{"HOME", "/srv/app"}, {"USER", "app"}, {"LOGNAME", "app"}};
    const Process app_process{1500, 1500, {}, {}};
    return {
        {{{}, {"GOSU_USER=app"}}, app},
        {{{}, {"GOSU_USER=1500"}}, app},
        {{{}, {"GOSU_USER=app", "GOSU_HOME=/x"}}, {{"HOME", "/x"}, {"USER", "app"}, {"LOGNAME", "app"}}},
        {{{}, {"GOSU_USER=nohome"}}, {{"HOME", "/"}, {"USER", "nohome"}, {"LOGNAME", "nohome"}}},
        {{{}, {"GOSU_USER=1000:1000"}}, {{"HOME", "/"}}},
        {{{}, {"GOSU_USER=1000:1000"}, container_root, {"HOME=/other"}}, {{"HOME", "/other"}}},
        {{{}, {"GOSU_USER=1000:1000"}, container_root, {"HOME=/root", "USER=root"}},
         {{"HOME", "/"}, {"USER", std::nullopt}}},
        {{{}, {"GOSU_USER=1000:1000", "GOSU_HOME=/x"}}, {{"HOME", "/x"}}},
        // The starting account's own home is not handed on.
        {{{}, {"GOSU_USER=2000:2000"}, able(app_process), {"HOME=/srv/app"}}, {{"HOME", "/"}}},
        {{{}, {"GOSU_USER=2000:2000"}, able(app_process), {"HOME=/root"}}, {{"HOME", "/root"}}},
        // A uid that stays keeps its environment.
        {{{}, {"GOSU_USER=root"}}, {}},
        {{{}, {"GOSU_USER=0:1000"}, container_root, {"HOME=/x", "USER=x"}}, {}},
        {{{"--home=/x"}, {"GOSU_USER=root"}}, {{"HOME", "/x"}}},
        {{{}, {}, user_1000}, {}},
        {{{"--home=/x"}, {}, user_1000}, {{"HOME", "/x"}}},
        {{{}, {"GOSU_USER=app", "GOSU_HOME=/x"}, arbitrary_user}, {{"HOME", "/x"}}},
    };
}

TEST(MakePlan, DecidesTheEnvironment) {
    for (const auto& [start, environment] : homes()) {
        EXPECT_EQ(need(start).environment, environment) << testing::PrintToString(start);
    }
}

TEST(MakePlan, KnowsRootsHomeWithoutAnEntry) {
    const Call call({"-u", "1000:1000", "app"});
    const Strings environment({"HOME=/root"});
    const Accounts none;
    const auto plan = make_plan(*call.settings(), {none, container_root, environment.data()});
    EXPECT_EQ(plan.environment, (Changes{{"HOME", "/"}}));
}

TEST(MakePlan, HonoursTheUmaskWhoeverRuns) {
    EXPECT_EQ(need({{"--umask=027"}, {"GOSU_USER=app"}}).umask, mode_t{027});
    EXPECT_EQ(need({{}, {"GOSU_USER=app", "GOSU_UMASK=0"}, arbitrary_user}).umask, mode_t{0});
    EXPECT_EQ(need({{}, {"GOSU_USER=app"}}).umask, std::nullopt);
}

TEST(MakePlan, OwnsTheTreesForTheUser) {
    const Plan plan = need({{}, {"GOSU_USER=app:audio", "GOSU_CHOWN=/data -/cache"}});
    EXPECT_EQ(plan.ownership.operands, (std::vector<Operand>{{"/data"}, {"/cache", Presence::optional}}));
    EXPECT_EQ(plan.ownership.owner.uid, 1500U);
    EXPECT_EQ(plan.ownership.owner.gid, 29U);
    EXPECT_EQ(plan.ownership.mounts, Mounts::enter);
    EXPECT_EQ(need({{"--one-file-system"}, {"GOSU_USER=app"}}).ownership.mounts, Mounts::stay);
    EXPECT_EQ(need({{"-c", "/data"}, {"GOSU_USER=root"}}).ownership.operands.size(), 1U);
}

TEST(MakePlan, HandsPolicyAndHardLinksToTheEngine) {
    const OwnershipPlan usual = need({{}, {"GOSU_USER=app"}}).ownership;
    EXPECT_EQ(usual.policy, ChownPolicy::on_mismatch);
    EXPECT_EQ(usual.hard_links, HardLinks::automatic);
    EXPECT_EQ(need({{"--chown-policy=on-root-mismatch"}, {"GOSU_USER=app"}}).ownership.policy,
              ChownPolicy::on_root_mismatch);
    EXPECT_EQ(need({{}, {"GOSU_USER=app", "GOSU_CHOWN_POLICY=top"}}).ownership.policy, ChownPolicy::top);
    EXPECT_EQ(need({{"--chown-hardlinks=allow"}, {"GOSU_USER=app"}}).ownership.hard_links, HardLinks::allow);
    EXPECT_EQ(need({{"--chown-hardlinks=refuse"}, {"GOSU_USER=app"}}).ownership.hard_links, HardLinks::refuse);
}

TEST(MakePlan, HandsExclusionsToTheEngine) {
    EXPECT_TRUE(need({{}, {"GOSU_USER=app", "GOSU_CHOWN=/data"}}).ownership.excluded.empty());
    const Plan plan = need({{}, {"GOSU_USER=app", "GOSU_CHOWN=/data", "GOSU_CHOWN_EXCLUDE=.git /data/cache"}});
    EXPECT_EQ(plan.ownership.excluded, (Exclusions{{".git"}, {{"/data/cache"}}, "GOSU_CHOWN_EXCLUDE"}));
    EXPECT_THAT(plan.warnings, testing::IsEmpty());
}

TEST(MakePlan, WarnsOfExclusionsThatCanExcludeNothing) {
    const Variables no_tree{"GOSU_USER=app", "GOSU_CHOWN_EXCLUDE=.git /data/cache"};
    EXPECT_THAT(
        need({{}, no_tree}).warnings,
        testing::ElementsAre("GOSU_CHOWN_EXCLUDE names /data/cache, and no tree is listed whose owner is changed"));
    EXPECT_THAT(need({{}, {"GOSU_USER=app", "GOSU_CHOWN_EXCLUDE=.git"}}).warnings, testing::IsEmpty());
    EXPECT_THAT(
        need({{"--chown-exclude=*.log"}, {"GOSU_USER=app", "GOSU_CHOWN=/data"}}).warnings,
        testing::ElementsAre(testing::HasSubstr("--chown-exclude excludes only what has exactly the name *.log")));
}

TEST(MakePlan, MakesDirectoriesForTheUser) {
    const Plan plan = need({{}, {"GOSU_USER=app:audio", "GOSU_MKDIR=/a b"}});
    EXPECT_EQ(plan.directories,
              (DirectoriesPlan{{"/a", "b"}, 1500, 29, DirectoryErrors::fail, {"", ""}, "GOSU_MKDIR"}));
    EXPECT_EQ(need({{"-m", "/a"}, {"GOSU_USER=root"}, bare_root}).directories.errors, DirectoryErrors::fail);
}

TEST(MakePlan, MakesDirectoriesForWhomeverThisStays) {
    const Variables both{"GOSU_USER=app", "GOSU_MKDIR=/a"};
    const Plan plan = need({{}, both, arbitrary_user});
    EXPECT_EQ(plan.directories, (DirectoriesPlan{{"/a"}, 100000, 0, DirectoryErrors::warn, {""}, "GOSU_MKDIR"}));
    EXPECT_EQ(need({{"-m", "/a"}, {}, user_1000}).directories.errors, DirectoryErrors::warn);
    EXPECT_EQ(need({{"-m", "/a", "-u", "1000:1000"}, {}, user_1000}).directories.errors, DirectoryErrors::warn);
    EXPECT_EQ(need({{"-m", "/a", "--strict"}, {}, user_1000}).directories.errors, DirectoryErrors::fail);
    EXPECT_EQ(need({{"-m", "/a", "-u", "2000:2000"}, {}, able(user_1000)}).directories.errors, DirectoryErrors::fail);
}

struct ErrorsRow {
    Start start;
    ChownErrors errors;
};

// Who cannot change the owner of anything is warned of what is wrong, unless that is a refusal.
TEST(MakePlan, DecidesWhatAnEntryThatFailsMeans) {
    const ErrorsRow table[] = {
        {{{}, {"GOSU_USER=app"}}, ChownErrors::fail},
        {{{}, {"GOSU_USER=root"}, bare_root}, ChownErrors::fail},
        {{{"--chown-errors=warn"}, {"GOSU_USER=app"}}, ChownErrors::warn},
        {{{"--chown-errors=warn", "--strict"}, {"GOSU_USER=app"}}, ChownErrors::warn},
        {{{}, {"GOSU_USER=1000:1000"}, user_1000}, ChownErrors::warn},
        {{{"--chown-errors=fail"}, {"GOSU_USER=1000:1000"}, user_1000}, ChownErrors::fail},
        {{{"--strict"}, {"GOSU_USER=1000:1000"}, user_1000}, ChownErrors::fail},
        {{{"--strict", "--chown-errors=warn"}, {"GOSU_USER=1000:1000"}, user_1000}, ChownErrors::warn},
    };
    for (const auto& [start, errors] : table) {
        EXPECT_EQ(need(start).ownership.errors, errors) << testing::PrintToString(start);
    }
}

TEST(MakePlan, HandsTheStreamsToAUserThatIsAnother) {
    EXPECT_EQ(need({{}, {"GOSU_USER=app"}}).stdio, (StdioPlan{StdioMode::automatic, 0, 1500}));
    EXPECT_EQ(need({{"--stdio=auto"}, {"GOSU_USER=app"}}).stdio, (StdioPlan{StdioMode::automatic, 0, 1500}));
    EXPECT_EQ(need({{"--stdio=own"}, {"GOSU_USER=app"}}).stdio, (StdioPlan{StdioMode::own, 0, 1500}));
    EXPECT_EQ(need({{"--stdio=keep"}, {"GOSU_USER=app"}}).stdio, std::nullopt);
    EXPECT_EQ(need({{"--stdio=own"}, {"GOSU_USER=root"}}).stdio, std::nullopt);
    EXPECT_EQ(need({{}, {"GOSU_USER=2000:2000"}, able(user_1000)}).stdio,
              (StdioPlan{StdioMode::automatic, 1000, 2000}));
}

TEST(MakePlan, SearchesThePathOfTheCommand) {
    const std::pair<Variables, SearchPath> table[] = {
        {{"PATH=/a:b::"}, {"/a", "b", "", ""}},
        {{"PATH="}, {""}},
        {{"PATH=/first", "PATH=/second"}, {"/first"}},
        {{}, split_path("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")},
    };
    for (const auto& [environment, path] : table) {
        EXPECT_EQ(need({{"-u", "app"}, {}, container_root, environment}).path, path)
            << testing::PrintToString(environment);
    }
}

TEST(MakePlan, TakesTheCommandWithAllItsWords) {
    const Strings argv({"stepdown", "-u", "1000:1000", "tool", "", "-x"});
    const Strings environment({});
    const auto line = read_command_line(argv.data());
    const Accounts accounts;
    const auto plan = make_plan(read_settings(*line), {accounts, container_root, environment.data()});
    EXPECT_EQ(plan.command, argv.data() + 3);
}

}  // namespace
}  // namespace stepdown::test
