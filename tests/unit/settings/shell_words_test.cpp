// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/shell_words.h"

#include <gtest/gtest.h>

namespace stepdown {
namespace {

using Words = std::vector<std::string>;

struct Split {
    const char* text;
    Words words;
};

// POSIX XCU 2.2, less every expansion.
TEST(SplitWords, QuotesAsAShellDoes) {
    const Split table[] = {
        {"", {}},
        {" \t\r\n\v\f", {}},
        {"/a", {"/a"}},
        {"  /a\t/b\n/c  ", {"/a", "/b", "/c"}},
        {"/a/,/b", {"/a/,/b"}},
        {R"('/a b' "/c d" /e\ f)", {"/a b", "/c d", "/e f"}},
        {R"(/a' 'b" "c\ d)", {"/a b c d"}},
        {"''", {""}},
        {R"("" '' x)", {"", "", "x"}},
        {R"('a"b\c$d')", {R"(a"b\c$d)"}},
        {R"("a'b")", {"a'b"}},
        {R"("\"\\\$\`")", {R"("\$`)"}},
        {R"("\a\n\ ")", {R"(\a\n\ )"}},
        {R"(\a\\\'\")", {R"(a\'")"}},
        {"'a\nb' \"c\nd\"", {"a\nb", "c\nd"}},
    };
    for (const auto& [text, words] : table) {
        const auto split = split_words(text);
        ASSERT_TRUE(split) << text;
        EXPECT_EQ(*split, words) << text;
    }
}

TEST(SplitWords, ExpandsNothing) {
    for (const char* text : {"$HOME", "${HOME}", "~", "~root", "*", "/a/*.log", "[ab]", "{a,b}", "$(id)", "`id`", "#x",
                             "a;b", "a|b", "a&b", "a>b", "!!"}) {
        EXPECT_EQ(*split_words(text), Words{text});
    }
}

TEST(SplitWords, ContinuesALineAfterABackslash) {
    EXPECT_EQ(*split_words("/a\\\nb"), Words{"/ab"});
    EXPECT_EQ(*split_words("\"/a\\\nb\""), Words{"/ab"});
    EXPECT_EQ(*split_words("/a \\\n/b"), (Words{"/a", "/b"}));
    EXPECT_EQ(*split_words("/a \\\n  /b"), (Words{"/a", "/b"}));
    EXPECT_EQ(*split_words("/a \\\n"), Words{"/a"});
}

TEST(SplitWords, RefusesWhatDoesNotEnd) {
    struct Refusal {
        const char* text;
        const char* reason;
    };
    const Refusal table[] = {
        {"'", "a ' is not closed"},           {"/a 'b", "a ' is not closed"},   {"\"", "a \" is not closed"},
        {R"(/a "b\")", "a \" is not closed"}, {R"("a\)", "a \" is not closed"}, {"\\", "it ends with a backslash"},
        {"/a\\", "it ends with a backslash"},
    };
    for (const auto& [text, reason] : table) {
        const auto split = split_words(text);
        ASSERT_FALSE(split) << text;
        EXPECT_EQ(split.error().message, reason) << text;
    }
}

TEST(SplitList, TakesCommasAndWhiteSpace) {
    const Split table[] = {
        {"", {}},
        {" ,\t\n, ", {}},
        {"docker", {"docker"}},
        {"docker,", {"docker"}},
        {",docker", {"docker"}},
        {"docker,,999", {"docker", "999"}},
        {"docker 999\taudio\nvideo , @/run/docker.sock", {"docker", "999", "audio", "video", "@/run/docker.sock"}},
        {"'a'", {"'a'"}},
    };
    for (const auto& [text, entries] : table) EXPECT_EQ(split_list(text), entries) << text;
}

}  // namespace
}  // namespace stepdown
