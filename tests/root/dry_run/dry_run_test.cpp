// SPDX-License-Identifier: Apache-2.0
// --dry-run: the whole plan, what would fail, and no change.

#include "support/files/temporary.h"
#include "support/process/dry_run_page.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <ostream>

namespace stepdown::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Command dry(Words words) {
    words.insert(words.begin(), "--dry-run");
    return stepdown(words);
}

// A tree of four entries, of which app owns two.
class HalfOwned {
  public:
    HalfOwned() {
        for (const char* name : {"a", "b", "c"}) write_file(tree_ / name, "");
        give(tree_ / "a", app_);
        give(tree_ / "b", app_);
    }
    [[nodiscard]] const std::string& path() const { return tree_.path(); }
    std::string operator/(const std::string& name) const { return tree_ / name; }
    void expect_unchanged() const {
        EXPECT_EQ(owner(tree_.path()), Owner({0, 0}));
        EXPECT_EQ(owner(tree_ / "a"), app_);
        EXPECT_EQ(owner(tree_ / "c"), Owner({0, 0}));
    }

  private:
    const Owner app_{1500, 1500};
    TemporaryDirectory tree_;
};

TEST(DryRun, PrintsThePlanWithNamesAndNumbers) {
    const HalfOwned tree;
    Command command = dry({"-g", "docker", "-c", tree.path(), "--umask", "0027", "sh"}).with({"GOSU_USER=app"});
    const Outcome outcome = run(command.after(groups({0, 6, 20})));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_EQ(outcome.err, "");
    for (const char* part : {"app", "1500", "docker", "999", "audio", "29", "video", "44", "20", "disk", "/srv/app",
                             "27", "2 of 4", "sh", "stdout", "stderr"}) {
        EXPECT_THAT(outcome.out, HasSubstr(part));
    }
    EXPECT_THAT(outcome.out, HasSubstr(tree.path()));
}

TEST(DryRun, ChangesNothingAndRunsNothing) {
    const HalfOwned tree;
    const Command command =
        dry({"-u", "app", "-c", tree.path(), "/bin/sh", "-c", "echo ran; touch " + tree.path() + "/new"});
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, Not(HasSubstr("\nran\n")));
    EXPECT_FALSE(status(tree.path() + "/new"));
    tree.expect_unchanged();
}

TEST(DryRun, LeavesTheStreamsAsTheyAre) {
    int fds[2] = {-1, -1};
    ASSERT_EQ(::pipe(fds), 0);
    const UniqueFd read(fds[0]);
    const UniqueFd write(fds[1]);
    Command command = dry({"-u", "app", "true"});
    command.out = Stream::given(write.get());
    EXPECT_EQ(run(command).exit_code, 0);
    EXPECT_EQ(owner(write.get()), Owner({0, 0}));
}

// Whoever asks by flag may ask about everything else.
TEST(DryRun, SaysThatTheStartNeedsACommandAndReportsTheRest) {
    const Outcome outcome = run(dry({"-u", "app"}));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("1500"));
    EXPECT_THAT(outcome.out, HasSubstr("warning   no command is given, and the start needs one"));
    EXPECT_THAT(outcome.out, HasSubstr("\nThe start would succeed with a command."));
    const Outcome json = run(dry({"--json", "-u", "app"}));
    EXPECT_THAT(json.out, HasSubstr(R"("succeeds":true,"problems":[],"warnings":[{"id":"command-missing",)"));
    EXPECT_EQ(run(dry({"-u", "app", "-c", "/missing/path"})).exit_code, 125);
}

