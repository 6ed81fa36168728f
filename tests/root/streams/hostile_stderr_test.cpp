// SPDX-License-Identifier: Apache-2.0
// A standard error that nobody reads, or that is broken, neither hangs nor ends a start.
#include "support/files/temporary.h"
#include "support/process/programs.h"
#include "support/process/starts.h"
#include "support/process/steps.h"
#include "support/process/terminal.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <ostream>
#include <string>
#include <vector>

namespace stepdown::test {
namespace {

// Both ends stay open as long as the test wants them to.
struct Channel {
    UniqueFd far;
    UniqueFd near;
};

void set_flags(int fd, int flags) { ASSERT_EQ(::fcntl(fd, F_SETFL, flags), 0); }

// Full to the last byte, and blocking for whoever writes next.
void fill(int fd) {
    set_flags(fd, O_NONBLOCK);
    const std::vector<char> bytes(4096, 'x');
    while (::write(fd, bytes.data(), bytes.size()) > 0) {
    }
    while (::write(fd, bytes.data(), 1) > 0) {
    }
    set_flags(fd, 0);
}

Channel pipe_channel() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::pipe2(fds.data(), O_CLOEXEC), 0);
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Channel socket_channel(int type) {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds.data()), 0);
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Channel full(Channel channel) {
    fill(channel.near.get());
    return channel;
}

Channel without_reader(Channel channel) {
    channel.far = UniqueFd();
    return channel;
}

Channel read_only_end() {
    Channel channel = pipe_channel();
    std::swap(channel.far, channel.near);
    return channel;
}

Channel terminal_channel() {
    Terminal terminal = open_terminal();
    return {std::move(terminal.master), std::move(terminal.slave)};
}

// Room for less than a message, which poll(2) may find enough.
Channel with_little_room(Channel channel) {
    std::array<char, 16> some{};
    EXPECT_GT(::read(channel.far.get(), some.data(), some.size()), 0);
    return channel;
}

// More than poll(2) asks for, and less than a long message.
Channel with_some_room(Channel channel) {
    std::array<char, 1000> some{};
    EXPECT_GT(::read(channel.far.get(), some.data(), some.size()), 0);
    return channel;
}

struct Hostile {
    std::string name;
    Channel (*make)();
};

void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

const Hostile hostiles[] = {
    {"closed", [] { return Channel{}; }},
    {"full pipe", [] { return full(pipe_channel()); }},
    {"pipe without reader", [] { return without_reader(pipe_channel()); }},
    {"read end of a pipe", [] { return read_only_end(); }},
    {"full stream socket", [] { return full(socket_channel(SOCK_STREAM)); }},
    {"full datagram socket", [] { return full(socket_channel(SOCK_DGRAM)); }},
    {"full terminal", [] { return full(terminal_channel()); }},
    {"terminal with little room", [] { return with_little_room(full(terminal_channel())); }},
    {"terminal with some room", [] { return with_some_room(full(terminal_channel())); }},
    {"stream socket with little room", [] { return with_little_room(full(socket_channel(SOCK_STREAM))); }},
    {"pipe with little room", [] { return with_little_room(full(pipe_channel())); }},
    {"terminal without reader", [] { return without_reader(terminal_channel()); }},
    {"stream socket without reader", [] { return without_reader(socket_channel(SOCK_STREAM)); }},
};

Command complaining_to(const Channel& channel, Command command) {
    command.err = channel.near.valid() ? Stream::given(channel.near.get()) : Stream::closed();
    command.deadline = std::chrono::seconds(20);
    return command.with({"GOSU_LOG_LEVEL=debug", "GOSU_CHONW=1", "GOSU_USR=1"});
}

class HostileStderr : public testing::TestWithParam<Hostile> {};

TEST_P(HostileStderr, LetsAStartGoOn) {
    const Channel channel = GetParam().make();
    const Outcome outcome = run(complaining_to(channel, stepdown({"-u", "1000:1000", "/bin/sh", "-c", "exit 7"})));
    EXPECT_FALSE(outcome.timed_out);
    EXPECT_EQ(outcome.exit_code, 7) << describe(outcome);
}

TEST_P(HostileStderr, LeavesTheExitCodeOfARefusal) {
    const Channel channel = GetParam().make();
    const Outcome outcome = run(complaining_to(channel, stepdown({"-u", "missing-user", "true"})));
    EXPECT_FALSE(outcome.timed_out);
    EXPECT_EQ(outcome.exit_code, 125) << describe(outcome);
}

TEST_P(HostileStderr, LeavesTheExitCodeOfALongRefusal) {
    const Channel channel = GetParam().make();
    const Outcome outcome = run(complaining_to(channel, stepdown({"-u", std::string(5000, 'x'), "true"})));
    EXPECT_FALSE(outcome.timed_out);
    EXPECT_EQ(outcome.exit_code, 125) << describe(outcome);
}

TEST_P(HostileStderr, LeavesTheExitCodeOfACommandThatIsMissing) {
    const Channel channel = GetParam().make();
    const Outcome outcome = run(complaining_to(channel, stepdown({"-u", "1000:1000", "no-such-command"})));
    EXPECT_FALSE(outcome.timed_out);
    EXPECT_EQ(outcome.exit_code, 127) << describe(outcome);
}

