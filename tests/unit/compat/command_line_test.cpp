// SPDX-License-Identifier: Apache-2.0
// How gosu 1.19 and su-exec 0.3 read their words and word their messages.
#include "stepdown/compat/command_line.h"

#include "support/kernel/strings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Words = std::vector<std::string>;

TEST(Applet, IsTheBasenameOfTheFirstWord) {
    const std::pair<const char*, Applet> table[] = {
        {"gosu", Applet::gosu},
        {"/usr/local/bin/gosu", Applet::gosu},
        {"./gosu", Applet::gosu},
        {"su-exec", Applet::su_exec},
        {"/sbin/su-exec", Applet::su_exec},
        {"stepdown", Applet::native},
        {"/gosu/stepdown", Applet::native},
        {"gosu/", Applet::native},
        {"GOSU", Applet::native},
        {"gosu2", Applet::native},
        {"gosu.exe", Applet::native},
        {"suexec", Applet::native},
        {"-gosu", Applet::native},
        {"", Applet::native},
        {nullptr, Applet::native},
    };
    for (const auto& [name, applet] : table) {
        EXPECT_EQ(applet_of(name), applet) << (name == nullptr ? "null" : name);
    }
}

TEST(CompatCommand, IsASpecAndACommand) {
    const Strings argv({"gosu", "app:audio", "-x", "--help", ""});
    for (const Applet applet : {Applet::gosu, Applet::su_exec}) {
        const auto words = read_compat_command(applet, argv.data());
        ASSERT_TRUE(std::holds_alternative<CompatCommand>(words));
        EXPECT_EQ(std::get<CompatCommand>(words).spec, "app:audio");
        EXPECT_EQ(copy_of(std::get<CompatCommand>(words).command), (Words{"-x", "--help", ""}));
    }
}

UsageText reply(Applet applet, const Words& words) {
    const Strings argv(words);
    const auto read = read_compat_command(applet, argv.data());
    EXPECT_TRUE(std::holds_alternative<UsageText>(read)) << testing::PrintToString(words);
    const auto* found = std::get_if<UsageText>(&read);
    return found == nullptr ? UsageText{} : *found;
}

TEST(UsageText, IsGosusUsageOnStandardErrorWithTooFewWords) {
    for (const Words& words : {Words{"/bin/gosu"}, Words{"/bin/gosu", "app"}, Words{"/bin/gosu", ""}}) {
        const UsageText usage = reply(Applet::gosu, words);
        EXPECT_THAT(usage.text, StartsWith("Usage: /bin/gosu user-spec command [args]\n   eg: /bin/gosu nobody sh\n"));
        EXPECT_EQ(usage.stream, Stream::err);
        EXPECT_EQ(usage.status, ExitCode::compat_failure);
    }
}

TEST(UsageText, IsGosusHelpOrVersionForTheFirstWordOnly) {
    for (const char* word : {"-h", "-?", "--help"}) {
        for (const Words& words : {Words{"gosu", word}, Words{"gosu", word, "true"}}) {
            const UsageText help = reply(Applet::gosu, words);
            EXPECT_THAT(help.text, StartsWith("Usage: gosu user-spec command [args]\n"));
            EXPECT_EQ(help.stream, Stream::out);
            EXPECT_EQ(help.status, ExitCode::success);
        }
    }
    for (const char* word : {"-v", "--version"}) {
        const UsageText version = reply(Applet::gosu, {"gosu", word});
        EXPECT_THAT(version.text, StartsWith("1.19 ")) << "scripts compare it";
        EXPECT_EQ(version.stream, Stream::out);
        EXPECT_EQ(version.status, ExitCode::success);
    }
    for (const char* word : {"--help", "-v", "--version"}) {
        const Strings argv({"gosu", "app", word});
        EXPECT_TRUE(std::holds_alternative<CompatCommand>(read_compat_command(Applet::gosu, argv.data()))) << word;
    }
}

TEST(UsageText, IsSuExecsUsageOnStandardOutput) {
    for (const Words& words : {Words{"su-exec"}, Words{"su-exec", "app"}, Words{"su-exec", "--help"}}) {
        const UsageText usage = reply(Applet::su_exec, words);
        EXPECT_EQ(usage.text, "Usage: su-exec user-spec command [args]\n");
        EXPECT_EQ(usage.stream, Stream::out);
        EXPECT_EQ(usage.status, ExitCode::compat_failure);
    }
    const Strings argv({"su-exec", "--help", "true"});
    EXPECT_TRUE(std::holds_alternative<CompatCommand>(read_compat_command(Applet::su_exec, argv.data())));
}

Error error_of(ExitCode code, int number, std::string message = "some reason") {
    return Error{std::move(message), code, number};
}

struct Wording {
    const char* command;
    Error error;
    std::string gosu;
    std::string su_exec;
};

const Wording wordings[] = {
    {"x", error_of(ExitCode::failure, 0), "error: failed switching to 'app': some reason", "su-exec: some reason"},
    {"x", error_of(ExitCode::failure, EPERM), "error: failed switching to 'app': operation not permitted",
     "su-exec: some reason"},
    {"x", error_of(ExitCode::not_found, ENOENT), "error: exec: \"x\": executable file not found in $PATH",
     "su-exec: x: No such file or directory"},
    {"/x", error_of(ExitCode::not_found, ENOENT), "error: exec: \"/x\": stat /x: no such file or directory",
     "su-exec: /x: No such file or directory"},
    {"x", error_of(ExitCode::not_executable, EACCES), "error: exec: \"x\": executable file not found in $PATH",
     "su-exec: x: Permission denied"},
    {"/x", error_of(ExitCode::not_executable, EACCES), "error: exec: \"/x\": permission denied",
     "su-exec: /x: Permission denied"},
    {"/x", error_of(ExitCode::not_executable, EISDIR), "error: exec: \"/x\": is a directory",
     "su-exec: /x: Is a directory"},
    {"/x", error_of(ExitCode::not_executable, ENOEXEC), "error: exec failed: exec format error",
     "su-exec: /x: Exec format error"},
};

TEST(AppletMessage, IsInThePeersWordsAndEndsInOne) {
    for (const auto& [command, error, gosu, su_exec] : wordings) {
        const Strings words({command});
        const CompatCommand call{"app", words.data()};
        EXPECT_EQ(in_style_of(Applet::gosu, call, error).message, gosu);
        EXPECT_EQ(in_style_of(Applet::su_exec, call, error).message, su_exec);
        for (const Applet applet : {Applet::gosu, Applet::su_exec}) {
            EXPECT_EQ(in_style_of(applet, call, error).code, ExitCode::compat_failure);
        }
    }
}

TEST(AppletMessage, LetsNoControlByteThrough) {
    const Strings words({"a\x1b[31m"});
    const CompatCommand call{"app\n", words.data()};
    for (const Error& error :
         {error_of(ExitCode::not_found, ENOENT), error_of(ExitCode::failure, 0, "no user app\n")}) {
        for (const Applet applet : {Applet::gosu, Applet::su_exec}) {
            const std::string message = in_style_of(applet, call, error).message;
            EXPECT_EQ(message.find_first_of("\x1b\n"), std::string::npos) << message;
        }
    }
}

}  // namespace
}  // namespace stepdown::test
