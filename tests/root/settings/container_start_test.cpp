// SPDX-License-Identifier: Apache-2.0
// How the start of a container is recognised: with -u it keeps every setting, and a call inside keeps none of the
// start's.

#include "support/process/container.h"
#include "support/process/expect.h"
#include "support/process/seen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// stepdown -u over a configured start whose GOSU_CHOWN shows by the owner of tree who was obeyed.
Command over_the_start(const TemporaryDirectory& tree, const Words& words = {"-u", "1000:1000", "true"}) {
    return stepdown(words).with({"GOSU_USER=app", "GOSU_CHOWN=" + tree.path()});
}

const Owner user{1000, 1000};
const Owner root{0, 0};

TEST(ContainerStart, KeepsEverySettingAsProcess1) {
    const TemporaryDirectory tree;
    expect_silent_success(run(in_container(over_the_start(tree))));
    EXPECT_EQ(owner(tree.path()), user);
}

TEST(ContainerStart, KeepsEverySettingBehindAnInit) {
    STEPDOWN_SKIP_IF(Inits::missing());
    const Inits inits;
    for (const Init& init : inits.all()) {
        const TemporaryDirectory tree;
        expect_silent_success(run(behind(init, over_the_start(tree))));
        EXPECT_EQ(owner(tree.path()), user) << init.file << init.words[0];
    }
}

TEST(ContainerStart, InheritsItsGroupsBehindAnInit) {
    STEPDOWN_SKIP_IF(Inits::missing());
    const Command command = stepdown(and_see({"-u", "1000:1000"})).after(groups({2020})).with({"GOSU_USER=app"});
    const Inits inits;
    EXPECT_EQ(seen(run(behind(inits.all()[0], command))).ids(), "1000:1000 2020");
}

// The outcome of a call that ignores GOSU_CHOWN, with a warning.
void expect_call(const Outcome& outcome, const TemporaryDirectory& tree) {
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_EQ(owner(tree.path()), root);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("stepdown: warning: ignored GOSU_CHOWN: "),
                                   HasSubstr("Leave out -u, so that GOSU_USER counts, or give --chown\n")));
}

// A program of root's by no name that is known may be the application, which hands a task to another user.
TEST(ContainerStart, IsNoChildOfAnotherProcess1) {
    const TemporaryDirectory tree;
    Command command = over_the_start(tree);
    const std::string call = programs().stepdown + " -u 1000:1000 true; true";
    command.argv = {"sh", "-c", call};
    command.file = "/bin/sh";
    expect_call(run(in_container(command)), tree);
}

TEST(ContainerStart, IsNoChildOfAnInitWhoseStatusCannotBeRead) {
    STEPDOWN_SKIP_IF(Inits::missing());
    const TemporaryDirectory tree;
    const Inits inits;
    Command command = behind(inits.all()[0], over_the_start(tree));
    expect_call(run(command.after(empty_tmpfs("/proc"))), tree);
}

// Where /proc is not mounted, whoever owns that directory could write what is expected there.
TEST(ContainerStart, IsNotRecognisedByFilesThatLookLikeProc) {
    STEPDOWN_SKIP_IF(Inits::missing());
    const TemporaryDirectory tree;
    const Inits inits;
    Command command =
        behind(inits.all()[0], over_the_start(tree)).after(empty_tmpfs("/proc")).after(directory("/proc/1"));
    command.after(file("/proc/1/status", "Name:\ttini\nUid:\t0\t0\t0\t0\n")).after([] {
        if (::symlink("2", "/proc/self") != 0) give_up("symlink");
    });
    expect_call(run(command), tree);
}

// A session of number 0 is any of those outside: that of process 1, or that of a debug shell which nsenter(1) started.
TEST(ContainerStart, IsNotRecognisedInASessionFromOutside) {
    STEPDOWN_SKIP_IF(Inits::missing());
    const TemporaryDirectory tree;
    const Inits inits;
    Command command = behind(inits.all()[0], over_the_start(tree));
    command.steps.pop_back();  // the session of its own
    expect_call(run(command), tree);
}

// unshare --pid without --mount-proc: /proc/1 is the process 1 of another namespace, here an init of root's.
TEST(ContainerStart, IsNotRecognisedByTheProcOfAnotherNamespace) {
    STEPDOWN_SKIP_IF(Inits::missing());
    const TemporaryDirectory tree;
    Command command = over_the_start(tree);
    const std::string call = programs().stepdown + " -u 1000:1000 true; true";
    command.argv = {"sh", "-c", "unshare --pid --fork setsid sh -c '" + call + "'; true"};
    command.file = "/bin/sh";
    const Inits inits;
    expect_call(run(behind(inits.all()[0], command)), tree);
}

