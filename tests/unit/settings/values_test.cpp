// SPDX-License-Identifier: Apache-2.0
// Where a value comes from, and that it arrives as it was given.
#include "support/plan/call.h"

#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using Words = std::vector<std::string>;

RawValue given(const Call& call, Option option) {
    const auto line = call.line();
    EXPECT_TRUE(line) << message_of(line);
    if (!line || !line->has(option)) return {"(not given)", Origin::variable, ""};
    return *(*line)[option];
}

// Everything that a parser of options, of configuration files or of lists could take for more than text.
const std::string odd_values[] = {"{}",    "[]",       "[a]", "[a,b]",  "[",      "]",          "-1",       "-",
                                  "--",    "%%",       "-u",  "--user", "-/path", "--user=--x", "=",        "a=b",
                                  "a,b",   "a b",      " a ", "\"a\"",  "'a'",    "`a`",        "a\nb",     "a\\b",
                                  "$HOME", "@/x",      "#x",  "true",   "false",  "+",          "\xff\xfe", "++",
                                  "[[a]]", "\x1b[31m", "{a}", "\t",     "0x10",   "1e3"};

TEST(Values, ArriveUnchangedFromAFlag) {
    for (const std::string& text : odd_values) {
        EXPECT_EQ(given(Call({"--user=" + text, "app"}), Option::user).value, text) << "--user=" << text;
        EXPECT_EQ(given(Call({"--user", text, "app"}), Option::user).value, text) << "--user " << text;
        EXPECT_EQ(given(Call({"-u", text, "app"}), Option::user).value, text) << "-u " << text;
        EXPECT_EQ(given(Call({"-u" + text, "app"}), Option::user).value, text) << "-u" << text;
        EXPECT_EQ(given(Call({"--chown=" + text, "app"}), Option::chown).value, text) << "--chown=" << text;
    }
}

TEST(Values, ArriveUnchangedFromAVariable) {
    for (const std::string& text : odd_values) {
        EXPECT_EQ(given(Call({"app"}, {"GOSU_USER=" + text}), Option::user).value, text) << text;
        EXPECT_EQ(given(Call({"app"}, {"GOSU_CHOWN=" + text}), Option::chown).value, text) << text;
        EXPECT_EQ(given(Call({"app"}, {"GOSU_STRICT=" + text}), Option::strict).value, text) << text;
    }
}

TEST(Values, MayBeLong) {
    const std::string text(100000, 'x');
    EXPECT_EQ(given(Call({"--chown", text, "app"}), Option::chown).value, text);
    EXPECT_EQ(given(Call({"app"}, {"GOSU_CHOWN=" + text}), Option::chown).value, text);
}

TEST(Values, OfAFlagBeatThoseOfItsVariable) {
    const RawValue both = given(Call({"--umask=022", "app"}, {"GOSU_UMASK=077"}), Option::umask);
    EXPECT_EQ(both.value, "022");
    EXPECT_EQ(both.origin, Origin::flag);
    EXPECT_EQ(both.label, "--umask=022");
    const RawValue same = given(Call({"--umask=077", "app"}, {"GOSU_UMASK=077"}), Option::umask);
    EXPECT_EQ(same.origin, Origin::flag);
    const RawValue variable = given(Call({"app"}, {"GOSU_UMASK=077"}), Option::umask);
    EXPECT_EQ(variable.value, "077");
    EXPECT_EQ(variable.origin, Origin::variable);
    EXPECT_EQ(variable.label, "GOSU_UMASK=077");
    EXPECT_EQ(given(Call({"app"}), Option::umask).value, "(not given)");
}

// A list of a flag replaces the list of its variable: it does not add to it.
TEST(Values, OfAFlagLeaveNothingOfTheVariable) {
    EXPECT_EQ(given(Call({"-c", "/a", "app"}, {"GOSU_CHOWN=/b"}), Option::chown).value, "/a");
    EXPECT_EQ(given(Call({"-g", "a", "app"}, {"GOSU_GROUPS=b"}), Option::groups).value, "a");
}

TEST(Values, ThatAreEmptyVariablesCountAsUnset) {
    for (const OptionDeclaration& declared : option_table) {
        if (*declared.variable == '\0') continue;
        const Call call({"app"}, {std::string(declared.variable) + "="});
        EXPECT_FALSE(call.line()->has(declared.option)) << declared.variable;
    }
}

TEST(Values, ComeFromEveryVariableOfTheTable) {
    for (const OptionDeclaration& declared : option_table) {
        if (*declared.variable == '\0') continue;
        const RawValue found = given(Call({"app"}, {std::string(declared.variable) + "=x"}), declared.option);
        EXPECT_EQ(found.value, "x") << declared.variable;
        EXPECT_EQ(found.origin, Origin::variable) << declared.variable;
    }
}

TEST(Values, GivenTwiceCountOnceTheLast) {
    EXPECT_EQ(given(Call({"-u", "a", "--user=b", "app"}), Option::user).value, "b");
    EXPECT_EQ(given(Call({"--umask=022", "--umask", "077", "app"}), Option::umask).value, "077");
    EXPECT_EQ(given(Call({"--strict", "--strict", "app"}), Option::strict).value, "true");
    EXPECT_EQ(given(Call({"--home=/a", "-u", "x", "--home=/b", "--home=/a", "app"}), Option::home).value, "/a");
}

TEST(Values, OfListsAddUp) {
    const auto settings = Call({"-c", "/a", "--chown=-/b '/c d'", "-g", "x", "-gy,z", "app"}).settings();
    ASSERT_TRUE(settings) << message_of(settings);
    const std::vector<Operand> operands{
        {"/a", Presence::required}, {"/b", Presence::optional}, {"/c d", Presence::required}};
    EXPECT_EQ(settings->chown.operands, operands);
    EXPECT_EQ(settings->groups->entries, (Words{"x", "y", "z"}));
}

TEST(Values, AreLabelledInOneEscapedWord) {
    EXPECT_EQ(given(Call({"app"}, {"GOSU_CHOWN=/a b"}), Option::chown).label, "GOSU_CHOWN=\"/a b\"");
    EXPECT_EQ(given(Call({"-u", "a\nb", "app"}), Option::user).label, "--user=a\\nb");
}

}  // namespace
}  // namespace stepdown::test
