// SPDX-License-Identifier: Apache-2.0
// GOSU_CHOWN_EXCLUDE: which words are names, and which are paths.
#include "support/plan/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Words = std::vector<std::string>;

TEST(ExcludeSetting, TellsNamesFromPaths) {
    const auto settings =
        Call({"app"}, {"GOSU_CHOWN_EXCLUDE=.git /data/cache './two words' 'a b' rel/ -/opt --x"}).settings();
    ASSERT_TRUE(settings) << message_of(settings);
    const ExcludeSetting& excluded = settings->chown.excluded;
    EXPECT_EQ(excluded.name, "GOSU_CHOWN_EXCLUDE");
    EXPECT_EQ(excluded.names, (Words{".git", "a b", "-x"}));
    EXPECT_EQ(excluded.paths,
              (std::vector<Operand>{{"/data/cache"}, {"./two words"}, {"rel/"}, {"/opt", Presence::optional}}));
    EXPECT_THAT(excluded.hints, IsEmpty());
}

TEST(ExcludeSetting, AddsUpWhereTheFlagIsRepeated) {
    const auto settings = Call({"--chown-exclude", ".git", "--chown-exclude=node_modules", "app"}).settings();
    ASSERT_TRUE(settings) << message_of(settings);
    EXPECT_EQ(settings->chown.excluded.name, "--chown-exclude");
    EXPECT_EQ(settings->chown.excluded.names, (Words{".git", "node_modules"}));
}

TEST(ExcludeSetting, IsEmptyWhereItIsNotGiven) {
    const auto settings = Call({"app"}, {"GOSU_CHOWN_EXCLUDE="}).settings();
    EXPECT_EQ(settings->chown.excluded.name, "");
    EXPECT_THAT(settings->chown.excluded.names, IsEmpty());
}

TEST(ExcludeSetting, RefusesWordsThatNoEntryCanHaveForAName) {
    for (const std::string word : {".", "..", "-."}) {
        EXPECT_THAT(message_of(Call({"app"}, {"GOSU_CHOWN_EXCLUDE=/a " + word}).settings()),
                    HasSubstr("no entry has the name ."))
            << word;
    }
    EXPECT_THAT(message_of(Call({"--chown-exclude=''", "app"}).settings()), HasSubstr("it holds an empty path"));
    EXPECT_THAT(message_of(Call({"--chown-exclude= ", "app"}).settings()), HasSubstr("it names no path"));
    EXPECT_THAT(message_of(Call({"app"}, {"GOSU_CHOWN_EXCLUDE='a"}).settings()), HasSubstr("a ' is not closed"));
}

TEST(ExcludeSetting, SaysThatAPatternIsAName) {
    const auto settings = Call({"app"}, {"GOSU_CHOWN_EXCLUDE=*.log"}).settings();
    ASSERT_TRUE(settings) << message_of(settings);
    EXPECT_THAT(settings->chown.excluded.hints,
                ElementsAre("GOSU_CHOWN_EXCLUDE excludes only what has exactly the name *.log. Patterns such as * are "
                            "not expanded. Name each path, or the directory that holds them"));
}

}  // namespace
}  // namespace stepdown::test
