// SPDX-License-Identifier: Apache-2.0
// What becomes of the standard streams, in words: a look that changes nothing.
#include "stepdown/prepare/stdio.h"

#include "stepdown/base/unique_fd.h"

#include "support/files/temporary.h"
#include "support/process/forked.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace stepdown::test {
namespace {

constexpr uid_t target = 1500;

StdioPlan plan(StdioMode mode = StdioMode::automatic) { return {mode, ::geteuid(), target}; }

// What becomes of fd as standard input.
std::string fate_of(int fd, const StdioPlan& plan) {
    const UniqueFd before(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    ::dup2(fd, STDIN_FILENO);
    std::string words = preview_standard_streams(plan).words[0];
    ::dup2(before.get(), STDIN_FILENO);
    return words;
}

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        reader = UniqueFd(ends[0]);
        writer = UniqueFd(ends[1]);
    }
    UniqueFd reader;
    UniqueFd writer;
};

TEST(PreviewStandardStreams, OpensAnAnonymousPipeOfOurs) {
    const Pipe pipe;
    EXPECT_EQ(fate_of(pipe.reader.get(), plan()), "pipe, made readable for others");
    EXPECT_EQ(fate_of(pipe.writer.get(), plan()), "pipe, made writable for others");
    EXPECT_EQ(fate_of(pipe.reader.get(), plan(StdioMode::own)), "pipe, made readable for others");
    EXPECT_EQ(fate_of(pipe.reader.get(), plan(StdioMode::keep)), "pipe, kept as it is");
    EXPECT_EQ(fate_of(pipe.reader.get(), {StdioMode::automatic, 4711, target}),
              "pipe, left alone: another uid owns it");
    EXPECT_EQ(fate_of(pipe.reader.get(), {StdioMode::automatic, 4711, ::geteuid()}), "pipe, the user's already");
}

TEST(PreviewStandardStreams, GrantsNothingForADescriptorThatCanDoNothing) {
    const Pipe pipe;
    const std::string name = "/proc/self/fd/" + std::to_string(pipe.reader.get());
    const UniqueFd path(::open(name.c_str(), O_PATH | O_CLOEXEC));
    EXPECT_EQ(fate_of(path.get(), plan()), "pipe, left alone: its mode grants what the descriptor may do");
}

TEST(PreviewStandardStreams, SaysWhereAPipeGrantsEnoughAlready) {
    const Pipe pipe;
    ASSERT_EQ(::fchmod(pipe.reader.get(), 0644), 0);
    EXPECT_EQ(fate_of(pipe.reader.get(), plan()), "pipe, left alone: its mode grants what the descriptor may do");
    EXPECT_EQ(fate_of(pipe.writer.get(), plan()), "pipe, made writable for others");
}

TEST(PreviewStandardStreams, LeavesEverythingElseAlone) {
    const TemporaryDirectory directory;
    write_file(directory / "file", "");
    ASSERT_EQ(::mkfifo((directory / "fifo").c_str(), 0600), 0);
    const UniqueFd file(::open((directory / "file").c_str(), O_RDWR | O_CLOEXEC));
    const UniqueFd fifo(::open((directory / "fifo").c_str(), O_RDWR | O_CLOEXEC));
    const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const UniqueFd other(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::array<int, 2> sockets{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()), 0);
    const UniqueFd one(sockets[0]);
    const UniqueFd two(sockets[1]);
    for (const StdioMode mode : {StdioMode::automatic, StdioMode::own}) {
        EXPECT_EQ(fate_of(file.get(), plan(mode)), "file, left alone");
        EXPECT_EQ(fate_of(fifo.get(), plan(mode)), "named FIFO, left alone");
        EXPECT_EQ(fate_of(null.get(), plan(mode)), "device, left alone");
        EXPECT_EQ(fate_of(one.get(), plan(mode)), "socket, left alone");
        EXPECT_EQ(fate_of(other.get(), plan(mode)), "other object, left alone");
    }
}

TEST(PreviewStandardStreams, HasNothingToSayOfAClosedOne) {
    in_child([] {
        ::close(STDIN_FILENO);
        EXPECT_EQ(preview_standard_streams(plan()).words[0], "");
        return 0;
    });
}

TEST(PreviewStandardStreams, ChangesNothing) {
    const Pipe pipe;
    struct stat before {};
    struct stat after {};
    ASSERT_EQ(::fstat(pipe.reader.get(), &before), 0);
    fate_of(pipe.reader.get(), plan());
    ASSERT_EQ(::fstat(pipe.reader.get(), &after), 0);
    EXPECT_EQ(after.st_uid, before.st_uid);
    EXPECT_EQ(after.st_mode, before.st_mode);
}

TEST(OpenMissingStandardStreams, TouchesOnlyWhatIsClosed) {
    in_child([] {
        const Pipe pipe;
        ::dup2(pipe.reader.get(), STDIN_FILENO);
        ::close(STDERR_FILENO);
        EXPECT_TRUE(open_missing_standard_streams());
        struct stat in {};
        struct stat before {};
        struct stat err {};
        EXPECT_EQ(::fstat(STDIN_FILENO, &in) | ::fstat(pipe.reader.get(), &before) | ::fstat(STDERR_FILENO, &err), 0);
        EXPECT_EQ(in.st_ino, before.st_ino);
        EXPECT_TRUE(S_ISCHR(err.st_mode));
        EXPECT_EQ(::write(STDERR_FILENO, "x", 1), 1) << "it takes what is written";
        return 0;
    });
}

}  // namespace
}  // namespace stepdown::test
