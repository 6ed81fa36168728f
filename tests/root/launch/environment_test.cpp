// SPDX-License-Identifier: Apache-2.0
// HOME, USER, LOGNAME and the umask as the command sees them.
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>

#include <ostream>

namespace stepdown::test {
namespace {

struct Row {
    std::string name;
    Words words;
    std::vector<std::string> environment;  // HOME, USER and LOGNAME as started with, and settings
    std::string home;
    std::string user;
    std::string logname;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

const std::string unset = "(unset)";

// In test_passwd the home of app is /srv/app, that of root /root, and the field of nohome is empty.
const Row table[] = {
    {"the entry's home and name", {"-u", "app"}, {"HOME=/root"}, "/srv/app", "app", "app"},
    {"the entry of a number", {"-u", "1500"}, {"HOME=/root"}, "/srv/app", "app", "app"},
    {"the entry whatever the group", {"-u", "app:docker"}, {"HOME=/root"}, "/srv/app", "app", "app"},
    {"what was root's is replaced",
     {"-u", "app"},
     {"HOME=/root", "USER=root", "LOGNAME=root"},
     "/srv/app",
     "app",
     "app"},
    {"what was another's is replaced", {"-u", "app"}, {"HOME=/x", "USER=y", "LOGNAME=z"}, "/srv/app", "app", "app"},
    {"HOME is set where it was not", {"-u", "app"}, {}, "/srv/app", "app", "app"},
    {"no entry, root's home", {"-u", "1000:1000"}, {"HOME=/root"}, "/", unset, unset},
    {"no entry, a home of its own", {"-u", "1000:1000"}, {"HOME=/data"}, "/data", unset, unset},
    {"no entry, no home", {"-u", "1000:1000"}, {}, "/", unset, unset},
    {"no entry, root's name", {"-u", "1000:1000"}, {"USER=root", "LOGNAME=root"}, "/", unset, unset},
    {"no entry, another name", {"-u", "1000:1000"}, {"USER=ci", "LOGNAME=ci"}, "/", "ci", "ci"},
    {"no entry, one of both", {"-u", "1000:1000"}, {"USER=root", "LOGNAME=ci"}, "/", unset, "ci"},
    {"empty field, root's home", {"-u", "nohome"}, {"HOME=/root"}, "/", "nohome", "nohome"},
    {"empty field, a home of its own", {"-u", "nohome"}, {"HOME=/data"}, "/data", "nohome", "nohome"},
    {"the setting", {"-u", "app", "--home", "/set"}, {"HOME=/root"}, "/set", "app", "app"},
    {"the setting without entry", {"-u", "1000:1000", "--home", "/set"}, {"HOME=/data"}, "/set", unset, unset},
    {"the variable", {}, {"GOSU_USER=1000:1000", "HOME=/data", "GOSU_HOME=/set"}, "/set", unset, unset},
    {"root stays as it is", {"-u", "root"}, {"HOME=/x", "USER=y", "LOGNAME=z"}, "/x", "y", "z"},
    {"root stays as it is, unset", {"-u", "0:0"}, {}, unset, unset, unset},
    {"root takes the setting", {"-u", "root", "--home", "/set"}, {"USER=y"}, "/set", "y", unset},
};

class Environment : public testing::TestWithParam<Row> {};

TEST_P(Environment, IsWhatTheContractSays) {
    const Row& row = GetParam();
    Command command = stepdown(and_see(row.words));
    std::erase(command.environment, "HOME=/root");
    command.environment.insert(command.environment.end(), row.environment.begin(), row.environment.end());
    const Outcome outcome = run(command);
    const Seen after = seen(outcome);
    EXPECT_EQ(after.variable("HOME"), row.home);
    EXPECT_EQ(after.variable("USER"), row.user);
    EXPECT_EQ(after.variable("LOGNAME"), row.logname);
    EXPECT_EQ(outcome.err, "");
}

INSTANTIATE_TEST_SUITE_P(Table, Environment, testing::ValuesIn(table));

TEST(EnvironmentOf, ARootThatStaysIsUntouched) {
    Command command = stepdown(and_see({"-u", "root"}));
    command.with({"USER=x", "A=1", "A=2", "GOSU_VERSION=1"});
    EXPECT_EQ(seen(run(command)).texts("env"), command.environment);
}

TEST(EnvironmentOf, AUidThatStaysIsUntouched) {
    Command command = stepdown(and_see({})).with({"USER=root", "LOGNAME=root", "GOSU_USER=app"});
    EXPECT_EQ(seen(run(command.after(ids(1500, 1500, {29, 44})))).texts("env"), command.environment);
}

// The starting account's own, whatever it is.
TEST(EnvironmentOf, AUserWithoutEntryDoesNotInheritTheStartingAccountsHome) {
    Command command = stepdown(and_see({"-u", "1000:1000"}));
    command.environment.at(1) = "HOME=/srv/app";
    const auto platform = ids_with_capabilities(1500, 1500, {}, {cap_setuid, cap_setgid});
    EXPECT_EQ(seen(run(command.after(platform))).variable("HOME"), "/");
}

TEST(Umask, IsInheritedOrSet) {
    EXPECT_EQ(seen(run(stepdown(and_see({"-u", "app"})).after(file_creation_mask(0137)))).one("Umask"), "0137");
    for (const auto& [value, mask] : {std::pair{"0", "0000"}, {"0027", "0027"}, {"27", "0027"}, {"777", "0777"}}) {
        EXPECT_EQ(seen(run(stepdown(and_see({"-u", "app", "--umask", value})))).one("Umask"), mask);
    }
    for (const auto& [value, mask] : {std::pair{"0", "0000"}, {"7", "0007"}, {"0027", "0027"}, {"027", "0027"}}) {
        Command command = stepdown(and_see({"-u", "app"})).with({std::string("GOSU_UMASK=") + value});
        EXPECT_EQ(seen(run(command)).one("Umask"), mask);
    }
}

TEST(Umask, IsRefusedWhereYamlMayHaveChangedIt) {
    for (const auto& [value, meant] : {std::pair{"63", "0077"}, {"23", "0027"}, {"511", "0777"}}) {
        Command command = stepdown(and_see({"-u", "app"})).with({std::string("GOSU_UMASK=") + value});
        expect_refused(run(command),
                       {std::string("GOSU_UMASK=") + value, "YAML", std::string(" or \"") + meant + "\""});
    }
}

TEST(Umask, IsSetForARootThatStaysToo) {
    EXPECT_EQ(seen(run(stepdown(and_see({"-u", "root", "--umask", "0027"})))).one("Umask"), "0027");
}

}  // namespace
}  // namespace stepdown::test
