// SPDX-License-Identifier: Apache-2.0
// Starts that lack a user, a command or an option because something else was written. Each remedy is carried out to the
// letter.

#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <sstream>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// What stands between before and after in text; "" where it does not.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const auto start = text.find(before);
    const auto end = start == std::string::npos ? start : text.find(after, start + before.size());
    return end == std::string::npos ? "" : text.substr(start + before.size(), end - start - before.size());
}

Words split(const std::string& text) {
    Words words;
    std::istringstream in(text);
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

// The strings of the first list in text, as the exec form of a Dockerfile has it.
Words list_in(const std::string& text) {
    const auto start = text.find('[');
    if (start == std::string::npos) return {};
    rapidjson::Document list;
    list.Parse(text.substr(start, text.find(']', start) + 1 - start).c_str());
    Words words;
    if (!list.IsArray()) return words;
    for (const auto& word : list.GetArray()) words.emplace_back(word.GetString());
    return words;
}

class UnsetUserVariable : public testing::TestWithParam<std::pair<Words, const char*>> {};

const std::pair<Words, const char*> variables_and_ids[] = {
    {{"GOSU_USR=app"}, "1500:1500 29 44"},
    {{"gosu_user=app:audio"}, "1500:29"},
    {{"STEPDOWN_USER=1000:1000"}, "1000:1000"},
    {{"PUID=1000", "PGID=100"}, "1000:100"},
    {{"NB_UID=1000"}, "1000:1000"},
};

TEST_P(UnsetUserVariable, IsNamedByARefusalWhoseRemedyWorks) {
    const auto& [variables, ids] = GetParam();
    const auto with_variables = [&variables = variables](Command command) {
        for (const std::string& each : variables) command.with({each});
        return command;
    };
    const Outcome outcome = run(with_variables(stepdown({"true"})));
    expect_refused(outcome, {"no user is set", variables.front().substr(0, variables.front().find('='))});
    EXPECT_EQ(messages(outcome).size(), 1U) << outcome.err;
    const std::string remedies = between(outcome.err, ". Set ", "\n");
    const std::string remedy = remedies.substr(0, remedies.find(". Or"));  // compat_test.cpp tries the other one
    const Outcome mended = run(with_variables(stepdown(and_see({}))).with({remedy}));
    EXPECT_EQ(seen(mended).ids(), ids) << remedy;
}

INSTANTIATE_TEST_SUITE_P(Variables, UnsetUserVariable, testing::ValuesIn(variables_and_ids));

TEST(UnsetUser, IsTheFirstWordAsTheRefusalSays) {
    Words words = and_see({"app"});
    const Outcome outcome = run(stepdown(words));
    expect_refused(outcome, {"no user is set"});
    Words remedy = split(between(outcome.err, "Did you mean stepdown ", "?"));
    ASSERT_EQ(remedy.size(), words.size() + 1) << outcome.err;
    EXPECT_EQ(seen(run(stepdown(remedy))).ids(), "1500:1500 29 44");
}

TEST(UnsetUser, IsNamedByADryRun) {
    const Outcome outcome = run(stepdown({"--dry-run", "true"}).with({"GOSU_USR=app"}));
    EXPECT_EQ(outcome.exit_code, 125);
    EXPECT_THAT(outcome.out, HasSubstr("The variable GOSU_USR is not a setting. Set GOSU_USER=app\n"));
}

TEST(LongFlag, WithOneDashIsMeantByItsName) {
    const Outcome outcome = run(stepdown(and_see({"-user", "app"})));
    expect_refused(outcome, {"option -user is not known"});
    const std::string meant = between(outcome.err, "Did you mean ", "?");
    EXPECT_EQ(seen(run(stepdown(and_see({meant, "app"})))).ids(), "1500:1500 29 44");
}

TEST(ShortFlag, TakesItsValueWithoutAnEqualsSign) {
    const Outcome outcome = run(stepdown(and_see({"-u=app"})));
    expect_refused(outcome, {"The value begins with =", "Set --user to app"});
    EXPECT_EQ(seen(run(stepdown(and_see({"--user", "app"})))).ids(), "1500:1500 29 44");
}

// docker run IMAGE -c 'exit 3' of an image with ENTRYPOINT ["stepdown"], whose command is sh.
TEST(UnknownOption, OfACommandNeedsAnEntrypointWithItsName) {
    const Words arguments{"-c", "exit 3"};
    const Outcome outcome = run(stepdown({"-x", "exit 3"}).with({"GOSU_USER=app"}));
    expect_refused(outcome, {"option -x is not known", "Options of a command come after its name"});
    Words entrypoint = list_in(outcome.err);
    ASSERT_EQ(entrypoint, (Words{"stepdown", "--", "app"})) << outcome.err;
    entrypoint = {"--", "sh"};
    entrypoint.insert(entrypoint.end(), arguments.begin(), arguments.end());
    EXPECT_EQ(run(stepdown(entrypoint).with({"GOSU_USER=app"})).exit_code, 3);
}

// ENTRYPOINT stepdown with CMD ["true"].
TEST(ShellForm, DropsTheCommandAsTheRefusalSays) {
    const auto in_shell = [](const std::string& script) {
        Command command = stepdown({});
        command.argv = {"/bin/sh", "-c", script, "true"};
        command.file = "/bin/sh";
        return run(command.with({"GOSU_USER=app"}));
    };
    const Outcome kept = in_shell(programs().stepdown + "; exit $?");
    expect_refused(kept, {"because a shell runs ENTRYPOINT and drops CMD (true)", "write ENTRYPOINT [\"stepdown\"]"});
    const Outcome gone = in_shell("exec " + programs().stepdown);
    expect_refused(gone, {"no command is given", "If ENTRYPOINT has no brackets", "write ENTRYPOINT [\"stepdown\"]"});
    EXPECT_EQ(list_in(gone.err), Words{"stepdown"});
    expect_silent_success(run(stepdown({"true"}).with({"GOSU_USER=app"})));
}

TEST(ShellForm, IsNotBlamedForAShellThatHasNoWords) {
    Command command = stepdown({});
    command.argv = {"/bin/sh", "-c", programs().stepdown + "; exit $?"};
    command.file = "/bin/sh";
    EXPECT_THAT(run(command).err, Not(HasSubstr("because a shell")));
}

class OneWord : public testing::TestWithParam<std::pair<const char*, const char*>> {};

// CMD ["echo a b"] and what it prints.
const std::pair<const char*, const char*> one_words[] = {
    {"echo a b", "a b\n"},
    {"/bin/echo a", "a\n"},
    {"echo a && echo b", "a\nb\n"},
    {"echo 'a  b'", "a  b\n"},
};

TEST_P(OneWord, IsTakenApartAsTheMessageSays) {
    const auto& [word, printed] = GetParam();
    const Outcome outcome = run(stepdown({word}).with({"GOSU_USER=app"}));
    expect_failed(outcome, 127, {"cannot run"});
    const Words remedy = list_in(outcome.err);
    ASSERT_FALSE(remedy.empty()) << outcome.err;
    EXPECT_EQ(run(stepdown(remedy).with({"GOSU_USER=app"})).out, printed);
    const Outcome dry = run(stepdown({"--dry-run", word}).with({"GOSU_USER=app"}));
    EXPECT_EQ(list_in(dry.out.substr(dry.out.find("problem"))), remedy) << dry.out;
}

INSTANTIATE_TEST_SUITE_P(Commands, OneWord, testing::ValuesIn(one_words));

TEST(FirstWord, IsNoneThatAShellKnows) {
    const auto start = [](const Words& words) { return run(stepdown(words).with({"GOSU_USER=app"})); };
    expect_failed(start({"exec", "echo", "a"}), 127, {"Leave it out"});
    EXPECT_EQ(start({"echo", "a"}).out, "a\n");
    expect_failed(start({"A=1", "sh", "-c", "echo $A"}), 127, {"Write env before it"});
    EXPECT_EQ(start({"env", "A=1", "sh", "-c", "echo $A"}).out, "1\n");
    expect_failed(start({"cd", "/", "&&", "pwd"}), 127, {"Write the whole line as one string after sh -c"});
    EXPECT_EQ(start({"sh", "-c", "cd / && pwd"}).out, "/\n");
    expect_failed(start({"true\r"}), 127, {"ends with a blank or a line end. Write true"});
}

TEST(UnknownUser, IsTheOneThatTheRefusalProposes) {
    for (const char* user : {"App", "1500:vidoe", "app.app"}) {
        const Outcome outcome = run(stepdown({"true"}).with({std::string("GOSU_USER=") + user}));
        expect_refused(outcome, {"cannot use GOSU_USER="});
        const std::string meant = between(outcome.err, "Did you mean ", "?");
        EXPECT_EQ(run(stepdown({"true"}).with({"GOSU_USER=" + meant})).exit_code, 0) << outcome.err;
    }
}

// The examples of --help-all.
TEST(HelpAll, ShowsExamplesThatWork) {
    const std::string page = run(stepdown({"--help-all"})).out;
    const std::string shell = between(page, "          stepdown ", " id\n");
    ASSERT_EQ(shell, "-u 1000:1000 -g video,docker");
    EXPECT_EQ(seen(run(stepdown(and_see(split(shell))))).ids(), "1000:1000 44 999");
    const TemporaryDirectory base;
    const std::string env = between(page, "ENV ", "\n");
    ASSERT_EQ(env, "GOSU_USER=app GOSU_MKDIR=/run/app GOSU_CHOWN=\"/data -/cache\"");
    make_directory(base / "data");
    const std::string paths = (base / "data") + " -" + (base / "cache");
    expect_silent_success(
        run(stepdown({"true"}).with({"GOSU_USER=app", "GOSU_MKDIR=" + (base / "run/app"), "GOSU_CHOWN=" + paths})));
    EXPECT_EQ(owner(base / "data"), Owner({1500, 1500}));
    const std::string dry = between(page, "-e GOSU_USER=1000:1000 IMAGE ", " app\n");
    EXPECT_EQ(run(stepdown({dry, "true"}).with({"GOSU_USER=1000:1000"})).exit_code, 0);
}

}  // namespace
}  // namespace stepdown::test
