// SPDX-License-Identifier: Apache-2.0
// All mistakes of a start, and their order.
#include "stepdown/settings/mistakes.h"

#include "stepdown/settings/settings.h"

#include "support/plan/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Mistakes mistakes_of(const std::vector<std::string>& words, const std::vector<std::string>& variables) {
    const Call call(words, variables);
    const auto line = call.line();
    EXPECT_TRUE(line) << message_of(line);
    return line ? read_settings(*line).mistakes : Mistakes{};
}

std::vector<std::string> texts_of(const Error& error) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < error.count(); ++i) texts.push_back(error.at(i).message);
    return texts;
}

TEST(Mistakes, AreReportedInTheOrderOfTheOptions) {
    const std::vector<std::string> variables{
        "GOSU_LOG_FORMAT=x", "GOSU_LOG_LEVEL=x", "GOSU_STRICT=x",        "GOSU_NO_NEW_PRIVS=x", "GOSU_CAPS=x",
        "GOSU_STDIO=x",      "GOSU_UMASK=x",     "GOSU_HOME=x",          "GOSU_CHOWN_ERRORS=x", "GOSU_CHOWN_POLICY=x",
        "GOSU_CHOWN='",      "GOSU_MKDIR='",     "GOSU_PASSWD_NAME=a:b", "GOSU_UID=x",          "GOSU_GROUPS=none,x"};
    const std::string order[] = {"UID",          "GROUPS",       "PASSWD_NAME", "MKDIR",     "CHOWN",
                                 "CHOWN_POLICY", "CHOWN_ERRORS", "HOME",        "UMASK",     "STDIO",
                                 "CAPS",         "NO_NEW_PRIVS", "STRICT",      "LOG_LEVEL", "LOG_FORMAT"};
    const auto texts = texts_of(refuse_mistakes(mistakes_of({"app"}, variables)).value());
    ASSERT_EQ(texts.size(), std::size(order));
    for (std::size_t i = 0; i < texts.size(); ++i)
        EXPECT_THAT(texts[i], HasSubstr("cannot use GOSU_" + order[i] + "="));
}

TEST(Mistakes, LeaveTheOtherSettingsAsTheyAreGiven) {
    const Call call({"app"}, {"GOSU_UMASK=x", "GOSU_HOME=/srv", "GOSU_MKDIR=/a -/b", "GOSU_CHOWN=/c"});
    const auto line = call.line();
    const Settings settings = read_settings(*line);
    EXPECT_EQ(settings.umask, std::nullopt);
    EXPECT_EQ(settings.home, "/srv");
    EXPECT_THAT(settings.directories, IsEmpty()) << "a bad value counts as not given, and not as half given";
    EXPECT_EQ(settings.chown.operands.size(), 1U);
}

TEST(Mistakes, NameEachCapabilityThatIsNone) {
    EXPECT_THAT(mistakes_of({"app"}, {"GOSU_CAPS=nosuch,chown,nothere,nosuch"}),
                ElementsAre(HasSubstr("no capability nosuch"), HasSubstr("no capability nothere")));
    EXPECT_THAT(mistakes_of({"app"}, {"GOSU_CAPS=[nosuch, nothere]"}), ElementsAre(HasSubstr("brackets")))
        << "one typo is one mistake";
}

// Only a dry run needs no command, and only a dry run has a page.
TEST(Mistakes, SayNothingOfTheCommandWhereTheDryRunIsNotUnderstood) {
    EXPECT_THAT(mistakes_of({"--dry-run=x"}, {}), ElementsAre(HasSubstr("--dry-run=x")));
    EXPECT_THAT(mistakes_of({"--dry-run=x", "--json"}, {}), ElementsAre(HasSubstr("--dry-run=x")));
    EXPECT_THAT(mistakes_of({"--umask=x"}, {}), ElementsAre(HasSubstr("--umask=x"), HasSubstr("no command is given")));
}

TEST(Mistakes, AreEachSaidOnce) {
    Mistakes all{mistake_in(Option::caps, MessageId::setting_invalid, "b"),
                 {MessageId::file_unreadable, "c"},
                 mistake_in(Option::user, MessageId::setting_invalid, "a"),
                 mistake_in(Option::caps, MessageId::setting_invalid, "b"),
                 mistake_in(Option::caps, MessageId::setting_invalid, "a2")};
    sort_by_option(all);
    EXPECT_THAT(all, ElementsAre("a", "b", "a2", "c"));
}

TEST(LogSettings, AreTheDefaultsWhereTheyAreNotUnderstood) {
    const Call call({"--log-level=x", "--log-format=json", "app"});
    const auto line = call.line();
    const LogSettings log = read_log_settings(*line);
    EXPECT_EQ(log.level, LogLevel::warn);
    EXPECT_EQ(log.format, LogFormat::json);
    EXPECT_THAT(log.mistakes, ElementsAre(HasSubstr("--log-level=x")));
}

}  // namespace
}  // namespace stepdown::test
