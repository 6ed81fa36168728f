// SPDX-License-Identifier: Apache-2.0
// gosu and su-exec: refusals, usage, exit codes and messages. See gosu 1.19's main.go, su-exec 0.3.

#include "support/files/temporary.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Refusal {
    std::string spec;
    std::string reason;  // what gosu says after "failed switching to 'SPEC': "
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << '\'' << refusal.spec << '\''; }

const std::string not_a_user = ": no matching entries in passwd file";
const std::string out_of_range = "uids and gids must be in range 0-2147483647";

const Refusal refusals[] = {
    {"missing", "unable to find user missing" + not_a_user},
    {"0day", "unable to find user 0day" + not_a_user},
    {"0x0", "unable to find user 0x0" + not_a_user},
    {" 0", "unable to find user  0" + not_a_user},
    {"a:b:c", "unable to find user a" + not_a_user},
    {"missing:0", "unable to find user missing" + not_a_user},
    {"root:missing", "unable to find group missing: no matching entries in group file"},
    {"root:b:c", "unable to find group b: no matching entries in group file"},
    {":missing", "unable to find group missing: no matching entries in group file"},
    {"-1", out_of_range},
    {"4294967295", out_of_range},
    {"4294967296", out_of_range},
    {"99999999999999999999", "unable to find user 99999999999999999999" + not_a_user},
    {"0:-1", out_of_range},
    {"0:4294967296", out_of_range},
};

class AppletRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(AppletRefusal, GosuSaysSoInItsOwnWords) {
    const auto& [spec, reason] = GetParam();
    const Outcome outcome = run(gosu(and_see({spec})));
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, "error: failed switching to '" + spec + "': " + reason + "\n");
}

TEST_P(AppletRefusal, SuExecRunsNothing) {
    const Outcome outcome = run(su_exec(and_see({GetParam().spec})));
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, Not(IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(Specs, AppletRefusal, testing::ValuesIn(refusals));

TEST(SuExec, NamesTheUserItCannotFind) {
    const Outcome outcome = run(su_exec(and_see({"missing"})));
    EXPECT_THAT(outcome.err, HasSubstr("missing"));
}

TEST(Gosu, MayNotSwitchWithoutPrivileges) {
    const Outcome outcome = run(gosu(and_see({"1001:1001"})).after(ids(1000, 1000)));
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, "error: failed switching to '1001:1001': operation not permitted\n");
}

TEST(SuExec, MayNotSwitchWithoutPrivileges) {
    const Outcome outcome = run(su_exec(and_see({"1001:1001"})).after(ids(1000, 1000)));
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, Not(IsEmpty()));
}

TEST(Gosu, NamesACommandItCannotFind) {
    const Outcome outcome = run(gosu({"1000:1000", "no-such-command"}));
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.err, "error: exec: \"no-such-command\": executable file not found in $PATH\n");
}

TEST(SuExec, NeverRunsANameItCannotFind) {
    const Outcome outcome = run(su_exec({"1000:1000", "no-such-command"}));
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("no-such-command"));
}

// What cannot be executed ends in exit code 1, never in 126 or 127.
TEST(Applet, WhatCannotBeExecutedEndsInOne) {
    const TemporaryDirectory directory;
    write_file(directory / "plain", "text", 0644);
    write_file(directory / "garbage",
               "\x7f"
               "ELF garbage",
               0755);
    for (const std::string& name : {directory.path(), directory / "plain", directory / "garbage", directory / "none"}) {
        for (const Command& command : {gosu({"1000:1000", name}), su_exec({"1000:1000", name})}) {
            const Outcome outcome = run(command);
            EXPECT_EQ(outcome.exit_code, 1) << name << '\n' << describe(outcome);
            EXPECT_THAT(outcome.err, Not(IsEmpty())) << name;
        }
    }
}

TEST(Gosu, PrintsItsHelpOnlyForTheFirstWord) {
    for (const char* word : {"-h", "-?", "--help"}) {
        const Outcome outcome = run(gosu({word}));
        EXPECT_EQ(outcome.exit_code, 0) << word;
        EXPECT_THAT(outcome.out, testing::StartsWith("Usage: gosu user-spec command [args]\n")) << word;
        EXPECT_EQ(outcome.err, "") << word;
    }
    EXPECT_EQ(run(gosu({"1000:1000", "/bin/echo", "--help"})).err, "");
}

TEST(Gosu, PrintsItsVersionOnlyForTheFirstWord) {
    for (const char* word : {"-v", "--version"}) {
        const Outcome outcome = run(gosu({word}));
        EXPECT_EQ(outcome.exit_code, 0) << word;
        EXPECT_THAT(outcome.out, testing::MatchesRegex("1\\.[0-9]+.*\n")) << word;
        EXPECT_EQ(outcome.err, "") << word;
    }
    EXPECT_EQ(run(gosu({"1000:1000", "/bin/echo", "--version", "-v"})).exit_code, 0);
}

TEST(Gosu, PrintsItsUsageWithTooFewWords) {
    for (const Words& words : {Words{}, Words{"root"}, Words{""}}) {
        const Outcome outcome = run(gosu(words));
        EXPECT_EQ(outcome.exit_code, 1);
        EXPECT_EQ(outcome.out, "");
        EXPECT_THAT(outcome.err, testing::StartsWith("Usage: gosu user-spec command [args]\n"));
    }
}

TEST(SuExec, PrintsItsUsageOnStandardOutputWithTooFewWords) {
    for (const Words& words : {Words{}, Words{"root"}}) {
        const Outcome outcome = run(su_exec(words));
        EXPECT_EQ(outcome.exit_code, 1);
        EXPECT_EQ(outcome.out, "Usage: su-exec user-spec command [args]\n");
        EXPECT_EQ(outcome.err, "");
    }
}

TEST(Applet, BuildsAnImageThatChecksItsGosu) {
    EXPECT_EQ(run(gosu({"--version"})).exit_code, 0);
    EXPECT_EQ(run(gosu({"nobody", "true"})).exit_code, 0);
}

// A setting of the container is nobody's business here: neither its value nor a typo in its name.
TEST(Applet, IgnoresEverySetting) {
    const TemporaryDirectory tree;
    for (Command command : {gosu(and_see({"1000:1000"})), su_exec(and_see({"1000:1000"}))}) {
        command.with({"GOSU_USER=nonsense:", "GOSU_CHOWN=" + tree.path(), "GOSU_UMASK=999", "GOSU_STRICT=perhaps",
                      "GOSU_LOG_LEVEL=debug", "GOSU_CHONW=/", "GOSU_STDIO=own"});
        const Outcome outcome = run(command);
        EXPECT_EQ(seen(outcome).uid(), "1000");
        EXPECT_EQ(outcome.err, "");
        EXPECT_EQ(owner(tree.path()), Owner({0, 0}));
    }
}

TEST(Applet, TakesTheCommandsOwnExitCode) {
    EXPECT_EQ(run(gosu({"1000:1000", "/bin/sh", "-c", "exit 42"})).exit_code, 42);
    EXPECT_EQ(run(su_exec({"1000:1000", "/bin/sh", "-c", "exit 42"})).exit_code, 42);
}

TEST(Applet, IsTheBasenameOfTheFirstWordOfAll) {
    Command command = gosu(and_see({"1000"}));
    command.argv.at(0) = "/some/where/gosu";
    EXPECT_EQ(seen(run(command)).ids(), "1000:0");
}

}  // namespace
}  // namespace stepdown::test
