// SPDX-License-Identifier: Apache-2.0
// What the values mean, and how bad ones are refused.
#include "stepdown/base/choices.h"

#include "support/plan/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Words = std::vector<std::string>;

Settings read(const Words& words, const Words& variables = {}) {
    const auto settings = Call(words, variables).settings();
    EXPECT_TRUE(settings) << message_of(settings);
    return settings ? *settings : Settings{};
}

TEST(Settings, HaveTheDefaultsOfTheContract) {
    const Settings settings = read({"app"});
    EXPECT_EQ(settings.invocation, Invocation::entrypoint);
    EXPECT_FALSE(settings.user);
    EXPECT_FALSE(settings.groups);
    EXPECT_TRUE(settings.directories.empty());
    EXPECT_TRUE(settings.chown.operands.empty());
    EXPECT_EQ(settings.chown.errors, std::nullopt);
    EXPECT_EQ(settings.chown.mounts, Mounts::enter);
    EXPECT_EQ(settings.home, std::nullopt);
    EXPECT_EQ(settings.umask, std::nullopt);
    EXPECT_EQ(settings.stdio, StdioMode::automatic);
    EXPECT_FALSE(settings.capabilities);
    EXPECT_FALSE(settings.no_new_privileges);
    EXPECT_EQ(settings.strictness, Strictness::lenient);
    EXPECT_EQ(settings.run, Run::command);
    const auto log = Call({"app"}).log_settings();
    EXPECT_EQ(log->level, LogLevel::warn);
    EXPECT_EQ(log->format, LogFormat::text);
}

TEST(Settings, ReadTheirVariables) {
    const Settings settings =
        read({"app"}, {"GOSU_USER=1000:1000", "GOSU_GROUPS=docker", "GOSU_MKDIR=/a '/b c'", "GOSU_CHOWN=/data",
                       "GOSU_CHOWN_ERRORS=warn", "GOSU_CHOWN_ONE_FILE_SYSTEM=yes", "GOSU_CHOWN_POLICY=on-root-mismatch",
                       "GOSU_CHOWN_HARDLINKS=refuse", "GOSU_HOME=/srv", "GOSU_UMASK=0027", "GOSU_STDIO=own",
                       "GOSU_CAPS=chown", "GOSU_NO_NEW_PRIVS=1", "GOSU_STRICT=on"});
    EXPECT_EQ(settings.user->value, "1000:1000");
    EXPECT_EQ(settings.groups->entries, Words{"docker"});
    EXPECT_EQ(settings.groups->given.label, "GOSU_GROUPS=docker");
    EXPECT_EQ(settings.directories, (Words{"/a", "/b c"}));
    EXPECT_EQ(settings.chown.operands, (std::vector<Operand>{{"/data", Presence::required}}));
    EXPECT_EQ(settings.chown.label, "GOSU_CHOWN=/data");
    EXPECT_EQ(settings.chown.policy, ChownPolicy::on_root_mismatch);
    EXPECT_EQ(settings.chown.errors, ChownErrors::warn);
    EXPECT_EQ(settings.chown.hard_links, HardLinks::refuse);
    EXPECT_EQ(settings.chown.mounts, Mounts::stay);
    EXPECT_EQ(settings.home, "/srv");
    EXPECT_EQ(settings.umask, mode_t{027});
    EXPECT_EQ(settings.stdio, StdioMode::own);
    EXPECT_EQ(settings.capabilities->kept.numbers(), std::vector<int>{cap_chown});
    EXPECT_TRUE(settings.no_new_privileges);
    EXPECT_EQ(settings.strictness, Strictness::strict);
}

TEST(Settings, TakeEveryPolicyOfTheChown) {
    EXPECT_EQ(read({"--chown-policy=on-mismatch", "app"}).chown.policy, ChownPolicy::on_mismatch);
    EXPECT_EQ(read({"--chown-policy=on-root-mismatch", "app"}).chown.policy, ChownPolicy::on_root_mismatch);
    EXPECT_EQ(read({"app"}, {"GOSU_CHOWN_POLICY=top"}).chown.policy, ChownPolicy::top);
}

TEST(Settings, ReadTheLog) {
    const auto log = Call({"--log-format=json", "app"}, {"GOSU_LOG_LEVEL=debug"}).log_settings();
    EXPECT_EQ(log->level, LogLevel::debug);
    EXPECT_EQ(log->format, LogFormat::json);
    EXPECT_EQ(Call({"--log-level", "error", "app"}).log_settings()->level, LogLevel::error);
    EXPECT_EQ(Call({"--log-level", "info", "app"}).log_settings()->level, LogLevel::info);
}

