// SPDX-License-Identifier: Apache-2.0
// The terminal of a container's start, behind an init or not, and what a start says that keeps it.

#include "support/process/container.h"
#include "support/process/expect.h"
#include "support/process/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::Not;

Command on_terminal(Command command, const Terminal& terminal) {
    command.in = command.out = command.err = Stream::given(terminal.slave.get());
    return command;
}

// The start of a container, whose command opens its streams by name.
Command opening() { return stepdown(and_open({})).with({"GOSU_USER=1000:1000"}); }

constexpr const char* both_opened = "/dev/stdout\r\n/dev/stderr\r\n";

TEST(TerminalBehindAnInit, CanBeOpenedByNameAfterTheDrop) {
    STEPDOWN_SKIP_IF(Inits::missing());
    const Inits inits;
    for (const Init& init : inits.all()) {
        const Terminal terminal = open_terminal();
        const gid_t group = owner(terminal.slave.get()).gid;
        Command command = on_terminal(opening(), terminal);
        const Outcome outcome = run(behind(init, command.after(lead_session_on(terminal.slave.get()))));
        EXPECT_EQ(outcome.exit_code, 0) << init.file << describe(outcome);
        EXPECT_EQ(output_of(terminal), both_opened) << init.file;
        EXPECT_EQ(owner(terminal.slave.get()), Owner({1000, group})) << init.file;
    }
}

// root's shell, started behind the init, reads from the terminal again when its job is in the background.
TEST(TerminalBehindAnInit, IsLeftAloneByAnOrphanInTheBackground) {
    STEPDOWN_SKIP_IF(Inits::missing());
    const Terminal terminal = open_terminal();
    const Owner before = owner(terminal.slave.get());
    Command command = on_terminal(opening(), terminal);
    const TemporaryDirectory directory;
    const std::string script = directory / "script";
    write_file(script,
               "until read -r _ _ _ parent group _ _ foreground _ </proc/$$/stat &&\n"
               "    [ $parent = 1 ] && [ $group != $foreground ]; do :; done\n"
               "exec " +
                   programs().stepdown + " -u 1000:1000 true\n");
    const std::string fifo = directory / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    command.argv = {"sh", "-c", "set -m; (sh " + script + " 9>" + fifo + " &); cat " + fifo};
    command.file = "/bin/sh";
    const Inits inits;
    const Outcome outcome = run(behind(inits.all()[0], command.after(lead_session_on(terminal.slave.get()))));
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_THAT(output_of(terminal), HasSubstr("Set GOSU_STDIO=own")) << "it was recognised as a start";
    EXPECT_EQ(owner(terminal.slave.get()), before);
}

// Nothing tells it from the container's start, though the shell that left it still uses the terminal.
TEST(TerminalBehindAnInit, IsGivenToAnOrphanInTheForeground) {
    STEPDOWN_SKIP_IF(Inits::missing());
    const Terminal terminal = open_terminal();
    Command command = on_terminal(opening(), terminal);
    const TemporaryDirectory directory;
    const std::string script = directory / "script";
    write_file(script,
               "until read -r _ _ _ parent _ </proc/$$/stat && [ $parent = 1 ]; do :; done\n"
               "exec " +
                   programs().stepdown + " -u 1000:1000 true\n");
    const std::string fifo = directory / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    command.argv = {"sh", "-c", "(sh " + script + " 9>" + fifo + " &); cat " + fifo};
    command.file = "/bin/sh";
    const Inits inits;
    const Outcome outcome = run(behind(inits.all()[0], command.after(lead_session_on(terminal.slave.get()))));
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(output_of(terminal), "");
    EXPECT_EQ(owner(terminal.slave.get()).uid, 1000U);
}

// Its session is not that of the terminal, which may be a debug shell's.
TEST(TerminalBehindAnInit, IsLeftAloneByALeaderOfAnotherSession) {
    STEPDOWN_SKIP_IF(Inits::missing());
    const Terminal terminal = open_terminal();
    const Owner before = owner(terminal.slave.get());
    Command command = on_terminal(stepdown({"true"}).with({"GOSU_USER=1000:1000"}), terminal);
    const Inits inits;
    EXPECT_EQ(run(behind(inits.all()[0], command)).exit_code, 0);
    EXPECT_EQ(owner(terminal.slave.get()), before);
    EXPECT_THAT(output_of(terminal), HasSubstr("Set GOSU_STDIO=own"));
}