// It stands for the container's own start, so a missing command is one of its problems.
TEST(DryRun, ByVariableEndsAsTheStartWould) {
    const HalfOwned tree;
    const auto asked = [&](const std::string& variable, const Words& words) {
        return run(stepdown(words).with({"GOSU_USER=app", "GOSU_CHOWN=" + tree.path(), variable}));
    };
    const Outcome whole = asked("GOSU_DRY_RUN=1", {"/bin/sh", "-c", "echo ran"});
    EXPECT_EQ(whole.exit_code, 0) << describe(whole);
    EXPECT_EQ(whole.err, "");
    EXPECT_THAT(whole.out, HasSubstr("2 of 4"));
    EXPECT_THAT(whole.out, HasSubstr("\nwarning   GOSU_DRY_RUN=1 makes this a dry run, so nothing was changed and no "
                                     "command was run\n"));
    EXPECT_THAT(whole.out, Not(HasSubstr("\nran\n")));
    const Outcome without = asked("GOSU_DRY_RUN=yes", {});
    EXPECT_EQ(without.exit_code, 125) << describe(without);
    EXPECT_THAT(without.out, HasSubstr("2 of 4"));
    EXPECT_THAT(without.out, HasSubstr("problem   cannot start: no command is given"));
    EXPECT_TRUE(without.out.ends_with("\nThe start would fail.\n"));
    const Outcome failing = asked("GOSU_DRY_RUN=1", {"no-such-command"});
    EXPECT_EQ(failing.exit_code, 125) << describe(failing);
    EXPECT_EQ(asked("GOSU_DRY_RUN=0", {"true"}).out, "");
    EXPECT_EQ(owner(tree / "c"), Owner({1500, 1500}));
}

TEST(DryRun, ByVariableIsJsonWhereThatSaysSo) {
    const Outcome outcome = run(stepdown({"true"}).with({"GOSU_USER=app", "GOSU_DRY_RUN=json"}));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_TRUE(outcome.out.starts_with(R"({"succeeds":true,"problems":[],"warnings":[{"id":"command-not-run",)"));
    const Outcome without = run(stepdown({}).with({"GOSU_USER=app", "GOSU_DRY_RUN=json"}));
    EXPECT_EQ(without.exit_code, 125) << describe(without);
    EXPECT_TRUE(without.out.starts_with(R"({"succeeds":false,"problems":[{"id":"command-missing",)"));
    const Outcome text = run(stepdown({"--dry-run", "true"}).with({"GOSU_USER=app", "GOSU_DRY_RUN=json"}));
    EXPECT_TRUE(text.out.starts_with("user      1500 (app)\n")) << describe(text);
}

TEST(DryRun, TakesTheSettingsFromTheVariablesToo) {
    const HalfOwned tree;
    Command command = dry({}).with({"GOSU_USER=app", "GOSU_CHOWN=" + tree.path(), "GOSU_HOME=/elsewhere"});
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("/elsewhere"));
    EXPECT_THAT(outcome.out, HasSubstr("2 of 4"));
    tree.expect_unchanged();
}

TEST(DryRun, NamesTheVariablesThatACallIgnores) {
    Command command = stepdown({"--dry-run", "-u", "app", "true"});
    const Outcome outcome = run(command.with({"GOSU_USER=app", "GOSU_MKDIR=/x", "GOSU_HOME=", "GOSU_CHOWN=/y"}));
    EXPECT_THAT(outcome.out, HasSubstr("warning   ignored GOSU_MKDIR, GOSU_CHOWN: -u makes this a call"));
    EXPECT_THAT(outcome.out, HasSubstr("or give --mkdir, --chown\n"));
    EXPECT_THAT(run(stepdown({"--dry-run", "-u", "app", "true"}).with({"GOSU_UMASK=0027"})).out,
                Not(HasSubstr("ignored")));
}

TEST(DryRun, ResolvesTheCommandWithTheUsersRights) {
    const TemporaryDirectory files;
    for (const auto& [name, mode] : {std::pair{"first", 0700}, {"second", 0755}}) {
        make_directory(files / name, static_cast<mode_t>(mode));
        write_file((files / name) + "/tool", "#!/bin/sh\n", 0755);
    }
    Command command = dry({"-u", "app", "tool"});
    command.environment.at(0) = "PATH=" + (files / "first") + ":" + (files / "second");
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr(files / "second/tool"));
    EXPECT_THAT(outcome.out, Not(HasSubstr(files / "first/tool")));
}