TEST(Settings, KnowTheFormatOfAnErrorBeforeTheyAreRead) {
    for (const auto& [variable, format] :
         {std::pair("GOSU_LOG_FORMAT=json", LogFormat::json), std::pair("GOSU_LOG_FORMAT=text", LogFormat::text),
          std::pair("GOSU_LOG_FORMAT=nonsense", LogFormat::text), std::pair("GOSU_LOG_FORMAT=", LogFormat::text),
          std::pair("OTHER=json", LogFormat::text)}) {
        const Strings variables({variable});
        const OnlyVariables only(variables.data());
        EXPECT_EQ(early_log_format(), format) << variable;
    }
}

struct Bad {
    std::string assignment;  // of a variable; the flag is tried with the same value
    std::string flag;
    std::string accepted;
};

const std::string a_boolean = "it must be one of 1, true, yes, on, 0, false, no, off";
const std::string an_octal = "octal number from 0 to 0777";

const Bad bad_values[] = {
    {"GOSU_CHOWN_ERRORS=ignore", "--chown-errors", "it must be one of fail, warn"},
    {"GOSU_CHOWN_ERRORS=WARN", "--chown-errors", "it must be one of fail, warn"},
    {"GOSU_CHOWN_POLICY=always", "--chown-policy", "it must be one of on-mismatch, on-root-mismatch, top"},
    {"GOSU_CHOWN_HARDLINKS=yes", "--chown-hardlinks", "it must be one of auto, allow, refuse"},
    {"GOSU_STDIO=yes", "--stdio", "it must be one of auto, own, keep"},
    {"GOSU_HOME=home/app", "--home", "absolute path"},
    {"GOSU_HOME=~", "--home", "absolute path"},
    {"GOSU_UMASK=0888", "--umask", an_octal},
    {"GOSU_UMASK=01000", "--umask", an_octal},
    {"GOSU_UMASK=-1", "--umask", an_octal},
    {"GOSU_UMASK=+22", "--umask", an_octal},
    {"GOSU_UMASK=0o22", "--umask", an_octal},
    {"GOSU_UMASK=0x1f", "--umask", an_octal},
    {"GOSU_UMASK=022x", "--umask", an_octal},
    {"GOSU_UMASK=u=rwx", "--umask", an_octal},
    {"GOSU_UMASK=0777777777777777777777777", "--umask", an_octal},
    {"GOSU_STRICT=2", "--strict", a_boolean},
    {"GOSU_STRICT=enable", "--strict", a_boolean},
    {"GOSU_NO_NEW_PRIVS=all", "--no-new-privs", a_boolean},
    {"GOSU_CHOWN_ONE_FILE_SYSTEM=+", "--one-file-system", a_boolean},
    {"GOSU_CHOWN='/a", "--chown", "a ' is not closed"},
    {"GOSU_CHOWN=/a\\", "--chown", "it ends with a backslash"},
    {"GOSU_CHOWN=-", "--chown", "it holds an empty path"},
    {"GOSU_CHOWN=''", "--chown", "it holds an empty path"},
    {"GOSU_MKDIR=''", "--mkdir", "it holds an empty path"},
    {"GOSU_MKDIR=\"/a", "--mkdir", "a \" is not closed"},
    {"GOSU_MKDIR=/a -/b", "--mkdir", "what is to be created need not. Write /b, or ./-NAME"},
    {"GOSU_GROUPS=none,docker", "--groups", "\"none\" cannot be combined"},
};

TEST(Settings, NameTheLabelTheValueAndWhatIsAccepted) {
    for (const auto& [assignment, flag, accepted] : bad_values) {
        const std::string value = assignment.substr(assignment.find('=') + 1);
        const std::string by_variable = message_of(Call({"app"}, {assignment}).settings());
        EXPECT_THAT(by_variable, StartsWith("cannot use " + assignment.substr(0, assignment.find('=')) + "="));
        EXPECT_THAT(by_variable, HasSubstr(accepted)) << assignment;
        std::string by_flag = flag;
        by_flag.append("=").append(value);
        const auto refused = Call({by_flag, "app"}).settings();
        ASSERT_FALSE(refused) << by_flag;
        EXPECT_EQ(refused.error().code, ExitCode::failure);
        EXPECT_THAT(refused.error().message, StartsWith("cannot use " + flag + "=")) << by_flag;
        EXPECT_THAT(refused.error().message, HasSubstr(accepted)) << by_flag;
    }
}

