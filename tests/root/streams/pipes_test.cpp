// SPDX-License-Identifier: Apache-2.0
// Standard streams that are pipes: their owner stays, and their mode offers what the descriptor may do.

#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace stepdown::test {
namespace {

const Owner root{0, 0};

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

Pipe make_pipe() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::pipe2(fds.data(), O_CLOEXEC), 0);
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

mode_t mode_of(int fd) {
    struct stat status {};
    EXPECT_EQ(::fstat(fd, &status), 0);
    return status.st_mode & 07777U;
}

void expect_opened(const Outcome& outcome) {
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_EQ(outcome.out, "/dev/stdout\n");
    EXPECT_EQ(outcome.err, "/dev/stderr\n");
}

// Gid 0 is the group of the pipe.
TEST(Pipe, CanBeOpenedByNameAfterTheDrop) {
    for (const char* user : {"1000:1000", "1000:0"}) expect_opened(run(stepdown(and_open({"-u", user}))));
}

TEST(Pipe, CanBeOpenedByBothNamesOfOne) {
    const Pipe pipe = make_pipe();
    Command command = stepdown(and_open({"-u", "1000:0"}));
    command.out = command.err = Stream::given(pipe.write.get());
    EXPECT_EQ(run(command).exit_code, 0);
    EXPECT_EQ(owner(pipe.write.get()), root);
    EXPECT_EQ(mode_of(pipe.write.get()), 0622U);
}

// Whoever owned the pipe could read what root writes into it, and a shell of root's could be made to read what a user
// wrote. The number of the descriptor says nothing about its direction.
TEST(Pipe, OffersWhatTheDescriptorMayDoAndNoMore) {
    struct Row {
        bool reads;  // which end the descriptor is
        int fd;
        mode_t mode;
    };
    const Row table[] = {{true, 0, 0644}, {false, 0, 0622}, {true, 1, 0644}, {false, 1, 0622}, {true, 2, 0644}};
    for (const auto& [reads, fd, mode] : table) {
        const Pipe pipe = make_pipe();
        ASSERT_EQ(::fchown(pipe.write.get(), 0, 77), 0);
        Command command = stepdown({"-u", "1000:1000", "true"});
        const int end = reads ? pipe.read.get() : pipe.write.get();
        (fd == 0 ? command.in : fd == 1 ? command.out : command.err) = Stream::given(end);
        EXPECT_EQ(run(command).exit_code, 0);
        EXPECT_EQ(mode_of(end), mode) << reads << fd;
        EXPECT_EQ(owner(end), Owner({0, 77}));
    }
}

TEST(Pipe, OpenForBothOffersBoth) {
    const Pipe pipe = make_pipe();
    const std::string name = "/proc/self/fd/" + std::to_string(pipe.read.get());
    const UniqueFd both(::open(name.c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(both.valid());
    Command command = stepdown({"-u", "1000:1000", "true"});
    command.in = Stream::given(both.get());
    expect_silent_success(run(command));
    EXPECT_EQ(mode_of(pipe.read.get()), 0666U);
}

TEST(Pipe, OpenForNothingOffersNothing) {
    const Pipe pipe = make_pipe();
    const std::string name = "/proc/self/fd/" + std::to_string(pipe.read.get());
    const UniqueFd path(::open(name.c_str(), O_PATH | O_CLOEXEC));
    ASSERT_TRUE(path.valid());
    Command command = stepdown({"-u", "1000:1000", "true"});
    command.in = Stream::given(path.get());
    expect_silent_success(run(command));
    EXPECT_EQ(mode_of(pipe.read.get()), 0600U);
}

// docker exec -i C sh < script: the shell reads its next line from the pipe that the command inherited.
TEST(Pipe, OfAScriptOfRootsCannotBeWrittenByTheCommand) {
    const Pipe pipe = make_pipe();
    Command command = stepdown({"-u", "1000:1000", "/bin/sh", "-c", "echo injected >/dev/stdin"});
    command.in = Stream::given(pipe.read.get());
    EXPECT_NE(run(command).exit_code, 0);
    ASSERT_EQ(::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK), 0);
    char byte = 0;
    EXPECT_EQ(::read(pipe.read.get(), &byte, 1), -1) << "nothing was written";
}

TEST(Pipe, OfALogCannotBeReadByTheCommand) {
    for (const int fd : {0, 1}) {
        const Pipe pipe = make_pipe();
        ASSERT_EQ(::write(pipe.write.get(), "secret", 6), 6);
        Command command =
            stepdown({"-u", "1000:1000", "/bin/sh", "-c", "head -c 6 </proc/self/fd/" + std::to_string(fd) + " >&2"});
        (fd == 0 ? command.in : command.out) = Stream::given(pipe.write.get());
        const Outcome outcome = run(command);
        EXPECT_NE(outcome.exit_code, 0);
        EXPECT_EQ(outcome.err.find("secret"), std::string::npos) << outcome.err;
    }
}

TEST(Pipe, StaysAsItIsWhereTheUserStays) {
    const Pipe pipe = make_pipe();
    Command command = stepdown({"-u", "root", "true"});
    command.out = Stream::given(pipe.write.get());
    expect_silent_success(run(command));
    EXPECT_EQ(mode_of(pipe.write.get()), 0600U);
}

TEST(Pipe, OfSomebodyElseIsLeftAlone) {
    const Pipe pipe = make_pipe();
    ASSERT_EQ(::fchown(pipe.write.get(), 7, 7), 0);
    Command command = stepdown({"-u", "1000:1000", "true"});
    command.out = Stream::given(pipe.write.get());
    expect_silent_success(run(command));
    EXPECT_EQ(owner(pipe.write.get()), Owner({7, 7}));
}

TEST(Pipe, IsKeptWhereThatIsAskedFor) {
    const Outcome outcome = run(stepdown(and_open({"-u", "1000:1000", "--stdio", "keep"})));
    EXPECT_EQ(outcome.exit_code, EACCES) << describe(outcome);
}

TEST(Pipe, IsNeverChangedByGosuOrSuExec) {
    for (Command command : {gosu({"1000:1000", "true"}), su_exec({"1000:1000", "true"})}) {
        const Pipe pipe = make_pipe();
        command.out = Stream::given(pipe.write.get());
        expect_silent_success(run(command));
        EXPECT_EQ(owner(pipe.write.get()), root);
        EXPECT_EQ(mode_of(pipe.write.get()), 0600U);
    }
}

TEST(Pipe, NeedsNoCapability) {
    const Command command =
        stepdown(and_open({"-u", "1000:1000"})).after(without_capabilities({cap_chown, 3 /* CAP_FOWNER */}));
    expect_opened(run(command));
}

}  // namespace
}  // namespace stepdown::test