TEST(DryRun, FailsWhereTheCommandCouldNotBeExecuted) {
    const TemporaryDirectory files;
    write_file(files / "no-interpreter", "#!/no/such/interpreter -x\n", 0755);
    write_file(files / "garbage", "neither script nor program\n", 0755);
    for (const char* name : {"no-interpreter", "garbage"}) {
        const Outcome outcome = run(dry({"-u", "app", files / name}));
        EXPECT_EQ(outcome.exit_code, 125) << describe(outcome);
        EXPECT_THAT(outcome.out, HasSubstr(name));
    }
}

TEST(DryRun, TriesToActAsTheUserEvenWithoutACommand) {
    Command command = dry({"-u", "5000:5000"});
    command.steps.insert(command.steps.begin(), user_namespace(Setgroups::allowed, 100));
    STEPDOWN_SKIP_IF(setup_error_of({user_namespace(Setgroups::allowed, 100)}));
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 125) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("not mapped"));
}

TEST(DryRun, WorksWhereTheDeathOfChildrenIsIgnored) {
    const Outcome outcome = run(dry({"-u", "app", "true"}).after(ignored(SIGCHLD)));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
}

// The child is the user's process, and so are all signals to it. Each of them is stopped once it is the user's.
class Stopper {
  public:
    Stopper(pid_t parent, uid_t uid) : pid_(::fork()) {
        if (pid_ != 0) return;
        const std::string children =
            "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children";
        if (::setresgid(uid, uid, uid) != 0 || ::setresuid(uid, uid, uid) != 0) ::_exit(1);
        while (true) {
            pid_t child = 0;
            std::ifstream list(children);
            while (list >> child) ::kill(child, SIGSTOP);
        }
    }
    Stopper(const Stopper&) = delete;
    Stopper& operator=(const Stopper&) = delete;
    ~Stopper() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

  private:
    pid_t pid_;
};