TEST(Settings, ShowTheBadValueInOneLine) {
    EXPECT_EQ(message_of(Call({"app"}, {"GOSU_STDIO=a\nb"}).settings()),
              "cannot use GOSU_STDIO=a\\nb: it must be one of auto, own, keep");
    EXPECT_EQ(message_of(Call({"--stdio", "a b", "app"}).settings()),
              "cannot use --stdio=\"a b\": it must be one of auto, own, keep");
}

TEST(Settings, OfTheLogAreRefusedTheSameWay) {
    EXPECT_EQ(message_of(Call({"app"}, {"GOSU_LOG_LEVEL=loud"}).log_settings()),
              "cannot use GOSU_LOG_LEVEL=loud: it must be one of error, warn, info, debug");
    EXPECT_EQ(message_of(Call({"--log-format=xml", "app"}).log_settings()),
              "cannot use --log-format=xml: it must be one of text, json");
}

TEST(Settings, TakeEveryUmask) {
    const std::pair<const char*, mode_t> table[] = {{"0", 0},      {"7", 07},     {"22", 022},         {"022", 022},
                                                    {"0022", 022}, {"777", 0777}, {"0777", 0777},      {"0000", 0},
                                                    {"027", 027},  {"0007", 07},  {"00000000077", 077}};
    for (const auto& [text, mode] : table) EXPECT_EQ(read({"--umask", text, "app"}).umask, mode) << text;
}

TEST(Settings, TakeAUmaskFromAVariableThatYamlCannotHaveChanged) {
    const std::pair<const char*, mode_t> table[] = {{"0", 0},       {"7", 07},           {"00", 0},    {"07", 07},
                                                    {"022", 022},   {"0022", 022},       {"027", 027}, {"0077", 077},
                                                    {"0777", 0777}, {"00000000077", 077}};
    for (const auto& [text, mode] : table) {
        EXPECT_EQ(read({"app"}, {std::string("GOSU_UMASK=") + text}).umask, mode) << text;
    }
}

// 63 is 0077 in decimal, 23 is 0027, 511 is 0777, and 8 and 9 are no octal digits at all.
TEST(Settings, RefuseAUmaskThatYamlMayHaveMadeDecimal) {
    const std::pair<std::string, std::string> table[] = {
        {"63", "63 of an unquoted 0077. Write GOSU_UMASK=\"063\" or \"0077\""},
        {"23", "23 of an unquoted 0027. Write GOSU_UMASK=\"023\" or \"0027\""},
        {"18", "18 of an unquoted 0022. Write GOSU_UMASK=\"0022\""},
        {"22", "22 of an unquoted 0026. Write GOSU_UMASK=\"022\" or \"0026\""},
        {"99", "99 of an unquoted 0143. Write GOSU_UMASK=\"0143\""},
        {"511", "511 of an unquoted 0777. Write GOSU_UMASK=\"0511\" or \"0777\""},
    };
    for (const auto& [text, advice] : table) {
        const std::string message = message_of(Call({"app"}, {"GOSU_UMASK=" + text}).settings());
        EXPECT_EQ(message, "cannot use GOSU_UMASK=" + text + ": it has no leading 0, and YAML makes " + advice +
                               ", with the leading 0 and quotes");
    }
    EXPECT_THAT(message_of(Call({"app"}, {"GOSU_UMASK=777"}).settings()),
                HasSubstr("it has no leading 0. Write GOSU_UMASK=\"0777\", with"));
    for (const char* text : {"8", "9", "1000"}) {
        EXPECT_THAT(message_of(Call({"app"}, {std::string("GOSU_UMASK=") + text}).settings()), HasSubstr(an_octal));
    }
}

TEST(Booleans, AreFourWordsEachInAnyCase) {
    for (const char* text : {"1", "true", "TRUE", "True", "yes", "YES", "yEs", "on", "ON", "On"}) {
        EXPECT_EQ(parse_boolean(text), true) << text;
    }
    for (const char* text : {"0", "false", "FALSE", "False", "no", "NO", "No", "off", "OFF", "oFF"}) {
        EXPECT_EQ(parse_boolean(text), false) << text;
    }
    for (const char* text : {"", "2", "-1", "t", "y", "n", "f", "+", "-", "enable", "disable", " 1", "1 ", "01", "10",
                             "true\n", "yes no", "truefalse", "onn"}) {
        EXPECT_EQ(parse_boolean(text), std::nullopt) << text;
    }
}

TEST(Settings, MayTurnABooleanOff) {
    EXPECT_EQ(read({"app"}, {"GOSU_STRICT=No"}).strictness, Strictness::lenient);
    EXPECT_EQ(read({"app"}, {"GOSU_CHOWN_ONE_FILE_SYSTEM=0"}).chown.mounts, Mounts::enter);
}

