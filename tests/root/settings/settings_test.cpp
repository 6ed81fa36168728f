// SPDX-License-Identifier: Apache-2.0
// Settings as flags and variables, seen from outside.

#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

struct BadValue {
    std::string setting;
    std::string value;
};

void PrintTo(const BadValue& bad, std::ostream* out) { *out << bad.setting << '=' << bad.value; }

const BadValue bad_values[] = {
    {"umask", "8"},
    {"umask", "0999"},
    {"umask", "01000"},
    {"umask", "0x1f"},
    {"umask", "rwx"},
    {"umask", "-1"},
    {"umask", "+022"},
    {"umask", "77777777777777777777"},
    {"stdio", "none"},
    {"stdio", "AUTO "},
    {"log-level", "loud"},
    {"log-level", "3"},
    {"log-format", "xml"},
    {"chown-errors", "ok"},
    {"chown-policy", "always"},
    {"chown-hardlinks", "yes"},
    {"strict", "2"},
    {"strict", "-1"},
    {"strict", "t"},
    {"strict", "enable"},
    {"strict", "y"},
    {"chown-one-file-system", "maybe"},
    {"chown-one-file-system", "+"},
    {"chown", "'/tmp"},
    {"chown", "\"/tmp"},
    {"groups", "missing-group"},
    {"groups", "-4294967295"},
    {"groups", "4294967295"},
    {"groups", "4294967296"},
};

