// SPDX-License-Identifier: Apache-2.0
// What the command inherits is what it would have inherited without stepdown.
#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

namespace stepdown::test {
namespace {

// The probe as stepdown's command and on its own, after the same preparation.
struct Pair {
    Seen with;
    Seen without;
};

Pair both(const std::vector<Step>& steps, Command stepped = stepdown(and_see({"-u", "1000:1000"}))) {
    Command alone = command(programs().probe, programs().probe, {"see"});
    stepped.steps.insert(stepped.steps.end(), steps.begin(), steps.end());
    alone.steps = steps;
    return {seen(run(stepped)), seen(run(alone))};
}

void expect_same(const Pair& pair, const std::vector<std::string>& keys) {
    for (const auto& key : keys) {
        EXPECT_EQ(pair.with.all(key), pair.without.all(key)) << key;
        EXPECT_NE(pair.without.all(key), std::vector<std::string>{}) << key;
    }
}

TEST(Transparency, TheCommandIsTheSameProcess) {
    Process process(stepdown(and_see({"-u", "1000:1000"})));
    const std::string pid = std::to_string(process.pid());
    const Seen after = seen(process.wait());
    EXPECT_EQ(after.one("pid"), pid);
    EXPECT_EQ(after.one("ppid"), std::to_string(::getpid()));
    EXPECT_EQ(after.one("Threads"), "1");
}

TEST(Transparency, TheCommandIsProcessOneWhereStepdownWas) {
    Command command = stepdown(and_see({"-u", "1000:1000"}));
    command.pids = PidNamespace::own;
    EXPECT_EQ(seen(run(command)).one("pid"), "1");
}

TEST(Transparency, InheritedFilesStayOpenAndNoOthersAre) {
    const TemporaryDirectory tree;
    write_file(tree / "inherited", "content");
    const UniqueFd file(::open((tree / "inherited").c_str(), O_RDONLY | O_CLOEXEC));
    Command command = stepdown(and_see({"-u", "1000:1000", "-c", tree.path()}));
    for (const int number : {60, 3, 99}) command.after(inherited(file.get(), number));
    const auto fds = seen(run(command)).fds();
    std::vector<int> numbers;
    for (const auto& [number, target] : fds) {
        numbers.push_back(number);
        if (number > 2) {
            EXPECT_EQ(target, tree / "inherited");
        }
    }
    EXPECT_EQ(numbers, (std::vector<int>{0, 1, 2, 3, 60, 99}));
    EXPECT_EQ(fds.at(0), "/dev/null");
}

TEST(Transparency, ArgumentsArriveUnchanged) {
    const Words own = {"see", "", "two\nlines", " ", "", "back\\slash", "--help", "\xff\xfe", std::string(100'000, 'x'),
                       ""};
    Words words{"-u", "1000:1000", "probe"};
    words.insert(words.end(), own.begin(), own.end());
    Command command = stepdown(words);
    command.environment.at(0) = "PATH=" + programs().directory;
    Words expected{"probe"};
    expected.insert(expected.end(), own.begin(), own.end());
    EXPECT_EQ(seen(run(command)).texts("argv"), expected);
}

TEST(Transparency, TheEnvironmentKeepsItsOrderAndDuplicates) {
    const std::vector<std::string> own = {"ZZZ=last first", "TWICE=1", "A=",         "TWICE=2",        "LINES=a\nb",
                                          "no equals sign", "=odd",    "TWICE=1",    "GOSU_VERSION=1", "OLDPWD=/x",
                                          "LC_ALL=C",       "_=x",     "GOSU_USER=", "SHLVL=1",        "BYTES=\xff"};
    Command command = stepdown(and_see({"-u", "1000:1000"}));
    command.environment.insert(command.environment.begin(), own.begin(), own.end());
    auto expected = command.environment;
    std::erase(expected, "HOME=/root");
    auto actual = seen(run(command)).texts("env");
    std::erase(actual, "HOME=/");
    EXPECT_EQ(actual, expected);
}

TEST(Transparency, SignalsStayIgnoredAndBlocked) {
    const Pair pair = both({ignored(SIGHUP), ignored(SIGPIPE), ignored(SIGUSR2), ignored(SIGCHLD), blocked(SIGTERM),
                            blocked(SIGUSR1), blocked(SIGRTMIN)});
    expect_same(pair, {"SigBlk", "SigIgn", "SigCgt", "SigPnd", "ShdPnd"});
}

TEST(Transparency, SignalsStayAtTheirDefaults) { expect_same(both({}), {"SigBlk", "SigIgn", "SigCgt"}); }

// The originals lose ignored signals and raise a limit, which is not imitated.
TEST(Transparency, IsThatOfGosuAndSuExecToo) {
    for (const Command& stepped : {gosu(and_see({"1000:1000"})), su_exec(and_see({"1000:1000"}))}) {
        const Pair pair = both({ignored(SIGHUP), ignored(SIGPIPE), blocked(SIGTERM), limit(RLIMIT_NOFILE, 300, 400),
                                niceness(7), file_creation_mask(0137), parent_death_signal(SIGTERM)},
                               stepped);
        expect_same(pair, {"SigBlk", "SigIgn", "SigCgt", "rlimit", "nice", "Umask", "cwd", "CapBnd", "NoNewPrivs"});
        std::vector<int> numbers;
        for (const auto& [number, target] : pair.with.fds()) numbers.push_back(number);
        EXPECT_EQ(numbers, (std::vector<int>{0, 1, 2}));
    }
}

TEST(Transparency, ArgumentsArriveUnchangedThroughGosuAndSuExec) {
    const Words own = {"see", "", "two\nlines", "--help", "--", "-v"};
    for (Command stepped : {gosu({"1000:1000", "probe"}), su_exec({"1000:1000", "probe"})}) {
        stepped.argv.insert(stepped.argv.end(), own.begin(), own.end());
        stepped.environment.at(0) = "PATH=" + programs().directory;
        Words expected{"probe"};
        expected.insert(expected.end(), own.begin(), own.end());
        EXPECT_EQ(seen(run(stepped)).texts("argv"), expected);
    }
}

// A start that had something to say has written to stderr, which must not be seen in SIGPIPE.
TEST(Transparency, SignalsStayAtTheirDefaultsAfterAMessage) {
    Command command = stepdown(and_see({"-u", "1000:1000", "--log-level", "debug"})).with({"GOSU_CHONW=1"});
    const Seen after = seen(run(command));
    EXPECT_EQ(after.one("SigIgn"), "0000000000000000");
    EXPECT_EQ(after.one("SigCgt"), "0000000000000000");
}

TEST(Transparency, LimitsStay) {
    expect_same(
        both({limit(RLIMIT_NOFILE, 300, 400), limit(RLIMIT_CORE, 0, 4096), limit(RLIMIT_STACK, 4 << 20, 6 << 20),
              limit(RLIMIT_FSIZE, 1 << 20, 1 << 21), limit(RLIMIT_CPU, 100, 200), limit(RLIMIT_MEMLOCK, 0, 0)}),
        {"rlimit"});
}

TEST(Transparency, EverythingElseStays) {
    const TemporaryDirectory directory;
    const Pair pair = both({working_directory(directory.path()), niceness(7), file_creation_mask(0137)});
    expect_same(pair, {"cwd", "nice", "Umask", "NoNewPrivs", "Seccomp", "CapBnd", "sid", "Cpus_allowed"});
    EXPECT_EQ(pair.with.texts("cwd"), std::vector<std::string>{directory.path()});
    EXPECT_EQ(pair.with.one("nice"), "7");
    EXPECT_EQ(pair.with.one("Umask"), "0137");
}

// A change of credentials clears it: see prctl(2).
TEST(Transparency, TheParentDeathSignalStays) {
    for (const int signal : {0, SIGKILL, SIGUSR1}) {
        EXPECT_EQ(both({parent_death_signal(signal)}).with.one("pdeathsig"), std::to_string(signal));
    }
    Command ambient = stepdown(and_see({"-u", "2000:2000"}));
    ambient.after(ids_with_capabilities(1000, 1000, {}, {cap_setuid, cap_setgid})).after(parent_death_signal(SIGTERM));
    EXPECT_EQ(seen(run(ambient)).one("pdeathsig"), std::to_string(SIGTERM));
}

TEST(Privileges, NoWayLeadsBackToRoot) {
    for (Command command :
         {stepdown({"-u", "1000:1000", programs().probe, "regain"}), gosu({"1000:1000", programs().probe, "regain"}),
          su_exec({"1000:1000", programs().probe, "regain"})}) {
        const Outcome outcome = run(command.after(groups({0, 20})));
        EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
        EXPECT_THAT(outcome.out, testing::Not(testing::HasSubstr("worked"))) << command.argv.at(0);
        EXPECT_THAT(outcome.out, testing::HasSubstr("setfsuid(0) refused\n"));
        EXPECT_THAT(outcome.out, testing::HasSubstr("setgroups(0) refused\n"));
    }
}

TEST(Privileges, AllFourIdsAreTheUsers) {
    const Seen after = seen(run(stepdown(and_see({"-u", "1000:2000"}))));
    EXPECT_EQ(after.one("Uid"), "1000 1000 1000 1000");
    EXPECT_EQ(after.one("Gid"), "2000 2000 2000 2000");
}

TEST(Privileges, OnlyTheBoundingSetIsLeft) {
    const Pair pair = both({});
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
        EXPECT_EQ(pair.with.one(set), "0000000000000000") << set;
    }
    expect_same(pair, {"CapBnd"});
}

TEST(Privileges, ARootThatStaysRootKeepsItsCapabilities) {
    const Seen alone = seen(run(command(programs().probe, "probe", {"see"})));
    const Seen after = seen(run(stepdown(and_see({"-u", "root"}))));
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb", "CapBnd"}) {
        EXPECT_EQ(after.one(set), alone.one(set)) << set;
    }
}

TEST(ExitCode, IsTheCommandsOwn) {
    for (const int code : {0, 1, 42, 125, 126, 127, 255}) {
        const Outcome outcome = run(stepdown({"-u", "1000:1000", "/bin/sh", "-c", "exit " + std::to_string(code)}));
        EXPECT_EQ(outcome.exit_code, code);
        EXPECT_EQ(outcome.err, "");
    }
    EXPECT_EQ(run(stepdown({"-u", "1000:1000", "/bin/sh", "-c", "kill -KILL $$"})).signal, SIGKILL);
}

}  // namespace
}  // namespace stepdown::test