TEST(Settings, MayAskForNoGroupsAtAll) {
    const Settings none = read({"app"}, {"GOSU_GROUPS=none"});
    ASSERT_TRUE(none.groups);
    EXPECT_TRUE(none.groups->entries.empty());
    EXPECT_FALSE(read({"app"}, {"GOSU_GROUPS=, ,"}).groups) << "an empty list counts as unset";
    EXPECT_EQ(read({"-g", "None", "app"}).groups->entries, Words{"None"}) << "a name like another";
}

TEST(Settings, ReadOptionalPaths) {
    const std::vector<Operand> operands{{"/a", Presence::required},
                                        {"/b", Presence::optional},
                                        {"-/c", Presence::optional},
                                        {"d e", Presence::optional},
                                        {"relative", Presence::required}};
    EXPECT_EQ(read({"app"}, {"GOSU_CHOWN=/a -/b --/c '-d e' relative"}).chown.operands, operands);
}

TEST(Settings, NeedACommandUnlessNothingIsRun) {
    EXPECT_EQ(message_of(Call({}, {"GOSU_USER=app"}).settings()),
              "cannot start: no command is given. See stepdown --help. In a Dockerfile add CMD. If ENTRYPOINT has no "
              "brackets, a shell runs it and drops CMD: write ENTRYPOINT [\"stepdown\"]");
    EXPECT_THAT(message_of(Call({"--"}, {"GOSU_USER=app"}).settings()),
                testing::StartsWith("cannot start: no command is given. "));
    const Call dry({"--dry-run"});
    const auto settings = dry.settings();
    ASSERT_TRUE(settings) << message_of(settings);
    EXPECT_EQ(settings->run, Run::dry);
    EXPECT_EQ(*settings->command, nullptr);
    EXPECT_EQ(settings->page, PageFormat::text);
}

struct DryRunRow {
    Words words;
    Words variables;
    Run run;
    PageFormat page = PageFormat::text;
};

TEST(Settings, TakeTheDryRunFromItsVariableToo) {
    const DryRunRow table[] = {
        {{"app"}, {"GOSU_DRY_RUN=1"}, Run::dry},
        {{"app"}, {"GOSU_DRY_RUN=Yes"}, Run::dry},
        {{"app"}, {"GOSU_DRY_RUN=off"}, Run::command},
        {{"app"}, {"GOSU_DRY_RUN="}, Run::command},
        {{"app"}, {"GOSU_DRY_RUN=json"}, Run::dry, PageFormat::json},
        {{"app"}, {"GOSU_DRY_RUN=JSON"}, Run::dry, PageFormat::json},
        {{}, {"GOSU_DRY_RUN=json"}, Run::dry, PageFormat::json},
        {{"--json", "app"}, {"GOSU_DRY_RUN=1"}, Run::dry, PageFormat::json},
        {{"--json=no", "app"}, {"GOSU_DRY_RUN=json"}, Run::dry},
        {{"--dry-run", "app"}, {"GOSU_DRY_RUN=json"}, Run::dry},
        {{"--dry-run=no", "app"}, {"GOSU_DRY_RUN=json"}, Run::command},
        {{"--dry-run=json", "app"}, {}, Run::dry, PageFormat::json},
        {{"-u", "b", "app"}, {"GOSU_USER=a", "GOSU_DRY_RUN=1"}, Run::dry},
    };
    for (const auto& [words, variables, run, page] : table) {
        const auto settings = Call(words, variables).settings();
        ASSERT_TRUE(settings) << message_of(settings);
        EXPECT_EQ(settings->run, run) << testing::PrintToString(variables);
        EXPECT_EQ(settings->page, page) << testing::PrintToString(words) << testing::PrintToString(variables);
    }
    EXPECT_EQ(message_of(Call({"app"}, {"GOSU_DRY_RUN=text"}).settings()),
              "cannot use GOSU_DRY_RUN=text: it must be one of 1, true, yes, on, 0, false, no, off, json");
    EXPECT_THAT(message_of(Call({}, {"GOSU_DRY_RUN=no"}).settings()), testing::StartsWith("cannot start: no command"));
}

TEST(Settings, GiveJsonForADryRunOnly) {
    EXPECT_EQ(Call({"--json", "--dry-run"}).settings()->page, PageFormat::json);
    EXPECT_EQ(Call({"--dry-run", "--json=no"}).settings()->page, PageFormat::text);
    for (const Words& words : {Words{"--json", "app"}, Words{"--dry-run=0", "--json", "app"}}) {
        EXPECT_EQ(message_of(Call(words).settings()),
                  "cannot read the command line: option --json goes with --dry-run. See stepdown --help");
    }
}

}  // namespace
}  // namespace stepdown::test