std::string variable(const std::string& setting) {
    std::string name = "GOSU_";
    for (const char c : setting)
        name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

class BadSetting : public testing::TestWithParam<BadValue> {};

TEST_P(BadSetting, IsRefusedInOneLineThatNamesItBeforeAnythingChanges) {
    const auto& [setting, value] = GetParam();
    const TemporaryDirectory tree;
    Command command = stepdown(and_see({"-u", "1000:1000"}));
    command.pids = PidNamespace::own;  // a call would ignore the variable
    if (setting != "chown") command.with({"GOSU_CHOWN=" + tree.path()});
    const Outcome outcome = run(command.with({variable(setting) + "=" + value}));
    expect_refused(outcome, {value});
    EXPECT_TRUE(names_setting(outcome.err, setting)) << outcome.err;
    EXPECT_THAT(messages(outcome), SizeIs(1));
    EXPECT_EQ(owner(tree.path()), Owner({0, 0}));
}

TEST_P(BadSetting, IsRefusedAsAFlag) {
    const auto& [setting, value] = GetParam();
    if (setting == "strict" || setting == "chown-one-file-system") return;  // as flags they take no value
    const Outcome outcome = run(stepdown(and_see({"-u", "1000:1000", "--" + setting + "=" + value})));
    expect_refused(outcome, {value});
    EXPECT_TRUE(names_setting(outcome.err, setting)) << outcome.err;
}

INSTANTIATE_TEST_SUITE_P(Values, BadSetting, testing::ValuesIn(bad_values));

TEST(Settings, TakeTheFlagOverTheVariable) {
    Command command = stepdown(and_see({"-u", "1000:1000", "--umask", "0007", "--home=/flag"}));
    const Seen after = seen(run(command.with({"GOSU_UMASK=0077", "GOSU_HOME=/variable"})));
    EXPECT_EQ(after.one("Umask"), "0007");
    EXPECT_EQ(after.variable("HOME"), "/flag");
}

TEST(Settings, CountAnEmptyVariableAsUnset) {
    Command command = stepdown(and_see({"-u", "1000:1000"}));
    command.with({"GOSU_CHOWN=", "GOSU_UMASK=", "GOSU_STRICT=", "GOSU_STDIO=", "GOSU_LOG_LEVEL=", "GOSU_GROUPS=",
                  "GOSU_HOME=", "GOSU_CHOWN_ERRORS=", "GOSU_LOG_FORMAT=", "GOSU_CHOWN_ONE_FILE_SYSTEM="});
    const Outcome outcome = run(command);
    EXPECT_EQ(seen(outcome).ids(), "1000:1000");
    EXPECT_EQ(outcome.err, "");
}

TEST(Settings, RefuseAnEmptyFlag) {
    for (const char* flag : {"--user", "--umask", "--home", "--groups", "--chown", "--stdio", "--log-level"}) {
        const std::string joined = std::string(flag) + "=";
        for (const Words& words : {Words{"-u", "1000:1000", flag, ""}, Words{"-u", "1000:1000", joined}}) {
            expect_refused(run(stepdown(and_see(words))), {std::string(flag).substr(2)});
        }
    }
    expect_refused(run(stepdown(and_see({"-u", ""}))));
}

TEST(Settings, TakeBooleansInAnyCase) {
    for (const char* value : {"1", "true", "TRUE", "Yes", "oN"}) {
        Command command = stepdown(and_see({})).with({"GOSU_USER=app", std::string("GOSU_STRICT=") + value});
        expect_refused(run(command.after(ids(100000, 0))));
    }
    for (const char* value : {"0", "false", "False", "NO", "oFf"}) {
        Command command = stepdown(and_see({})).with({"GOSU_USER=app", std::string("GOSU_STRICT=") + value});
        EXPECT_EQ(run(command.after(ids(100000, 0))).exit_code, 0) << value;
    }
}

TEST(Usage, RefusesUnknownOptionsBeforeTheCommand) {
    for (const char* option : {"--frobnicate", "--usr=app", "-Z", "-u1000:1000x", "--"}) {
        const Outcome outcome = run(stepdown({"-u", "1000:1000", option}));
        expect_refused(outcome);
    }
    expect_refused(run(stepdown(and_see({"-u", "1000:1000", "--frobnicate"}))), {"--frobnicate"});
    expect_refused(run(stepdown(and_see({"--frobnicate", "-u", "1000:1000"}))), {"--frobnicate"});
    expect_refused(run(stepdown({"-u", "1000:1000"})));
    expect_refused(run(stepdown({"-u"})));
}

TEST(Usage, LeavesEverythingAfterTheCommandToTheCommand) {
    const Words own = {"--help", "-u", "root", "--", "--dry-run", "-V"};
    for (Words words : {Words{"-u", "1000:1000"}, Words{"-u", "1000:1000", "--"}}) {
        words = and_see(words);
        words.insert(words.end(), own.begin(), own.end());
        const Seen after = seen(run(stepdown(words)));
        EXPECT_EQ(after.uid(), "1000");
        Words expected{programs().probe, "see"};
        expected.insert(expected.end(), own.begin(), own.end());
        EXPECT_EQ(after.texts("argv"), expected);
    }
}

// After "--" a command may begin with a dash.
TEST(Usage, EndsOptionsAtTwoDashes) {
    expect_failed(run(stepdown({"-u", "1000:1000", "--", "--frobnicate"})), 127, {"--frobnicate"});
}

TEST(Usage, PrintsHelpAndVersionOnStandardOutput) {
    for (const char* option : {"-h", "--help", "--help-all", "-V", "--version"}) {
        const Outcome outcome = run(stepdown({option}).with({"GOSU_UMASK=nonsense", "GOSU_STRICT=perhaps"}));
        EXPECT_EQ(outcome.exit_code, 0) << option << '\n' << describe(outcome);
        EXPECT_NE(outcome.out, "") << option;
        EXPECT_EQ(outcome.err, "") << option;
    }
    EXPECT_NE(run(stepdown({"--help"})).out, run(stepdown({"--help-all"})).out);
    const std::string help = run(stepdown({"--help"})).out;
    for (const char* name : {"--user", "GOSU_USER", "--chown", "GOSU_CHOWN", "--umask", "GOSU_UMASK", "--dry-run"}) {
        EXPECT_THAT(help, HasSubstr(name));
    }
}

TEST(Typo, DrawsAWarningThatNamesIt) {
    for (const char* name : {"GOSU_CHONW", "GOSU_CHWN", "GOSU_CHOWNN", "GOSU_CHOVN", "GOSU_USR", "GOSU_UMSAK"}) {
        const Outcome outcome = run(stepdown(and_see({"-u", "1000:1000"})).with({std::string(name) + "=/tmp"}));
        EXPECT_EQ(seen(outcome).ids(), "1000:1000") << name;
        ASSERT_THAT(messages(outcome), SizeIs(1)) << name;
        EXPECT_THAT(outcome.err, StartsWith("stepdown: warning: "));
        EXPECT_THAT(outcome.err, HasSubstr(name));
    }
}

TEST(Typo, IsNotEveryOtherName) {
    Command command = stepdown(and_see({"-u", "1000:1000"}));
    command.with({"GOSU_VERSION=1.17", "GOSU_ARCH=amd64", "GOSU=1", "GOSU_=1", "GOSU_KEY_SERVER=x", "CHOWN=/tmp"});
    const Outcome outcome = run(command);
    EXPECT_EQ(seen(outcome).ids(), "1000:1000");
    EXPECT_EQ(outcome.err, "");
}

TEST(Log, IsOneObjectALineInJson) {
    const Outcome outcome = run(stepdown({"-u", "missing-user", "--log-format", "json", "true"}));
    EXPECT_EQ(outcome.exit_code, 125);
    EXPECT_EQ(outcome.out, "");
    ASSERT_THAT(messages(outcome), SizeIs(1));
    EXPECT_THAT(outcome.err,
                testing::AllOf(StartsWith("{"), HasSubstr(R"("level":)"), HasSubstr(R"("msg":)"),
                               HasSubstr(R"("logger":)"), HasSubstr(R"("ts":)"), testing::EndsWith("}\n")));
}

TEST(Log, SaysNothingOfASuccessfulStart) {
    const TemporaryDirectory tree;
    expect_silent_success(run(stepdown({"-u", "1000:1000", "-c", tree.path(), "true"})));
}

TEST(Log, EscapesWhatCouldDisturbATerminal) {
    const Outcome outcome = run(stepdown({"-u", "1000:1000", "no\n\x1b[31msuch"}));
    EXPECT_EQ(outcome.exit_code, 127);
    EXPECT_THAT(outcome.err, testing::Not(HasSubstr("\x1b")));
    EXPECT_THAT(messages(outcome), SizeIs(1));
}

}  // namespace
}  // namespace stepdown::test
