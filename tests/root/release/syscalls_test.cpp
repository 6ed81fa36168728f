// SPDX-License-Identifier: Apache-2.0
// The cost of a start, so that it cannot rot. Only the release build is counted: a sanitizer makes hundreds of calls of
// its own.
#include "support/files/temporary.h"
#include "support/process/programs.h"
#include "support/process/strace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace stepdown::test {
namespace {

// Of a start that a variable asks for, with nothing else to do, of a command that need not be searched for, and with
// streams that are no pipes. Before main, six are libcap's, which looks for the kernel's last capability (its
// constructor, prctl(2)), and the rest the C library's. With musl one of them is mprotect(2) of src/musl_start.cpp,
// which glibc has among its own.
constexpr std::size_t most_syscalls = with_musl ? 41 : 44;

// CLI11 reads flags. musl maps memory for its larger objects and gives it back (mmap(2), munmap(2)), and glibc makes
// the locale that CLI11 asks for once (futex(2)). A start without flags that made a parser would exceed most_syscalls.
constexpr std::size_t most_syscalls_with_flags = most_syscalls + (with_musl ? 2 : 1);

struct Trace {
    Outcome outcome;
    std::vector<std::string> calls;  // between the two execve(2), neither counted
};

// The last execve(2) that succeeded is the command's; those before it that failed are part of the search.
std::vector<std::string> calls_before_the_command(const std::string& log) {
    std::istringstream stream(log);
    std::vector<std::string> lines;
    std::size_t end = 0;
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
        if (line.starts_with("execve(") && line.ends_with("= 0")) end = lines.size() - 1;
    }
    if (end == 0) return {};
    return {lines.begin() + 1, lines.begin() + static_cast<std::ptrdiff_t>(end)};
}

Trace trace(const Words& words, const Words& variables = {}, Stream out = Stream::null()) {
    const TemporaryDirectory directory;
    Command command = under_strace({"-o", directory / "log"}, stepdown(words));
    command.environment.insert(command.environment.end(), variables.begin(), variables.end());
    command.out = out;
    command.err = Stream::null();
    Outcome outcome = run(command);
    return {outcome, calls_before_the_command(read_file(directory / "log"))};
}

std::string lines(const std::vector<std::string>& calls) {
    std::string text;
    for (const auto& call : calls) text += call.substr(0, 100) + '\n';
    return text;
}

TEST(Start, CostsAsFewSyscallsAsItDid) {
    STEPDOWN_SKIP_IF(no_strace());
    const Trace start = trace({"/bin/true"}, {"GOSU_USER=1000:1000"});
    EXPECT_EQ(start.outcome.exit_code, 0) << describe(start.outcome);
    ASSERT_FALSE(start.calls.empty());
    EXPECT_LE(start.calls.size(), most_syscalls) << lines(start.calls);
}

TEST(Start, CostsFewSyscallsMoreWithFlags) {
    STEPDOWN_SKIP_IF(no_strace());
    const Trace start = trace({"-u", "1000:1000", "/bin/true"});
    EXPECT_EQ(start.outcome.exit_code, 0) << describe(start.outcome);
    ASSERT_FALSE(start.calls.empty());
    EXPECT_LE(start.calls.size(), most_syscalls_with_flags) << lines(start.calls);
}

// The first look at it costs a new process more than twenty other calls; see src/glibc_start.cpp for glibc's own.
TEST(Start, DoesNotLookAtProc) {
    STEPDOWN_SKIP_IF(no_strace());
    const Trace start = trace({"/bin/true"}, {"GOSU_USER=1000:1000"});
    EXPECT_EQ(start.outcome.exit_code, 0) << describe(start.outcome);
    ASSERT_FALSE(start.calls.empty());
    EXPECT_THAT(lines(start.calls), testing::Not(testing::HasSubstr("\"/proc")));
}

// Where the parent matters: with -u, if a call would differ from the start.
TEST(Start, LooksForItsParentOnlyWhereThatMatters) {
    STEPDOWN_SKIP_IF(no_strace());
    const auto looks = [](const Words& words, const Words& variables) {
        return lines(trace(words, variables).calls).find("getppid(") != std::string::npos;
    };
    EXPECT_FALSE(looks({"/bin/true"}, {"GOSU_USER=1000:1000", "GOSU_HOME=/", "GOSU_STDIO=own"}));
    EXPECT_FALSE(looks({"-u", "1000:1000", "/bin/true"}, {}));
    EXPECT_FALSE(looks({"-u", "1000:1000", "/bin/true"}, {"GOSU_USER=app", "GOSU_UMASK=0027"}));
    EXPECT_TRUE(looks({"-u", "1000:1000", "/bin/true"}, {"GOSU_HOME=/"}));
}

// The names of the calls whose first argument is descriptor fd.
std::string calls_about(const std::vector<std::string>& calls, const std::string& fd) {
    std::string names;
    for (const std::string& call : calls) {
        const auto bracket = call.find('(');
        const auto argument = call.substr(bracket + 1, fd.size() + 1);
        if (argument == fd + ",") names += call.substr(0, bracket) + ' ';
    }
    return names;
}

TEST(Start, AsksAPipeOnceWhatItsDescriptorMayDo) {
    STEPDOWN_SKIP_IF(no_strace());
    const Trace start = trace({"/bin/true"}, {"GOSU_USER=1000:1000"}, Stream::collected());
    EXPECT_EQ(start.outcome.exit_code, 0) << describe(start.outcome);
    EXPECT_THAT(calls_about(start.calls, "1"), testing::EndsWith(" fstatfs fcntl fchmod ")) << lines(start.calls);
}

// The exec'd process is the one that was started: nothing is forked, and no thread is made for a short start.
TEST(Start, MakesNoProcessAndNoThread) {
    STEPDOWN_SKIP_IF(no_strace());
    const TemporaryDirectory tree;
    for (int i = 0; i < 20; ++i) write_file(tree / std::to_string(i), "");
    const Trace start = trace({"-u", "1000:1000", "-c", tree.path(), "true"});
    EXPECT_EQ(start.outcome.exit_code, 0) << describe(start.outcome);
    ASSERT_FALSE(start.calls.empty());
    for (const auto& call : start.calls) {
        EXPECT_THAT(call, testing::Not(testing::ContainsRegex("^(clone|clone3|fork|vfork)\\(")));
    }
}

TEST(Start, MakesNoPrivilegedCallWhenNothingWouldChange) {
    STEPDOWN_SKIP_IF(no_strace());
    const Trace start = trace({"-u", "root", "true"});
    EXPECT_EQ(start.outcome.exit_code, 0) << describe(start.outcome);
    ASSERT_FALSE(start.calls.empty());
    for (const auto& call : start.calls) {
        EXPECT_THAT(call, testing::Not(testing::ContainsRegex("^(setgroups|setres|setuid|setgid|capset|f?chown)")));
    }
}

}  // namespace
}  // namespace stepdown::test
