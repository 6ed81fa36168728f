// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/file.h"

#include "stepdown/base/unique_fd.h"

#include "support/files/temporary.h"
#include "support/process/forked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <thread>

namespace stepdown {
namespace {

using test::TemporaryDirectory;
using testing::HasSubstr;

TEST(ReadFile, GivesAllBytes) {
    const TemporaryDirectory directory;
    const std::string odd("a\0b\xff\r\n\0", 7);
    for (const std::string& content : {std::string(), std::string("x"), odd, std::string(1U << 20U, 'x')}) {
        test::write_file(directory / "file", content);
        const auto read = read_file(directory / "file");
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(*read, content);
    }
}

TEST(ReadFile, FollowsLinks) {
    const TemporaryDirectory directory;
    test::write_file(directory / "file", "x");
    test::make_link("file", directory / "link");
    EXPECT_EQ(*read_file(directory / "link"), "x");
}

TEST(ReadFile, TakesAMissingFileForAnEmptyOne) {
    const TemporaryDirectory directory;
    test::make_link("missing", directory / "dangling");
    EXPECT_EQ(*read_file(directory / "missing"), "");
    EXPECT_EQ(*read_file(directory / "missing/too"), "");
    EXPECT_EQ(*read_file(directory / "dangling"), "");
}

void expect_refused(const std::string& path, const std::string& reason) {
    const auto read = read_file(path);
    ASSERT_FALSE(read) << path;
    EXPECT_EQ(read.error().message, "cannot read " + path + ": " + reason);
    EXPECT_EQ(read.error().code, ExitCode::failure);
}

TEST(ReadFile, RefusesWhatIsNotARegularFile) {
    const TemporaryDirectory directory;
    expect_refused(directory.path(), "it is not a regular file");
    expect_refused("/dev/null", "it is not a regular file");
    test::write_file(directory / "file", "x");
    expect_refused(directory / "file/x", "Not a directory");
    test::make_link("loop", directory / "loop");
    expect_refused(directory / "loop", "Too many levels of symbolic links");
}

TEST(ReadFile, DoesNotWaitForAFifo) {
    const TemporaryDirectory directory;
    ASSERT_EQ(::mkfifo((directory / "fifo").c_str(), 0644), 0);
    test::in_child([&directory] {
        ::alarm(20);
        expect_refused(directory / "fifo", "it is not a regular file");
        return 0;
    });
}

TEST(ReadFile, RefusesMoreThan16MiB) {
    const TemporaryDirectory directory;
    test::write_file(directory / "file", "");
    ASSERT_EQ(::truncate((directory / "file").c_str(), std::int64_t{16} << 20U), 0);
    EXPECT_EQ(read_file(directory / "file")->size(), max_file_size);
    ASSERT_EQ(::truncate((directory / "file").c_str(), (std::int64_t{16} << 20U) + 1), 0);
    expect_refused(directory / "file", "it is larger than 16 MiB");
    ASSERT_EQ(::truncate((directory / "file").c_str(), std::int64_t{1} << 40U), 0);
    expect_refused(directory / "file", "it is larger than 16 MiB");
}

TEST(ReadFile, SaysWhatMayNotBeRead) {
    const TemporaryDirectory directory;
    test::write_file(directory / "file", "secret", 0);
    test::in_child([&directory] {
        EXPECT_TRUE(::geteuid() != 0 || (::setgid(65534) == 0 && ::setuid(65534) == 0));
        expect_refused(directory / "file", "Permission denied");
        return 0;
    });
}

TEST(ReadFile, EscapesThePathInItsMessage) {
    const TemporaryDirectory directory;
    test::make_directory(directory / "a\nb");
    EXPECT_THAT(read_file(directory / "a\nb").error().message, HasSubstr("/a\\nb: it is not"));
}

TEST(ReadKernelFile, ReadsWhatHasNoSize) {
    const auto status = read_kernel_file("/proc/self/status");
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_THAT(*status, testing::StartsWith("Name:"));
    EXPECT_THAT(*status, HasSubstr("\nnonvoluntary_ctxt_switches:")) << "to its end";
    EXPECT_FALSE(read_kernel_file("/proc/self/no-such-file"));
}

TEST(ReadKernelFile, ReadsMoreThanOneBufferful) {
    const TemporaryDirectory directory;
    const std::string content(100'000, 'x');
    test::write_file(directory / "file", content);
    EXPECT_EQ(*read_kernel_file(directory / "file"), content);
}

// A read(2) of such a file ends with the last line that fits into a page.
TEST(ReadKernelFile, ReadsOnAfterAShortRead) {
    const auto maps = read_kernel_file("/proc/self/smaps");
    ASSERT_TRUE(maps) << maps.error().message;
    EXPECT_GT(maps->size(), 8192U);
    EXPECT_THAT(*maps, HasSubstr("[stack]"));
}

TEST(WriteAll, WritesMoreThanAPipeHolds) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    const std::string sent(1'000'000, 'x');
    std::string received;
    std::thread reading([&] {
        std::array<char, 4096> buffer{};
        for (ssize_t got = 0; (got = ::read(reader.get(), buffer.data(), buffer.size())) > 0;) {
            received.append(buffer.data(), static_cast<std::size_t>(got));
        }
    });
    EXPECT_TRUE(write_all(writer.get(), sent));
    writer = UniqueFd();
    reading.join();
    EXPECT_EQ(received, sent);
}

// setrlimit(2): the first write takes what fits, the next one fails.
TEST(WriteAll, NoticesAWriteThatWasCutShort) {
    const TemporaryDirectory directory;
    test::write_file(directory / "file", "");
    test::in_child([&directory] {
        const rlimit limit{1000, 1000};
        EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
        ::signal(SIGXFSZ, SIG_IGN);
        const UniqueFd file(::open((directory / "file").c_str(), O_WRONLY | O_CLOEXEC));
        const auto outcome = write_all(file.get(), std::string(2000, 'x'));
        EXPECT_EQ(outcome ? 0 : outcome.error().number, EFBIG);
        return 0;
    });
    EXPECT_EQ(read_file(directory / "file")->size(), 1000U);
}

TEST(WriteAll, SaysWhyItCouldNot) {
    const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(full.valid());
    const auto outcome = write_all(full.get(), "x");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().number, ENOSPC);
    EXPECT_TRUE(write_all(full.get(), ""));
}

}  // namespace
}  // namespace stepdown