struct Fifo {
    Fifo() { EXPECT_EQ(::mkfifo(path.c_str(), 0644), 0); }
    TemporaryDirectory directory;
    const std::string path = directory / "fifo";
};

// docker exec C sh -c '... &': the kernel gives its children to the init, too.
TEST(ContainerStart, IsNoOrphanOfADebugShell) {
    STEPDOWN_SKIP_IF(Inits::missing());
    const Inits inits;
    for (const Init& init : inits.all()) {
        const TemporaryDirectory tree;
        const Fifo fifo;
        Command command = over_the_start(tree);
        const std::string script = fifo.directory / "script";
        write_file(script, "until grep -q '^PPid:.1$' /proc/$$/status; do :; done\nexec " + programs().stepdown +
                               " -u 1000:1000 echo called >" + fifo.path);
        command.argv = {"sh", "-c", "setsid sh -c 'sh " + script + " &'; cat " + fifo.path};
        command.file = "/bin/sh";
        const Outcome outcome = run(behind(init, command));
        EXPECT_EQ(outcome.out, "called\n") << init.file;
        expect_call(outcome, tree);
    }
}

// A child of a process 1 that has the name of an init and the uid, and leads a session of its own.
Outcome call_below_a_namesake(const std::string& name, const std::string& uid, const TemporaryDirectory& tree) {
    const Fifo fifo;
    const TemporaryDirectory directory;
    const std::string copy = directory / name;
    const std::string ready =
        "grep -q ^Name:.*" + name + "$ /proc/1/status && grep -q ^Uid:." + uid + " /proc/1/status";
    const std::string call =
        "until " + ready + "; do :; done; exec " + programs().stepdown + " -u 1000:1000 echo called >" + fifo.path;
    Command command = over_the_start(tree);
    command.argv = {"sh", "-c",
                    "cp /bin/sh " + copy + "; setsid sh -c '" + call + "' & exec setpriv --reuid " + uid + " " + copy +
                        " -c 'cat " + fifo.path + "; true'"};
    command.file = "/bin/sh";
    Outcome outcome = run(in_container(command));
    EXPECT_EQ(outcome.out, "called\n") << describe(outcome);
    return outcome;
}

TEST(ContainerStart, IsNoChildOfAnApplicationThatTookTheNameOfAnInit) {
    const TemporaryDirectory tree;
    expect_call(call_below_a_namesake("tini", "1000", tree), tree);
    expect_call(call_below_a_namesake("tini2", "0", tree), tree);
    expect_call(call_below_a_namesake("my-tini", "0", tree), tree);
    EXPECT_EQ(call_below_a_namesake("tini", "0", tree).err, "") << "root itself may take any name";
    EXPECT_EQ(owner(tree.path()), user);
}

// docker run --pid=container:C, and pods with shareProcessNamespace: the parent is outside the namespace.
TEST(SharedPidNamespace, MakesAStartWithoutTheFlagOneThatCounts) {
    const TemporaryDirectory tree;
    const Process pause(in_container(command("/bin/sleep", "sleep", {"60"}).after(private_mounts())));
    for (const Words& words : {Words{"true"}, Words{"-u", "1000:1000", "true"}}) {
        Command start = stepdown(words).after(enter_pid_namespace(pause.pid()));
        const bool has_flag = words.size() > 1;
        if (!has_flag) start.with({"GOSU_USER=1000:1000"});
        expect_silent_success(run(start.with({"GOSU_CHOWN=" + tree.path()})));
        EXPECT_EQ(owner(tree.path()), user);
        give(tree.path(), root);
    }
}

TEST(SharedPidNamespace, MakesTheFlagOverTheVariableACall) {
    const TemporaryDirectory tree;
    const Process pause(in_container(command("/bin/sleep", "sleep", {"60"}).after(private_mounts())));
    expect_call(run(over_the_start(tree).after(enter_pid_namespace(pause.pid()))), tree);
}

// In a debug shell nobody means the start of the container: no warning.
TEST(CallInAContainer, IsSilentBelowAnotherProcess) {
    const TemporaryDirectory tree;
    for (const char* variable : {"GOSU_USER=app", "GOSU_USER="}) {
        Command call = stepdown({"-u", "1000:1000", "true"});
        expect_silent_success(run(call.with({variable, "GOSU_CHOWN=" + tree.path()})));
        EXPECT_EQ(owner(tree.path()), root) << variable;
    }
}

}  // namespace
}  // namespace stepdown::test
