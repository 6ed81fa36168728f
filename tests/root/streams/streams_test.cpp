// SPDX-License-Identifier: Apache-2.0
// The standard streams after the drop.

#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"
#include "support/process/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace stepdown::test {
namespace {

const Owner root{0, 0};

Command on_terminal(Command command, const Terminal& terminal) {
    command.in = command.out = command.err = Stream::given(terminal.slave.get());
    return command;
}

TEST(Terminal, OfTheStartCanBeOpenedByNameAfterTheDrop) {
    const Terminal terminal = open_terminal();
    const gid_t group = owner(terminal.slave.get()).gid;
    Command command = on_terminal(stepdown(and_open({"-u", "1000:1000"})), terminal);
    const Outcome outcome = run(command.after(lead_session_on(terminal.slave.get())));
    const std::string shown = output_of(terminal);
    EXPECT_EQ(outcome.exit_code, 0) << shown << describe(outcome);
    EXPECT_EQ(shown, "/dev/stdout\r\n/dev/stderr\r\n");
    EXPECT_EQ(owner(terminal.slave.get()), Owner({1000, group}));
}

// A debug shell of root: whoever owns its terminal reads what root types.
TEST(Terminal, OfAnotherSessionLeaderIsLeftAlone) {
    const Terminal terminal = open_terminal();
    const Owner before = owner(terminal.slave.get());
    Command command = on_terminal(stepdown({"-u", "1000:1000", "/bin/echo", "seen"}), terminal);
    const Outcome outcome = run(command.after(follow_session_leader_on(terminal.slave.get())));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_EQ(output_of(terminal), "seen\r\n");
    EXPECT_EQ(owner(terminal.slave.get()), before);
}

TEST(Terminal, OfAnotherSessionLeaderCannotBeReadByTheApplication) {
    const Terminal terminal = open_terminal();
    Command command = on_terminal(stepdown({"-u", "1000:1000", "true"}), terminal);
    EXPECT_EQ(run(command.after(follow_session_leader_on(terminal.slave.get()))).exit_code, 0);
    const Command application = test::command(programs().probe, "probe", {"open", terminal.path});
    EXPECT_EQ(run(Command(application).after(ids(1000, 1000))).exit_code, EACCES);
}

TEST(Terminal, OfAnotherSessionLeaderIsGivenWhereThatIsAskedFor) {
    const Terminal terminal = open_terminal();
    Command command = on_terminal(stepdown(and_open({"-u", "1000:1000", "--stdio", "own"})), terminal);
    const Outcome outcome = run(command.after(follow_session_leader_on(terminal.slave.get())));
    EXPECT_EQ(outcome.exit_code, 0) << output_of(terminal);
    EXPECT_EQ(owner(terminal.slave.get()).uid, 1000U);
}

// Whose terminal it is cannot be told any more, and root may still be typing there.
TEST(Terminal, ThatControlsAnotherSessionIsLeftAlone) {
    const Terminal terminal = open_terminal();
    const Owner before = owner(terminal.slave.get());
    Command command = on_terminal(stepdown({"-u", "1000:1000", "true"}), terminal);
    command.after(follow_session_leader_on(terminal.slave.get())).after([] {
        if (::setsid() < 0) give_up("setsid");
    });
    EXPECT_EQ(run(command).exit_code, 0) << output_of(terminal);
    EXPECT_EQ(owner(terminal.slave.get()), before);
}

TEST(Terminal, IsKeptWhereThatIsAskedFor) {
    const Terminal terminal = open_terminal();
    const Owner before = owner(terminal.slave.get());
    Command command = on_terminal(stepdown({"-u", "1000:1000", "--stdio", "keep", "true"}), terminal);
    EXPECT_EQ(run(command.after(lead_session_on(terminal.slave.get()))).exit_code, 0);
    EXPECT_EQ(owner(terminal.slave.get()), before);
}

// fd as all three standard streams of a start under every setting; root's before, and after.
void expect_left_alone(int fd) {
    for (const char* setting : {"auto", "own", "keep"}) {
        Command command = stepdown({"-u", "1000:1000", "--stdio", setting, "true"});
        command.in = command.out = command.err = Stream::given(fd);
        EXPECT_EQ(run(command).exit_code, 0) << setting;
        EXPECT_EQ(owner(fd), root) << setting;
    }
}

TEST(OtherStreams, AreLeftAlone) {
    const TemporaryDirectory directory;
    write_file(directory / "file", "", 0600);
    ASSERT_EQ(::mkfifo((directory / "fifo").c_str(), 0600), 0);
    for (const char* name : {"file", "fifo"}) {
        const UniqueFd fd(::open((directory / name).c_str(), O_RDWR | O_CLOEXEC));
        expect_left_alone(fd.get());
    }
    std::array<int, 2> sockets{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()), 0);
    const std::array<UniqueFd, 2> ends{UniqueFd(sockets[0]), UniqueFd(sockets[1])};
    expect_left_alone(ends[0].get());
}

// A node of the test's own: a mistake must not give the machine's away.
TEST(OtherStreams, IncludeDevNull) {
    const TemporaryDirectory directory;
    const std::string path = directory / "null";
    const bool made = ::mknod(path.c_str(), S_IFCHR | 0666, makedev(1, 3)) == 0;
    const UniqueFd fd(made ? ::open(path.c_str(), O_RDWR | O_CLOEXEC) : -1);
    STEPDOWN_SKIP_IF(fd.valid() ? std::nullopt : std::optional<std::string>("no device can be made here"));
    expect_left_alone(fd.get());
}

// isatty(3) takes it for a terminal, but the node is shared by everybody.
TEST(OtherStreams, IncludeDevTty) {
    const TemporaryDirectory directory;
    const std::string path = directory / "tty";
    const bool made = ::mknod(path.c_str(), S_IFCHR | 0666, makedev(5, 0)) == 0;
    STEPDOWN_SKIP_IF(made ? std::nullopt : std::optional<std::string>("no device can be made here"));
    const Terminal terminal = open_terminal();
    for (const char* setting : {"auto", "own"}) {
        Command command = on_terminal(stepdown({"-u", "1000:1000", "--stdio", setting, "true"}), terminal);
        command.after(lead_session_on(terminal.slave.get())).after([&path] {
            const int fd = ::open(path.c_str(), O_RDWR);
            for (const int stream : {0, 1, 2}) {
                if (::dup2(fd, stream) < 0) give_up("dup2");
            }
            ::close(fd);
        });
        EXPECT_EQ(run(command).exit_code, 0) << setting << output_of(terminal);
        EXPECT_EQ(owner(path), root) << setting;
    }
}

TEST(StandardOutput, IsByteForByteTheCommands) {
    const TemporaryDirectory directory;
    std::string content;
    for (int i = 0; i < 200'000; ++i) content += static_cast<char>(i * 7 % 256);
    write_file(directory / "bytes", content);
    Command command = stepdown(
        {"-u", "1000:1000", "--log-level", "debug", "-c", directory / "bytes", "/bin/cat", directory / "bytes"});
    EXPECT_TRUE(run(command.with({"GOSU_CHONW=1"})).out == content);
}

}  // namespace
}  // namespace stepdown::test
