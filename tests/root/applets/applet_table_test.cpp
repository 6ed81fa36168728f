// SPDX-License-Identifier: Apache-2.0
// The specs of gosu and su-exec: what the command sees of itself. Debian's own gosu runs through the same table, so
// that the expectations are those of the original.
#include "support/process/gosus.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

namespace stepdown::test {
namespace {

struct Row {
    std::string spec;
    std::string gosu;     // "UID:GID SUPPLEMENTARY..." as /proc/self/status has it
    std::string su_exec;  // as gosu
    std::string home;
};

void PrintTo(const Row& row, std::ostream* out) { *out << '\'' << row.spec << '\''; }

// In test_passwd and test_group root is listed in disk (6), games in audio (29), app in audio and video (44).
const Row table[] = {
    {"0", "0:0 6", "0:0 0 6", "/root"},
    {"0:0", "0:0", "0:0 0", "/root"},
    {"root", "0:0 6", "0:0 0 6", "/root"},
    {"0:root", "0:0", "0:0 0", "/root"},
    {"root:0", "0:0", "0:0 0", "/root"},
    {"root:root", "0:0", "0:0 0", "/root"},
    {"1000", "1000:0", "1000:0 0", "/"},
    {"0:1000", "0:1000", "0:1000 1000", "/root"},
    {"1000:1000", "1000:1000", "1000:1000 1000", "/"},
    {"root:1000", "0:1000", "0:1000 1000", "/root"},
    {"1000:root", "1000:0", "1000:0 0", "/"},
    {"1000:daemon", "1000:1", "1000:1 1", "/"},
    {"games", "5:60 29", "5:60 29 60", "/usr/games"},
    {"games:daemon", "5:1", "5:1 1", "/usr/games"},
    {"0:", "0:0 6", "0:0 0 6", "/root"},
    {":0", "0:0", "0:0 0", "/root"},
    {"", "0:0 6", "0:0 0 6", "/root"},
    {"app", "1500:1500 29 44", "1500:1500 29 44 1500", "/srv/app"},
    {"1500", "1500:1500 29 44", "1500:1500 29 44 1500", "/srv/app"},
    {"app:docker", "1500:999", "1500:999 999", "/srv/app"},
    {":1000", "0:1000", "0:1000 1000", "/root"},
    {"2147483647:2147483647", "2147483647:2147483647", "2147483647:2147483647 2147483647", "/"},
};

// Started with groups that no spec asks for, and with a HOME that must not survive.
Outcome run_with_settings(Command command) {
    command.with({"GOSU_USER=nobody", "GOSU_GROUPS=docker", "GOSU_HOME=/elsewhere"});
    command.environment.at(1) = "HOME=/inherited";
    command.after(groups({0, 20}));
    return run(command);
}

class AppletTable : public testing::TestWithParam<Row> {};

TEST_P(AppletTable, GosuTakesTheSpecAsGosuDoes) {
    const Row& row = GetParam();
    const Outcome outcome = run_with_settings(gosu(and_see({row.spec})));
    EXPECT_EQ(seen(outcome).ids(), row.gosu);
    EXPECT_EQ(seen(outcome).variable("HOME"), row.home);
    EXPECT_EQ(outcome.err, "");
}

TEST_P(AppletTable, SuExecTakesTheSpecAsSuExecDoes) {
    const Row& row = GetParam();
    const Outcome outcome = run_with_settings(su_exec(and_see({row.spec})));
    EXPECT_EQ(seen(outcome).ids(), row.su_exec);
    EXPECT_EQ(seen(outcome).variable("HOME"), row.home);
    EXPECT_EQ(outcome.err, "");
}

TEST(Applets, DifferInTheLargestId) {
    EXPECT_EQ(seen(run_with_settings(su_exec(and_see({"4294967294:3000000000"})))).ids(),
              "4294967294:3000000000 3000000000");
    const Outcome refused = run_with_settings(gosu(and_see({"2147483648"})));
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_EQ(refused.err, "error: failed switching to '2147483648': uids and gids must be in range 0-2147483647\n");
    EXPECT_EQ(run_with_settings(su_exec(and_see({"4294967295"}))).exit_code, 1);
}

TEST_P(AppletTable, DebiansGosuAgrees) {
    STEPDOWN_SKIP_IF(no_debians_gosu());
    const Row& row = GetParam();
    Command as_original = run_as(Gosu::debians, and_see({row.spec}));
    as_original.after(private_mounts()).after(accounts(test_passwd, test_group));
    const Outcome outcome = run_with_settings(as_original);
    EXPECT_EQ(seen(outcome).ids(), row.gosu);
    EXPECT_EQ(seen(outcome).variable("HOME"), row.home);
}

INSTANTIATE_TEST_SUITE_P(Specs, AppletTable, testing::ValuesIn(table));

std::vector<std::string> without_home(std::vector<std::string> environment) {
    std::erase_if(environment, [](const std::string& variable) { return variable.starts_with("HOME="); });
    return environment;
}

TEST(Applet, OnlyHomeChangesInTheEnvironment) {
    for (Command command : {gosu(and_see({"app"})), su_exec(and_see({"app"}))}) {
        command.environment.at(1) = "HOME=/inherited";
        command.with({"USER=root", "LOGNAME=root", "EMPTY=", "LINES=a\nb", "GOSU_USER=games"});
        const Seen after = seen(run(command));
        EXPECT_EQ(after.variable("HOME"), "/srv/app");
        EXPECT_EQ(without_home(after.texts("env")), without_home(command.environment));
    }
}

TEST(Applet, HomeIsSetEvenWhereItWasNot) {
    Command command = gosu(and_see({"games"}));
    command.environment.erase(command.environment.begin() + 1);
    EXPECT_EQ(seen(run(command)).variable("HOME"), "/usr/games");
}

TEST(Applet, EveryNameOfUid0IsRoot) {
    for (Command command : {gosu(and_see({"toor"})), su_exec(and_see({"toor"}))}) {
        command.after(private_mounts()).after(accounts("toor:x:0:7::/toor:/bin/sh\n", "daemon:x:7:\n"));
        EXPECT_EQ(seen(run(command)).one("Uid"), "0 0 0 0");
    }
}

// A bare uid without an entry keeps the gid the process has.
TEST(Applet, AUidWithoutEntryKeepsTheCurrentGid) {
    for (const bool as_gosu : {true, false}) {
        Command command = as_gosu ? gosu(and_see({"1000"})) : su_exec(and_see({"1000"}));
        command.after(ids(0, 77, {77, 20}));
        EXPECT_EQ(seen(run(command)).ids(), as_gosu ? "1000:77" : "1000:77 77");
    }
}

TEST(Applet, WorksWithoutAccountFiles) {
    for (const bool as_gosu : {true, false}) {
        Command command = as_gosu ? gosu(and_see({"1000:1000"})) : su_exec(and_see({"1000:1000"}));
        command.after(accounts({}, {}));
        EXPECT_EQ(seen(run(command)).ids(), as_gosu ? "1000:1000" : "1000:1000 1000");
    }
}

// No uid 0 is reachable from what is left.
TEST(Applet, TheCommandHasNoCapabilities) {
    for (const bool as_gosu : {true, false}) {
        const Command command = as_gosu ? gosu(and_see({"app"})) : su_exec(and_see({"app"}));
        const Seen after = seen(run(command));
        for (const char* set : {"CapPrm", "CapEff", "CapInh", "CapAmb"}) {
            EXPECT_EQ(after.one(set), "0000000000000000") << set;
        }
    }
}

}  // namespace
}  // namespace stepdown::test
