// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/setting_names.h"

#include "stepdown/settings/options.h"

#include "support/plan/call.h"

#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using Words = std::vector<std::string>;

SettingNames names_of(const Words& words, const Words& variables = {}) {
    const Call call(words, variables);
    const auto line = call.line();
    EXPECT_TRUE(line) << message_of(line);
    return line ? SettingNames(*line) : SettingNames();
}

TEST(SettingNames, AreTheFlagsThatTheUserWrote) {
    for (const OptionDeclaration& declared : option_table) {
        const std::string flag(declared.long_flag());
        EXPECT_EQ(names_of({flag + "=1"})[declared.option], flag);
        const std::string variable(declared.variable);
        const Words both = variable.empty() ? Words{} : Words{variable + "=2"};
        EXPECT_EQ(names_of({flag + "=1"}, both)[declared.option], flag);
    }
}

TEST(SettingNames, AreTheVariablesThatTheUserWrote) {
    for (const OptionDeclaration& declared : option_table) {
        const std::string variable(declared.variable);
        if (variable.empty()) continue;
        EXPECT_EQ(names_of({}, {variable + "=1"})[declared.option], variable);
    }
}

TEST(SettingNames, AreVariablesWhereNothingIsGiven) {
    for (const OptionDeclaration& declared : option_table) {
        const std::string_view variable(declared.variable);
        EXPECT_EQ(names_of({"--user=app"})[declared.option] == variable,
                  declared.option != Option::user && !variable.empty())
            << declared.long_flag();
        EXPECT_EQ(SettingNames()[declared.option], variable.empty() ? declared.long_flag() : variable);
    }
}

TEST(SettingNames, OfWhatGoesWithTheChownFollowIt) {
    const SettingNames flags = names_of({"--chown=/data"});
    EXPECT_EQ(flags[Option::chown_errors], "--chown-errors");
    EXPECT_EQ(flags[Option::chown_hardlinks], "--chown-hardlinks");
    EXPECT_EQ(flags[Option::mkdir], "--mkdir");
    EXPECT_EQ(flags[Option::stdio], "GOSU_STDIO");
    EXPECT_EQ(names_of({"--chown=/data"}, {"GOSU_MKDIR=/data"})[Option::mkdir], "GOSU_MKDIR");
    EXPECT_EQ(names_of({"--user=app"}, {"GOSU_CHOWN=/data"})[Option::mkdir], "GOSU_MKDIR");
}

// A call ignores those variables, so that to set one would not help.
TEST(SettingNames, AreFlagsInACallWhereItIgnoresTheVariable) {
    const SettingNames names = names_of({"--user=app"}, {"GOSU_USER=other", "GOSU_CHOWN=/data"});
    EXPECT_EQ(names[Option::chown], "--chown");
    EXPECT_EQ(names[Option::stdio], "--stdio");
    EXPECT_EQ(names[Option::umask], "GOSU_UMASK");
}

}  // namespace
}  // namespace stepdown::test
