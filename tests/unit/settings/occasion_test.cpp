// -u over a set GOSU_USER: a call inside somebody's container, not its start.
#include "support/call.h"

#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using Words = std::vector<std::string>;

TEST(Occasion, IsACallOnlyWhereAFlagMeetsAVariable) {
    struct Row {
        Words words;
        Words variables;
        Occasion occasion;
    };
    const Row table[] = {
        {{"app"}, {}, Occasion::start},
        {{"app"}, {"GOSU_USER=a"}, Occasion::start},
        {{"-u", "b", "app"}, {}, Occasion::start},
        {{"-u", "b", "app"}, {"GOSU_USER="}, Occasion::start},
        {{"-u", "b", "app"}, {"GOSU_CHOWN=/data"}, Occasion::start},
        {{"-u", "b", "app"}, {"GOSU_USER=a"}, Occasion::call},
        {{"--user=a", "app"}, {"GOSU_USER=a"}, Occasion::call},
        {{"app", "-u", "b"}, {"GOSU_USER=a"}, Occasion::start},
    };
    for (const auto& [words, variables, occasion] : table) {
        EXPECT_EQ(Call(words, variables).line()->occasion, occasion)
            << testing::PrintToString(words) << testing::PrintToString(variables);
        EXPECT_EQ(Call(words, variables).settings()->occasion, occasion);
    }
}

// The variables that a call does not take from the start of the container it is made in.
bool belongs_to_the_start(Option option) {
    switch (option) {
        case Option::uid:
        case Option::gid:
        case Option::groups:
        case Option::passwd_name:
        case Option::mkdir:
        case Option::chown:
        case Option::chown_policy:
        case Option::chown_errors:
        case Option::chown_hardlinks:
        case Option::one_file_system:
        case Option::caps:
        case Option::home: return true;
        default: return false;
    }
}

TEST(Occasion, DecidesWhichVariablesCount) {
    for (const OptionDeclaration& declared : option_table) {
        if (*declared.variable == '\0' || declared.option == Option::user) continue;
        const std::string assignment = std::string(declared.variable) + "=x";
        const auto start = Call({"-u", "b", "app"}, {assignment}).line();
        EXPECT_TRUE(start->has(declared.option)) << assignment;
        const auto call = Call({"-u", "b", "app"}, {"GOSU_USER=a", assignment}).line();
        EXPECT_EQ(call->has(declared.option), !belongs_to_the_start(declared.option)) << assignment;
    }
}

TEST(Occasion, LeavesEveryFlagItsMeaning) {
    for (const OptionDeclaration& declared : option_table) {
        if (*declared.variable == '\0' || declared.option == Option::user) continue;
        const std::string flag = std::string(declared.long_flag()) + "=x";
        const std::string assignment = std::string(declared.variable) + "=y";
        const auto line = Call({flag, "-u", "b", "app"}, {"GOSU_USER=a", assignment}).line();
        ASSERT_TRUE(line->has(declared.option)) << flag;
        EXPECT_EQ((*line)[declared.option]->value, "x") << flag;
    }
}

TEST(Occasion, OfACallDoesNotLookAtBadVariablesOfTheStart) {
    EXPECT_TRUE(Call({"-u", "b", "app"}, {"GOSU_USER=a", "GOSU_CHOWN='", "GOSU_HOME=x"}).settings());
    EXPECT_FALSE(Call({"-u", "b", "app"}, {"GOSU_CHOWN='"}).settings());
}

}  // namespace
}  // namespace stepdown::test
