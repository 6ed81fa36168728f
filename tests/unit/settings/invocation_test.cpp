// SPDX-License-Identifier: Apache-2.0
// The container's start, and calls inside a container: which invocations honour which variables.
#include "support/plan/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace stepdown::test {
namespace {

using Words = std::vector<std::string>;

constexpr std::array every_parent{Parent::none, Parent::init, Parent::process_1, Parent::outside, Parent::other};

struct ParentsRow {
    Words words;
    Words variables;
    std::vector<Parent> calls;  // the parents of whose children this is a call
};

TEST(Invocation, IsACallByItsFlagAndItsParent) {
    const std::vector<Parent> not_the_start{Parent::process_1, Parent::outside, Parent::other};
    const ParentsRow table[] = {
        {{"app"}, {}, {}},
        {{"app"}, {"GOSU_USER=a"}, {}},
        {{"app", "-u", "b"}, {"GOSU_USER=a"}, {}},
        {{"-u", "b", "app"}, {}, {Parent::other}},
        {{"-u", "b", "app"}, {"GOSU_USER="}, {Parent::other}},
        {{"-u", "b", "app"}, {"GOSU_CHOWN=/data"}, {Parent::other}},
        {{"-u", "b", "app"}, {"GOSU_USER=a"}, not_the_start},
        {{"--user=a", "app"}, {"GOSU_USER=a"}, not_the_start},
    };
    for (const auto& [words, variables, calls] : table) {
        for (const Parent parent : every_parent) {
            const bool is_call = std::find(calls.begin(), calls.end(), parent) != calls.end();
            const Invocation invocation = is_call ? Invocation::call : Invocation::entrypoint;
            EXPECT_EQ(Call(words, variables, parent).settings()->invocation, invocation)
                << testing::PrintToString(words) << testing::PrintToString(variables) << static_cast<int>(parent);
        }
    }
}

// The variables that a call ignores.
bool belongs_to_the_start(Option option) {
    switch (option) {
        case Option::uid:
        case Option::gid:
        case Option::groups:
        case Option::passwd_name:
        case Option::compat:
        case Option::mkdir:
        case Option::chown:
        case Option::chown_policy:
        case Option::chown_exclude:
        case Option::chown_errors:
        case Option::chown_hardlinks:
        case Option::one_file_system:
        case Option::caps:
        case Option::stdio:
        case Option::home: return true;
        default: return false;
    }
}

TEST(Invocation, DecidesWhichVariablesCount) {
    for (const OptionDeclaration& declared : option_table) {
        if (*declared.variable == '\0' || declared.option == Option::user) continue;
        const std::string assignment = std::string(declared.variable) + "=x";
        const Words variables{"GOSU_USER=a", assignment};
        const Call of_the_start({"-u", "b", "app"}, variables, Parent::init);
        const auto start = of_the_start.line();
        EXPECT_TRUE(start->has(declared.option)) << assignment;
        EXPECT_THAT(start->ignored, testing::IsEmpty());
        EXPECT_EQ((*start)[Option::user]->value, "b");
        const Call of_a_call({"-u", "b", "app"}, variables);
        const auto call = of_a_call.line();
        EXPECT_EQ(call->has(declared.option), !belongs_to_the_start(declared.option)) << assignment;
        EXPECT_EQ(!call->ignored.empty(), belongs_to_the_start(declared.option)) << assignment;
    }
}

TEST(Invocation, LeavesEveryFlagItsMeaning) {
    for (const OptionDeclaration& declared : option_table) {
        if (*declared.variable == '\0' || declared.option == Option::user) continue;
        const std::string flag = std::string(declared.long_flag()) + "=x";
        const std::string assignment = std::string(declared.variable) + "=y";
        const Call call({flag, "-u", "b", "app"}, {"GOSU_USER=a", assignment});
        const auto line = call.line();
        ASSERT_TRUE(line->has(declared.option)) << flag;
        EXPECT_EQ((*line)[declared.option]->value, "x") << flag;
        EXPECT_THAT(line->ignored, testing::IsEmpty()) << flag;
    }
}

TEST(Invocation, OfACallDoesNotLookAtBadVariablesOfTheStart) {
    EXPECT_TRUE(Call({"-u", "b", "app"}, {"GOSU_USER=a", "GOSU_CHOWN='", "GOSU_HOME=x"}).settings());
    EXPECT_FALSE(Call({"-u", "b", "app"}, {"GOSU_CHOWN='"}).settings());
}

// So that the parent is looked up only where a call would differ from the start.
TEST(HasVariablesOfTheStart, IsTrueOnlyForVariablesThatACallIgnores) {
    struct Row {
        Words words;
        Words variables;
        bool is_expected;
    };
    const Row table[] = {
        {{"-u", "b", "app"}, {"GOSU_UMASK=0027"}, false},
        {{"-u", "b", "-c", "/data", "app"}, {}, false},
        {{"-u", "b", "-c", "/data", "app"}, {"GOSU_CHOWN=/srv"}, false},
        {{"-u", "b", "app"}, {"GOSU_CHOWN=/srv"}, true},
        {{"-u", "b", "app"}, {"GOSU_STDIO=own"}, true},
    };
    for (const auto& [words, variables, is_expected] : table) {
        EXPECT_EQ(has_entrypoint_variables(*Call(words, variables).line()), is_expected)
            << testing::PrintToString(words) << testing::PrintToString(variables);
    }
}

}  // namespace
}  // namespace stepdown::test