// Root without CAP_KILL cannot end it.
TEST(DryRun, EndsThoughTheUserStopsItsProcess) {
    STEPDOWN_SKIP_IF(::access("/proc/self/task", F_OK) == 0 ? std::nullopt : std::optional("there is no /proc"));
    constexpr int cap_kill = 5;
    Command command = dry({"-u", "app", "no-such-command"});
    std::string path = "PATH=/no";
    while (path.size() < 100'000) path += ":n";  // the child takes its time
    command.environment.at(0) = path;
    Command weak = command;
    weak.after(without_capabilities({cap_kill}));
    weak.pids = PidNamespace::own;  // so that the stopped child does not outlive the test
    Process first(command);
    Process second(weak);
    const Stopper stopper(first.pid(), 1500);
    const Stopper another(second.pid(), 1500);
    for (Process* each : {&first, &second}) {
        const Outcome outcome = each->wait();
        EXPECT_EQ(outcome.exit_code, 125) << describe(outcome);
        EXPECT_THAT(outcome.out,
                    HasSubstr("problem   cannot try the launch: the child that became the user gave no answer "
                              "for 10 seconds. It was stopped"));
    }
}

TEST(DryRun, IsOneJsonObjectForMachines) {
    const HalfOwned tree;
    const Outcome outcome = run(dry({"--json", "-u", "app", "-c", tree.path(), "sh"}));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_EQ(outcome.err, "");
    EXPECT_TRUE(outcome.out.starts_with(R"({"succeeds":true,"problems":[],)") && outcome.out.ends_with("}\n"));
    EXPECT_THAT(outcome.out, HasSubstr(R"("entries":4,"changes":2,)"));
    const Outcome failing = run(dry({"--json", "-u", "app", "-c", "/missing/path"}));
    EXPECT_EQ(failing.exit_code, 125) << describe(failing);
    EXPECT_TRUE(failing.out.starts_with(
        R"({"succeeds":false,"problems":[{"id":"path-missing","msg":"cannot change the owner of /missing/path)"));
    expect_refused(run(stepdown({"--json", "-u", "app", "true"})), {"--json", "--dry-run"});
}

struct Failing {
    std::string name;
    Words words;
    std::string reason;
};

void PrintTo(const Failing& failing, std::ostream* out) { *out << failing.name; }

const Failing failing[] = {
    {"unknown user", {"-u", "missing-user", "true"}, "missing-user"},
    {"unknown group", {"-u", "app:missing-group", "true"}, "missing-group"},
    {"unknown further group", {"-u", "app", "-g", "missing-group", "true"}, "missing-group"},
    {"no user", {"true"}, "GOSU_USER=root"},
    {"missing path", {"-u", "app", "-c", "/missing/path", "true"}, "/missing/path"},
    {"refused path", {"-u", "app", "-c", "/proc", "true"}, "/proc"},
    {"missing command", {"-u", "app", "no-such-command"}, "no-such-command"},
    {"command that is a directory", {"-u", "app", "/tmp"}, "/tmp"},
    {"bad value", {"-u", "app", "--umask", "rwx", "true"}, "rwx"},
};

class DryRunOfWhatFails : public testing::TestWithParam<Failing> {};

TEST_P(DryRunOfWhatFails, SaysSoAndEndsIn125) {
    const Outcome outcome = run(dry(GetParam().words));
    EXPECT_EQ(outcome.exit_code, 125) << describe(outcome);
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(Reasons, DryRunOfWhatFails, testing::ValuesIn(failing));

TEST(DryRunOfWhatFails, NamesTheMissingCapability) {
    const Command command = dry({"-u", "app", "true"}).after(without_capabilities({cap_setuid}));
    EXPECT_THAT(problems_of(command), ElementsAre("capability-missing"));
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 125) << describe(outcome);
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr("SETUID"));
}

TEST(DryRunOfWhatFails, FindsTheMissingRightToChown) {
    const HalfOwned tree;
    const Command command = dry({"-u", "app", "-c", tree.path(), "true"}).after(without_capabilities({cap_chown}));
    EXPECT_THAT(problems_of(command), Contains("capability-missing"));
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 125) << describe(outcome);
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr("CHOWN"));
}

TEST(DryRunOfWhatFails, FindsTheReadOnlyMount) {
    const HalfOwned tree;
    const Command command = dry({"-u", "app", "-c", tree.path(), "true"}).after(read_only(tree.path()));
    EXPECT_THAT(problems_of(command), Contains("mount-read-only"));
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 125) << describe(outcome);
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr(tree.path()));
}

TEST(DryRunOfWhatFails, KnowsTheStrictRefusal) {
    const Step arbitrary = ids(100000, 0);
    EXPECT_EQ(run(dry({"true"}).with({"GOSU_USER=app"}).after(arbitrary)).exit_code, 0);
    EXPECT_EQ(run(dry({"--strict", "true"}).with({"GOSU_USER=app"}).after(arbitrary)).exit_code, 125);
}

TEST(DryRunOfWhatFails, KnowsWhatAUserNamespaceDenies) {
    const Step denying = user_namespace(Setgroups::denied);
    STEPDOWN_SKIP_IF(setup_error_of({denying}));
    Command command = dry({"-u", "app", "true"});
    command.steps.insert(command.steps.begin(), denying);
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 125) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("this user namespace denies setgroups(2)"));
}

// Everything that would fail, not only the first of it.
TEST(DryRunOfWhatFails, ListsAllOfIt) {
    const Command command = dry({"-u", "app", "-c", "/missing/path", "no-such-command"});
    EXPECT_THAT(problems_of(command), ElementsAre("path-missing", "command-not-found"));
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 125);
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr("/missing/path"));
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr("no-such-command"));
}

}  // namespace
}  // namespace stepdown::test