TEST(TerminalThatAStartKeeps, DrawsOneWarning) {
    const Terminal terminal = open_terminal();
    const Command start = on_terminal(stepdown({"true"}).with({"GOSU_USER=1000:1000"}), terminal);
    EXPECT_EQ(run(in_container(start)).exit_code, 0);
    EXPECT_EQ(
        output_of(terminal),
        "stepdown: warning: cannot let uid 1000 open /dev/stdout and /dev/stderr: the terminal is not known to be "
        "this start's alone. Set GOSU_STDIO=own\r\n");
    const Words words{"--stdio", "auto", "true"};
    EXPECT_EQ(run(in_container(on_terminal(stepdown(words).with({"GOSU_USER=1000:1000"}), terminal))).exit_code, 0);
    EXPECT_THAT(output_of(terminal), HasSubstr("this start's alone. Give --stdio own\r\n"));
    Command own = start;
    EXPECT_EQ(run(in_container(own.with({"GOSU_STDIO=own"}))).exit_code, 0);
    EXPECT_EQ(output_of(terminal), "");
    EXPECT_EQ(owner(terminal.slave.get()).uid, 1000U);
}

Step without_chown() { return without_capabilities({cap_chown}); }

TEST(TerminalThatAStartKeeps, NamesTheCapabilityThatIsMissing) {
    const Terminal terminal = open_terminal();
    Command start = on_terminal(stepdown({"true"}).with({"GOSU_USER=1000:1000"}), terminal).after(without_chown());
    Command foreign = start;
    const Step lead = lead_session_on(terminal.slave.get());
    start.pids = foreign.pids = PidNamespace::own;
    EXPECT_EQ(run(start.after(lead)).exit_code, 0);
    EXPECT_EQ(
        output_of(terminal),
        "stepdown: warning: cannot let uid 1000 open /dev/stdout and /dev/stderr: the capability CHOWN is missing. "
        "Add cap_add: [CHOWN]\r\n");
    EXPECT_EQ(run(foreign).exit_code, 0);
    EXPECT_THAT(output_of(terminal), HasSubstr("Set GOSU_STDIO=own, and add cap_add: [CHOWN]\r\n"));
}

TEST(TerminalThatAStartKeeps, IsNoMatterForAMemberOfItsGroup) {
    const Terminal terminal = open_terminal();
    ASSERT_EQ(::fchown(terminal.slave.get(), 0, 29), 0);
    ASSERT_EQ(::fchmod(terminal.slave.get(), 0620), 0);
    for (const char* member : {"GOSU_USER=1000:29", "GOSU_USER=app"}) {
        EXPECT_EQ(run(in_container(on_terminal(stepdown({"true"}).with({member}), terminal))).exit_code, 0);
        EXPECT_EQ(output_of(terminal), "") << member;
    }
}

TEST(TerminalThatAStartKeeps, IsInTheDryRun) {
    const Terminal terminal = open_terminal();
    Command start = stepdown({"--dry-run", "true"}).with({"GOSU_USER=1000:1000"});
    start.err = Stream::given(terminal.slave.get());
    const Outcome outcome = run(in_container(start));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("warning   cannot let uid 1000 open /dev/stderr: the terminal is not known"));
    EXPECT_THAT(run(start).out, Not(HasSubstr("warning"))) << "it is no container's start";
}

// A call is no start, and the shell around it keeps its terminal whatever a variable of the start says.
TEST(TerminalOfADebugShell, IsKeptThoughTheVariableSaysOtherwise) {
    const Terminal terminal = open_terminal();
    const Owner before = owner(terminal.slave.get());
    for (const char* variable : {"GOSU_USER=app", "GOSU_USER="}) {
        Command command =
            on_terminal(stepdown({"-u", "1000:1000", "true"}).with({variable, "GOSU_STDIO=own"}), terminal);
        EXPECT_EQ(run(command.after(follow_session_leader_on(terminal.slave.get()))).exit_code, 0);
        EXPECT_EQ(owner(terminal.slave.get()), before) << variable;
        EXPECT_EQ(output_of(terminal), "") << variable;
    }
}

}  // namespace
}  // namespace stepdown::test
