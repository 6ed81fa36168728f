// SPDX-License-Identifier: Apache-2.0
// The typos that values show, each beside the value that a hint proposes.
#include "stepdown/settings/value_hint.h"

#include "stepdown/base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

RawValue given(const std::string& name, const std::string& value) {
    return {value, name.starts_with('-') ? Origin::flag : Origin::variable, name + "=" + quote(value)};
}

struct Repaired {
    const char* name;
    const char* value;
    const char* typo;   // a part of the sentence that names it
    const char* right;  // the value that the hint proposes
};

const Repaired repaired[] = {
    {"GOSU_USER", "\"1000:1000\"", "quotes", "1000:1000"},
    {"GOSU_USER", "'app'", "quotes", "app"},
    {"GOSU_USER", "\"app", "quotes", "app"},
    {"GOSU_USER", "app\"", "quotes", "app"},
    {"GOSU_USER", "\u201capp\u201d", "quotes", "app"},
    {"GOSU_USER", "1000:1000 ", "ends with a blank", "1000:1000"},
    {"GOSU_USER", "app\t", "ends with a blank", "app"},
    {"GOSU_USER", "app\n", "ends with a blank", "app"},
    {"GOSU_USER", " app", "begins with a blank", "app"},
    {"GOSU_USER", "app\r", "carriage return", "app"},
    {"GOSU_USER", "app\r\n", "carriage return", "app"},
    {"GOSU_USER", "\"app\"\r", "carriage return", "app"},
    {"GOSU_USER", "1000:1000 # app", "comment", "1000:1000"},
    {"GOSU_USER", "app\t#", "comment", "app"},
    {"GOSU_USER", "1000:1000,", "comma", "1000:1000"},
    {"GOSU_USER", "\"1000:1000\";", "semicolon", "1000:1000"},
    {"GOSU_USER", "''", "quotes", "1000:1000 or another user"},
    {"GOSU_USER", "\"app\" # the user", "quotes", "app"},
    {"GOSU_USER", "[app]", "brackets", "app"},
    {"GOSU_USER", "[ \"app\" ]", "brackets", "app"},
    {"GOSU_USER", "1.00064e+09:1000", "rounded", "1000640000:1000"},
    {"GOSU_USER", "1000:1e3", "rounded", "1000:1000"},
    {"GOSU_USER", "\"1.0001e+06\"", "rounded", "1000100"},
    {"GOSU_USER", "1000:1000:999", "third part", "1000:1000, and GOSU_GROUPS to 999"},
    {"GOSU_USER", "app:app:docker ", "third part", "app:app, and GOSU_GROUPS to docker"},
    {"--user", "1000:1000:999", "third part", "1000:1000, and --groups to 999"},
    {"GOSU_USER", "1000.1000", "colon", "1000:1000"},
    {"GOSU_USER", "1000,1000", "colon", "1000:1000"},
    {"GOSU_USER", "1000 1000", "colon", "1000:1000"},
    {"GOSU_USER", "@/data\r", "carriage return", "@/data"},
    {"GOSU_UID", "\"1500\"", "quotes", "1500"},
    {"GOSU_UID", "1.00064e+09", "rounded", "1000640000"},
    {"GOSU_GID", "1500 ", "ends with a blank", "1500"},
    {"GOSU_GROUPS", "\"docker\",\"999\"", "quotes", "docker,999"},
    {"GOSU_GROUPS", "[docker, 999]", "brackets", "docker, 999"},
    {"GOSU_GROUPS", "[\"docker\", \"999\"]", "brackets", "docker, 999"},
    {"GOSU_GROUPS", "docker;999", "semicolons", "docker,999"},
    {"GOSU_GROUPS", "docker 999 # socket", "comment", "docker 999"},
    {"GOSU_CAPS", "'chown'", "quotes", "chown"},
    {"GOSU_CAPS", "[chown]", "brackets", "chown"},
    {"GOSU_UMASK", "\"0027\"", "quotes", "0027"},
    {"GOSU_UMASK", "0027 ", "ends with a blank", "0027"},
    {"GOSU_STRICT", "true\r", "carriage return", "true"},
    {"GOSU_STRICT", "\"1\"", "quotes", "1"},
    {"GOSU_STDIO", "own # logs", "comment", "own"},
    {"--log-level", " warn", "begins with a blank", "warn"},
    {"GOSU_HOME", "\"/home/app\"", "quotes", "/home/app"},
    {"GOSU_PASSWD_NAME", "app ", "ends with a blank", "app"},
    {"GOSU_GROUPS", "docker:999", "colons", "docker,999"},
    {"GOSU_USER", "app GOSU_CHOWN /data", "another setting", "app"},
    {"GOSU_USER", "app GOSU_CHOWN=/data", "another setting", "app"},
    {"GOSU_UMASK", "0027\tGOSU_STRICT 1", "another setting", "0027"},
    {"--user", "=app", "begins with =", "app"},
    {"--groups", "=docker", "begins with =", "docker"},
    {"GOSU_CHOWN", "\"/a /b", "quotes", "/a /b"},
    {"GOSU_CHOWN", "/a - /b", "directly before", "/a /b"},
};

