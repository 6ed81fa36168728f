// SPDX-License-Identifier: Apache-2.0
// A start in which one system call goes wrong, for each that it makes: a signal comes, the call fails, or it does
// nothing and says that it did (strace(1), "Syscall tampering").
#include "support/files/temporary.h"
#include "support/process/forked.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/starts.h"
#include "support/process/steps.h"
#include "support/process/strace.h"

#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace stepdown::test {
namespace {

// The Nth call of a name.
struct Call {
    std::string name;
    int number = 0;
};

// Of a start that nothing goes wrong with, from the first after its own execve(2) to the command's.
std::vector<Call> calls_of(const TroubledStart& start) {
    const TemporaryDirectory directory;
    const Outcome outcome = run(under_strace({"-o", directory / "log"}, command_of(start)));
    expect_whole(outcome, start);
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    std::istringstream log(read_file(directory / "log"));
    std::vector<Call> calls;
    std::map<std::string, int> numbers;
    std::size_t last = 0;
    for (std::string line; std::getline(log, line);) {
        const std::string name = line.substr(0, line.find('('));
        if (name == line) continue;
        calls.push_back({name, ++numbers[name]});
        if (name == "execve") last = calls.size();
    }
    calls.resize(last);
    calls.erase(calls.begin(), calls.begin() + (calls.empty() ? 0 : 1));
    return calls;
}

Outcome run_with(const TroubledStart& start, const Call& call, const std::string& trouble) {
    const std::string what = call.name + ":" + trouble + ":when=" + std::to_string(call.number);
    return run(under_strace({"-qqq", "-o", "/dev/null", "-e", "trace=" + call.name, "-e", "inject=" + what},
                            command_of(start)));
}

using Judge = std::function<void(const Outcome&, const TroubledStart&, const Traces&)>;

// Every call of every start in a process with an /etc of its own, and a start after it in which nothing goes wrong.
void trouble_each(const std::string& trouble, const std::function<bool(const Call&)>& concerns, const Judge& judge) {
    private_mounts()();
    accounts({}, {})();
    const Traces traces;
    int troubled = 0;
    for (const TroubledStart& start : troubled_starts(traces)) {
        traces.reset();
        for (const Call& call : calls_of(start)) {
            if (!concerns(call)) continue;
            SCOPED_TRACE(start.name + ": " + call.name + ' ' + std::to_string(call.number));
            traces.reset();
            judge(run_with(start, call, trouble), start, traces);
            traces.expect_nothing_half();
            const Outcome next = run(command_of(start));
            EXPECT_EQ(Seen(next.out).ids(), start.ids) << describe(next);
            if (start.name == "everything") traces.expect_all();
            ++troubled;
        }
    }
    EXPECT_GT(troubled, 0);
}

class EveryCall : public testing::Test {
  protected:
    static void in_own_mounts(const std::function<void()>& body) {
        STEPDOWN_SKIP_IF(no_strace());
        STEPDOWN_SKIP_IF(setup_error_of({private_mounts(), accounts({}, {})}));
        in_child([&body] {
            body();
            return 0;
        });
    }
};

bool any(const Call& /*call*/) { return true; }

// The command ran, or the signal ended it or the start: before there are handlers, and where the command has none,
// that is what the signal does by itself. The top of a tree comes last, so that it tells of the rest.
TEST_F(EveryCall, EndsAStartWithTheSignalThatComesThenOrNotAtAll) {
    const Judge judge = [](const Outcome& outcome, const TroubledStart& start, const Traces& traces) {
        if (traces.is_tree_the_users()) traces.expect_all();
        if (outcome.signal != SIGTERM && outcome.exit_code != 128 + SIGTERM) return expect_whole(outcome, start);
        EXPECT_EQ(outcome.out, "");
        EXPECT_EQ(outcome.err, "");
    };
    in_own_mounts([&] { trouble_each("signal=TERM", any, judge); });
}

// The C library's own, without which it ends the process; the kernel refuses them otherwise, or not at all.
bool may_fail(const Call& call) {
    // musl asks for the first heap by mmap(2), for initialisers that run before main. Without it the C++ library ends
    // the process.
    if (with_musl && (call.name == "arch_prctl" || (call.name == "mmap" && call.number <= 2))) return false;
    return call.name != "brk" && call.name != "futex";
}

TEST_F(EveryCall, MayFail) {
    const Judge judge = [](const Outcome& outcome, const TroubledStart& start, const Traces& traces) {
        expect_whole(outcome, start);
        if (outcome.exit_code == 0 && start.name == "everything") traces.expect_all();
    };
    in_own_mounts([&] { trouble_each("error=ENOMEM", may_fail, judge); });
}

bool changes_credentials(const Call& call) {
    return call.name == "setgroups" || call.name == "setresgid" || call.name == "setresuid" || call.name == "capset";
}

// A kernel, or what stands for it in a sandbox, that only says it has done what it was asked.
TEST_F(EveryCall, ThatChangesCredentialsIsNotBelieved) {
    const Judge judge = [](const Outcome& outcome, const TroubledStart& start, const Traces& /*traces*/) {
        expect_whole(outcome, start);
        EXPECT_NE(outcome.exit_code, 0) << describe(outcome);
    };
    in_own_mounts([&] { trouble_each("retval=0", changes_credentials, judge); });
}

}  // namespace
}  // namespace stepdown::test