TEST_P(HostileStderr, LeavesTheExitCodeOfGosu) {
    const Channel channel = GetParam().make();
    for (const Command& command : {gosu({"missing-user", "true"}), gosu({"1000:1000", "no-such-command"}), gosu({})}) {
        const Outcome outcome = run(complaining_to(channel, command));
        EXPECT_FALSE(outcome.timed_out);
        EXPECT_EQ(outcome.exit_code, 1) << describe(outcome);
    }
}

// More warnings than are told one by one: a file of two names is left alone.
TEST_P(HostileStderr, LetsAWalkComplainOfManyEntries) {
    const TemporaryDirectory tree;
    for (int i = 0; i < 40; ++i) {
        const std::string name = tree / std::to_string(i);
        write_file(name, "");
        ASSERT_EQ(::link(name.c_str(), (name + " again").c_str()), 0);
    }
    const Channel channel = GetParam().make();
    const Outcome outcome =
        run(complaining_to(channel, stepdown({"-u", "1000:1000", "-c", tree.path(), "--chown-hardlinks=refuse",
                                              "--chown-errors=warn", "/bin/sh", "-c", "exit 7"})));
    EXPECT_FALSE(outcome.timed_out);
    EXPECT_EQ(outcome.exit_code, 7) << describe(outcome);
}

#ifndef STEPDOWN_SANITIZED

TEST_P(HostileStderr, LeavesTheExitCodeOfAStartWithoutDescriptors) {
    const Channel channel = GetParam().make();
    const Outcome outcome =
        run(complaining_to(channel, stepdown({"-u", "1000:1000", "true"})).after(limit(RLIMIT_NOFILE, 3, 3)));
    EXPECT_FALSE(outcome.timed_out);
    EXPECT_EQ(outcome.exit_code, 125) << describe(outcome);
}

TEST_P(HostileStderr, LeavesTheExitCodeOfAStartWithoutMemory) {
    static const rlim_t smallest = smallest_address_space();
    int exhausted = 0;
    for (rlim_t bytes = smallest; bytes < smallest + 2'000'000; bytes += 65536) {
        const Channel channel = GetParam().make();
        const std::string hungry = "#" + std::string(200'000, 'x') + "\n";
        // A command that needs no more memory than stepdown.
        const Outcome outcome = run(complaining_to(channel, stepdown({"-u", "1000:1000", programs().probe, "ids"}))
                                        .after(accounts(hungry, {}))
                                        .after(limit(RLIMIT_AS, bytes, bytes)));
        EXPECT_FALSE(outcome.timed_out);
        EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 125) << bytes << ": " << describe(outcome);
        if (outcome.exit_code == 125) ++exhausted;
    }
    EXPECT_GT(exhausted, 2);
}

#endif

INSTANTIATE_TEST_SUITE_P(Kinds, HostileStderr, testing::ValuesIn(hostiles));

// A terminal that the user cannot open by name, with room for all of a message, for a part, and for all but its end.
TEST(TerminalOfRoot, DelaysNoMessageAfterTheDrop) {
    for (int lines = 0; lines < 100 && !HasFailure(); ++lines) {
        const Channel channel = with_some_room(full(terminal_channel()));
        set_flags(channel.near.get(), O_NONBLOCK);
        const std::string line = std::string(60, 'x') + '\n';
        for (int i = 0; i<lines&& ::write(channel.near.get(), line.data(), line.size())> 0; ++i) {
        }
        set_flags(channel.near.get(), 0);
        Command command = stepdown({"-u", "65534:65534", "--stdio=keep", "no-such-command"});
        command.err = Stream::given(channel.near.get());
        command.environment = {"PATH=/" + std::string(100, 'x')};
        command.deadline = std::chrono::seconds(2);
        const Outcome outcome = run(command);
        EXPECT_EQ(outcome.exit_code, 127) << lines << ' ' << describe(outcome);
    }
}

// A terminal that the user cannot open by name: what is told of a long PATH comes out as a whole.
TEST(TerminalOfRoot, HasAllOfAMessageAfterTheDrop) {
    const Terminal terminal = open_terminal();
    Command command = stepdown({"-u", "65534:65534", "--stdio=keep", "no-such-command"});
    command.err = Stream::given(terminal.slave.get());
    std::string path = "PATH=/first";
    for (int i = 0; i < 12; ++i) path += ":/" + std::string(60, static_cast<char>('a' + i));
    command.environment = {path};
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 127) << describe(outcome);
    EXPECT_EQ(output_of(terminal),
              "stepdown: cannot run no-such-command: there is no such command in " + path + "\r\n");
}

// setrlimit(2): a file at its limit sends SIGXFSZ.
TEST(FileAtItsLimit, LetsAStartGoOn) {
    const TemporaryDirectory directory;
    const UniqueFd file(::open((directory / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    Command command = stepdown({"-u", "1000:1000", "/bin/sh", "-c", "exit 7"});
    command.err = Stream::given(file.get());
    const Outcome outcome = run(command.with({"GOSU_CHONW=1"}).after(limit(RLIMIT_FSIZE, 0, 0)));
    EXPECT_EQ(outcome.exit_code, 7) << describe(outcome);
}

}  // namespace
}  // namespace stepdown::test
