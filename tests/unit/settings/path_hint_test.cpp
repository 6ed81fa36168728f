// SPDX-License-Identifier: Apache-2.0
// PATHS that a shell would have read otherwise, each beside the paths that were probably meant.
#include "stepdown/settings/path_hint.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/shell_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

RawValue given(const std::string& value) { return {value, Origin::variable, "GOSU_CHOWN=" + quote(value)}; }

// The hint for the word of value that is the first to have one; "" where no word has one.
std::string first_hint(const std::string& value) {
    const PathsHint hint(given(value));
    const auto words = split_words(value);
    EXPECT_TRUE(words) << value;
    for (const std::string& word : words.value_or(std::vector<std::string>())) {
        std::string of_word = hint.for_word(word);
        if (!of_word.empty()) return of_word;
    }
    return "";
}

struct Meant {
    const char* value;
    const char* typo;
    const char* paths;
};

const Meant meant[] = {
    {"\"one two\"", "quotes", "one two"},
    {"'/a /b'", "quotes", "/a /b"},
    {"'\"/a /b\"'", "quotes", "/a /b"},
    {"'\"/a\"'", "quotes", "/a"},
    {"'/a /b' /c", "quotes", "/a /b /c"},
    {"'-/a /b'", "quotes", "-/a /b"},
    {"\u201c/a /b\u201d", "quotes", "/a /b"},
    {"three/{a,b}", "Braces", "three/a three/b"},
    {"/{a,b}/c", "Braces", "/a/c /b/c"},
    {"{/a,/b}", "Braces", "/a /b"},
    {"four # scratch", "comment", "four"},
    {"/a #note", "comment", "/a"},
    {"five;", "semicolon", "five"},
    {"/a;/b", "semicolon", "/a /b"},
    {"/a ; /b", "semicolon", "/a /b"},
    {"seven, eight", "comma", "seven eight"},
    {"/a,/b", "comma", "/a /b"},
    {"/a, -/b", "comma", "/a -/b"},
    {"/a:/b", "colon", "/a /b"},
    {"/a,-/b", "comma", "/a -/b"},
    {"[six]", "brackets", "six"},
    {"[/a, /b]", "brackets", "/a /b"},
    {"[\"/a\", \"/b\"]", "brackets", "/a /b"},
    {"[ /a ]", "brackets", "/a"},
    {"/data:app", "owner", "/data"},
    {"/data:1000:1000", "owner", "/data"},
    {"app:app /data", "owner", "/data"},
    {"1000:1000 /a /b", "owner", "/a /b"},
    {"/data GOSU_USER app", "another setting", "/data"},
    {"/data /b GOSU_USER=app", "another setting", "/data /b"},
    {"=/data", "begins with =", "/data"},
    {"=/data\n=/b", "begins with =", "/data /b"},
    {"/srv/my\\ data, /b", "comma", "\"/srv/my data\" /b"},
};

TEST(PathsHint, NamesTheTypoAndThePathsThatWereMeant) {
    for (const Meant& each : meant) {
        const std::string hint = first_hint(each.value);
        EXPECT_THAT(hint, HasSubstr(each.typo)) << each.value;
        EXPECT_THAT(hint, EndsWith(std::string(". Set GOSU_CHOWN to ") + each.paths)) << each.value;
    }
}

TEST(PathsHint, ProposesPathsWithoutAnyTypo) {
    for (const Meant& each : meant) EXPECT_EQ(first_hint(each.paths), "") << each.paths;
}

TEST(PathsHint, LeavesToTheAuthorWhatOnlyTheAuthorKnows) {
    const std::pair<const char*, const char*> unknown[] = {
        {"el*", "Patterns"},
        {"/data/[ab]", "Patterns"},
        {"/data/?", "Patterns"},
        {"-/data/*", "Patterns"},
        {"~", "expanded"},
        {"~/data", "expanded"},
        {"-~/data", "expanded"},
        {"$DATA", "expanded"},
        {"/srv/${APP}/data", "expanded"},
        {"`pwd`", "expanded"},
        {"{{.Values.data}}", "{{ }}"},
        {"/a/{b,{c,d}}", "Braces"},
        {"/{a,b}/{c,d}", "Braces"},
        {"/a/{1..3}", "Braces"},
        {"nine && ten", "shell"},
        {"/a || true", "shell"},
        {"/a > log", "shell"},
        {"C:/data", "Windows"},
        {"'\"~/a ~/b\"'", "quotes"},
    };
    for (const auto& [value, typo] : unknown) {
        EXPECT_FALSE(is_plain(value)) << value;
        const std::string hint = first_hint(value);
        EXPECT_THAT(hint, HasSubstr(typo)) << value;
        EXPECT_THAT(hint, testing::Not(HasSubstr("Set GOSU_CHOWN"))) << value;
    }
}

TEST(PathsHint, IsNotGivenForPathsThatAreMeant) {
    for (const char* value : {"/data",
                              "/data /srv -/cache",
                              "data/cache",
                              "'/srv/my data'",
                              "\"/srv/my data\"",
                              "/srv/my\\ data",
                              "my\\ data",
                              "'/srv/my data' /b",
                              "/srv/a,b",
                              "/srv/c#",
                              "/volume1/#recycle",
                              "a:b",
                              "/sys/0000:00:1f.0/x",
                              "/a//b/",
                              "\"/a\" '/b'",
                              "/srv/it\\'s",
                              "/data/@eaDir",
                              "/a=b",
                              "/opt/GOSU_USER",
                              "GOSU_VERSION",
                              "/a&b",
                              "./-x"}) {
        EXPECT_EQ(first_hint(value), "") << value;
    }
}

// The paths that need no hint are plain, and no other ones are, so that most starts make none.
TEST(PathsHint, IsMadeOfWhatIsNotPlain) {
    for (const Meant& each : meant) EXPECT_FALSE(is_plain(each.value)) << each.value;
    for (const char* value : {"/data", "/data -/cache\n./x", "/srv/my\\ data", "/data/@eaDir", "/a-b_c+d,"}) {
        EXPECT_EQ(is_plain(value), std::string_view(value).find(',') == std::string_view::npos) << value;
    }
}

// Each word is judged on its own: what is right stays unmentioned beside what is not.
TEST(PathsHint, IsForTheWordsThatShowTheTypo) {
    const PathsHint hint(given("/a, /b /c/*"));
    EXPECT_THAT(hint.for_word("/a,"), HasSubstr("comma"));
    EXPECT_EQ(hint.for_word("/b"), "");
    EXPECT_THAT(hint.for_word("/c/*"), HasSubstr("Patterns"));
}

// The longest value that execve(2) passes on.
TEST(PathsHint, IsMadeOfTheLongestValues) {
    for (const std::string piece : {";", ",/", ":/", "{a,b},/", "{a,", "a;", "'\"a b\"'", "[", "-,"}) {
        std::string value;
        while (value.size() < 131000) value += piece;
        EXPECT_LT(PathsHint(given(value)).for_word(value).size(), 1000U) << piece;
    }
    const std::string many = "{" + std::string(65000, ',') + "}" + std::string(65000, 'x');
    EXPECT_THAT(first_hint(many), HasSubstr("Braces"));
}

}  // namespace
}  // namespace stepdown::test