TEST(ValueHint, NamesTheTypoAndTheRightValue) {
    for (const Repaired& each : repaired) {
        const std::string hint = value_hint(given(each.name, each.value));
        EXPECT_THAT(hint, HasSubstr(each.typo)) << each.value;
        EXPECT_THAT(hint, EndsWith(std::string(". Set ") + each.name + " to " + each.right)) << each.value;
    }
}

TEST(ValueHint, NamesEachTypoOnce) {
    EXPECT_EQ(value_hint(given("GOSU_USER", "\"1000:1000\" # app\r")),
              "The value ends with a carriage return, as a line from Windows does. The value holds quotes, which "
              "compose's list form and docker run --env-file keep. The value holds a comment, which nothing removes "
              "here. Set GOSU_USER to 1000:1000");
}

TEST(ValueHint, LeavesToTheAuthorWhatStandsForSomethingElse) {
    for (const char* value : {"$UID", "${UID}:1000", "$(id -u)", "`id -u`", "\"$UID\"", "{{ .Values.user }}", "~"}) {
        EXPECT_THAT(value_hint(given("GOSU_USER", value)), EndsWith("Write the text that they stand for")) << value;
    }
}

TEST(ValueHint, IsNotGivenForWhatIsMerelyWrong) {
    const std::pair<const char*, const char*> plain[] = {
        {"GOSU_USER", "nobody"},     {"GOSU_USER", "1000:1000"},  {"GOSU_USER", ":1000"},
        {"GOSU_USER", "app.app"},    {"GOSU_USER", "a#b"},        {"GOSU_USER", "1000:1000:999:998"},
        {"GOSU_USER", "1000:"},      {"GOSU_USER", "::"},         {"GOSU_USER", "-1"},
        {"GOSU_USER", "0x10"},       {"GOSU_USER", "2013"},       {"GOSU_USER", "e3"},
        {"GOSU_USER", "1e99"},       {"GOSU_USER", "1.5e0"},      {"GOSU_USER", "some"},
        {"GOSU_USER", "1,000"},      {"GOSU_USER", "1000.0"},     {"GOSU_USER", "app GOSU_VERSION"},
        {"GOSU_USER", "GOSU_USER"},  {"GOSU_USER", "aGOSU_UID"},  {"GOSU_GROUPS", "@/srv/a:b"},
        {"GOSU_USER", "@/srv/a,b"},  {"GOSU_GROUPS", " nosuch "}, {"GOSU_GROUPS", "nosuch\r"},
        {"GOSU_GROUPS", "a,b"},      {"GOSU_STRICT", "maybe"},    {"GOSU_UMASK", "8"},
        {"GOSU_HOME", "home/it's"},  {"GOSU_CAPS", "nosuch"},     {"GOSU_LOG_LEVEL", "loud"},
        {"GOSU_CHOWN", "/srv/it's"}, {"GOSU_CHOWN", "''"},        {"GOSU_PASSWD_NAME", "1app"},
    };
    for (const auto& [name, value] : plain) EXPECT_EQ(value_hint(given(name, value)), "") << name << '=' << value;
}

TEST(ValueHint, SaysToLeaveOutWhatHoldsNothing) {
    EXPECT_THAT(value_hint(given("GOSU_HOME", "\"\"")), EndsWith("Leave GOSU_HOME out"));
    EXPECT_THAT(value_hint(given("GOSU_UMASK", "# none")), EndsWith("Leave GOSU_UMASK out"));
    EXPECT_THAT(value_hint(given("GOSU_CHOWN", "-")), EndsWith("Leave GOSU_CHOWN out"));
}

TEST(ValueHint, EscapesWhatItProposes) {
    EXPECT_THAT(value_hint(given("GOSU_USER", "\"\x1b[31mapp\"")), EndsWith("Set GOSU_USER to \\x1b[31mapp"));
}

TEST(RefuseValue, PutsTheReasonFirst) {
    EXPECT_EQ(refuse_value(given("GOSU_USER", "app "), "there is no user \"app \"").value().message,
              "cannot use GOSU_USER=\"app \": there is no user \"app \". The value ends with a blank. Set GOSU_USER to "
              "app");
    EXPECT_EQ(refuse_value(given("GOSU_USER", "app"), "there is no user app").value().message,
              "cannot use GOSU_USER=app: there is no user app");
}

}  // namespace
}  // namespace stepdown::test
