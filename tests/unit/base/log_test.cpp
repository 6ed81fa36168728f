// SPDX-License-Identifier: Apache-2.0
// Messages on standard error: one write each, and nothing that blocks or kills.
#include "stepdown/base/log.h"

#include "stepdown/base/output.h"
#include "stepdown/base/text.h"

#include "support/process/forked.h"
#include "support/process/pipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <climits>
#include <csignal>

namespace stepdown::test {
namespace {

using testing::MatchesRegex;
using testing::StartsWith;

void one_of_each() {
    log_error("an error");
    log_warn({MessageId::other, "a warning"});
    log_info("an info");
    log_debug("a debug");
}

std::string at_level(LogLevel level) {
    return stderr_of([level] {
        configure_log(level, LogFormat::text);
        one_of_each();
    });
}

TEST(Log, PrintsWarningsAsTextUnlessToldOtherwise) {
    EXPECT_EQ(stderr_of(one_of_each), "stepdown: an error\nstepdown: warning: a warning\n");
}

TEST(Log, PrintsWhatItsLevelHolds) {
    const std::string error = "stepdown: an error\n";
    const std::string warning = error + "stepdown: warning: a warning\n";
    const std::string info = warning + "stepdown: info: an info\n";
    EXPECT_EQ(at_level(LogLevel::error), error);
    EXPECT_EQ(at_level(LogLevel::warn), warning);
    EXPECT_EQ(at_level(LogLevel::info), info);
    EXPECT_EQ(at_level(LogLevel::debug), info + "stepdown: debug: a debug\n");
}

TEST(Log, KnowsWhatItPrints) {
    stderr_of([] {
        EXPECT_TRUE(log_enabled(LogLevel::error) && log_enabled(LogLevel::warn));
        EXPECT_FALSE(log_enabled(LogLevel::info) || log_enabled(LogLevel::debug));
        configure_log(LogLevel::debug, LogFormat::text);
        EXPECT_TRUE(log_enabled(LogLevel::debug));
        configure_log(LogLevel::error, LogFormat::text);
        EXPECT_FALSE(log_enabled(LogLevel::warn));
    });
}

TEST(Log, TakesAMessageAsItIs) {
    EXPECT_EQ(stderr_of([] { log_error("100% {} %s {0} \\n é"); }), "stepdown: 100% {} %s {0} \\n é\n");
    EXPECT_EQ(stderr_of([] { write_stderr("a\nb"); }), "a\nb");
    EXPECT_EQ(stderr_of([] { log_error(""); }), "stepdown: \n");
}

// Each write(2) that body makes on standard error, which is a pipe in packet mode (pipe2(2), O_DIRECT).
std::vector<std::string> writes_of(const std::function<void()>& body) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_DIRECT | O_CLOEXEC), 0);
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    stderr_of([&] {
        ::dup2(writer.get(), STDERR_FILENO);
        body();
    });
    writer = UniqueFd();
    std::vector<std::string> packets;
    std::array<char, 65536> buffer{};
    for (ssize_t got = 0; (got = ::read(reader.get(), buffer.data(), buffer.size())) > 0;) {
        packets.emplace_back(buffer.data(), static_cast<std::size_t>(got));
    }
    return packets;
}

const std::string long_text(10'000, 'x');

std::string repeated(const std::string& text, std::size_t length) {
    std::string all;
    while (all.size() < length) all += text;
    return all;
}

const std::string odd_texts[] = {
    "plain",
    "\"quoted\" \\ back\\slash",
    "a\nb\tc\x1b\x7f",
    "é 日本語 𝄞",
    std::string("a\0b", 3),
    "\xff",
    "a\xff\xfe b",
    "\xc3",
    "cut \xe2\x82",
    "\xed\xa0\x80",
    "\xf5\x80",
    "\xc0\xaf",
    "</script>",
    "\\xff and \xff",
    long_text,
};

std::vector<std::string> odd_messages() {
    std::vector<std::string> messages(std::begin(odd_texts), std::end(odd_texts));
    // Lengths around every cut, so that each cut falls into a character.
    for (std::size_t i = 0; i < 8; ++i) {
        for (const char* character : {"é", "日", "𝄞", "\"", "\xff", "\n"}) {
            messages.push_back(std::string(i, 'x') + repeated(character, 10'000));
        }
    }
    return messages;
}

TEST(Log, WritesEachMessageAtOnceAndNeverMoreThanAPipeTakesWhole) {
    for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
        const auto writes = writes_of([format] {
            configure_log(LogLevel::warn, format);
            log_error("short");
            log_error(long_text);
            log_warn({MessageId::other, "after"});
        });
        ASSERT_EQ(writes.size(), 3U);
        for (const std::string& bytes : writes) {
            EXPECT_LE(bytes.size(), std::size_t{PIPE_BUF});
            EXPECT_EQ(bytes.find('\n'), bytes.size() - 1) << "one line";
        }
        EXPECT_GT(writes[1].size(), 2000U);
    }
    const auto raw = writes_of([] { write_stderr(long_text); });
    ASSERT_EQ(raw.size(), 1U);
    EXPECT_EQ(raw[0], long_text.substr(0, PIPE_BUF));
}

rapidjson::Document parse(const std::string& line) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
    EXPECT_FALSE(document.HasParseError())
        << escape(line.substr(0, 200)) << " ... " << escape(line.substr(line.size() - 40));
    return document;
}

TEST(Log, WritesJsonThatParsesWhateverTheMessage) {
    for (const std::string& message : odd_messages()) {
        const auto writes = writes_of([&message] {
            configure_log(LogLevel::warn, LogFormat::json);
            log_error(message);
        });
        ASSERT_EQ(writes.size(), 1U);
        EXPECT_LE(writes[0].size(), std::size_t{PIPE_BUF});
        EXPECT_EQ(writes[0].find('\n'), writes[0].size() - 1);
        const auto document = parse(writes[0]);
        ASSERT_TRUE(document.IsObject() && document.HasMember("msg"));
        EXPECT_GT(document["msg"].GetStringLength(), message.size() > 4000 ? 200U : 0U);
    }
}

TEST(Log, PutsOneObjectOnALine) {
    const std::string line = stderr_of([] {
        configure_log(LogLevel::info, LogFormat::json);
        log_warn({MessageId::setting_unknown, "a \"warning\" é"});
    });
    const auto document = parse(line);
    ASSERT_EQ(document.MemberCount(), 5U);
    EXPECT_STREQ(document["id"].GetString(), "setting-unknown");
    EXPECT_STREQ(document["level"].GetString(), "warning");
    EXPECT_STREQ(document["logger"].GetString(), "stepdown");
    EXPECT_STREQ(document["msg"].GetString(), "a \"warning\" é");
    EXPECT_THAT(document["ts"].GetString(),
                MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"));
}

TEST(Log, PrintsProgressWhereWarningsAreAndNotAsOne) {
    const auto at = [](LogLevel level, LogFormat format) {
        return stderr_of([level, format] {
            configure_log(level, format);
            log_progress("half-way");
        });
    };
    EXPECT_EQ(stderr_of([] { log_progress("half-way"); }), "stepdown: half-way\n");
    EXPECT_EQ(at(LogLevel::info, LogFormat::text), "stepdown: half-way\n");
    EXPECT_EQ(at(LogLevel::error, LogFormat::text), "");
    EXPECT_EQ(at(LogLevel::error, LogFormat::json), "");
    const auto document = parse(at(LogLevel::warn, LogFormat::json));
    EXPECT_STREQ(document["level"].GetString(), "info");
    EXPECT_STREQ(document["msg"].GetString(), "half-way");
    EXPECT_EQ(document.MemberCount(), 4U);
}

TEST(Log, GivesTheNumbersOfProgressToPrograms) {
    const auto progress = [](LogFormat format) {
        return stderr_of([format] {
            configure_log(LogLevel::warn, format);
            const std::array<LogNumber, 2> numbers{{{"entries", 18446744073709551615U}, {"changed", 0}}};
            log_progress("half-way", numbers);
        });
    };
    EXPECT_EQ(progress(LogFormat::text), "stepdown: half-way\n");
    const auto document = parse(progress(LogFormat::json));
    EXPECT_EQ(document["entries"].GetUint64(), 18446744073709551615U);
    EXPECT_EQ(document["changed"].GetUint64(), 0U);
    EXPECT_EQ(document.MemberCount(), 6U);
    const std::string next = stderr_of([] {
        configure_log(LogLevel::warn, LogFormat::json);
        log_progress("half-way", std::array<LogNumber, 1>{{{"entries", 1}}});
        log_progress("done");
        log_warn({MessageId::other, "other"});
    });
    EXPECT_EQ(next.find("entries"), next.rfind("entries")) << "the numbers are those of one message: " << next;
}

void log_in_every_way() {
    ::alarm(20);  // ends what blocks
    for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
        configure_log(LogLevel::debug, format);
        one_of_each();
        log_progress("half-way");
        log_error(long_text);
        write_stderr(long_text);
    }
}

TEST(Log, SurvivesAClosedStandardError) {
    stderr_of([] {
        ::close(STDERR_FILENO);
        log_in_every_way();
    });
}

TEST(Log, SurvivesAStandardErrorThatCannotBeWritten) {
    stderr_of([] {
        const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        ::dup2(null, STDERR_FILENO);
        log_in_every_way();
    });
}

TEST(Log, SurvivesAReaderThatIsGone) {
    stderr_of([] {
        std::array<int, 2> ends{};
        ASSERT_EQ(::pipe(ends.data()), 0);
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[0]);
        log_in_every_way();
        std::array<int, 2> sockets{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()), 0);
        ::dup2(sockets[1], STDERR_FILENO);
        ::close(sockets[0]);
        log_in_every_way();
    });
}

// Full to the last byte.
void fill(int fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    while (::write(fd, long_text.data(), long_text.size()) > 0 || ::write(fd, "x", 1) > 0) {
    }
    ::fcntl(fd, F_SETFL, flags);
}

TEST(Log, DropsWhatAFullPipeOrSocketDoesNotTake) {
    stderr_of([] {
        std::array<int, 2> ends{};
        ASSERT_EQ(::pipe(ends.data()), 0);
        fill(ends[1]);
        ::dup2(ends[1], STDERR_FILENO);
        log_in_every_way();
        std::array<int, 2> sockets{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()), 0);
        fill(sockets[1]);
        ::dup2(sockets[1], STDERR_FILENO);
        log_in_every_way();
    });
}

TEST(Log, ReachesASocket) {
    std::array<int, 2> sockets{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()), 0);
    const UniqueFd reader(sockets[0]);
    UniqueFd writer(sockets[1]);
    stderr_of([&writer] {
        ::dup2(writer.get(), STDERR_FILENO);
        log_error("an error");
    });
    writer = UniqueFd();
    EXPECT_EQ(read_all(reader.get()), "stepdown: an error\n");
}

// An ignored SIGPIPE is the command's to inherit; any other is only caught, which execve(2) undoes.
TEST(Log, LeavesAnIgnoredBrokenPipeSignalIgnored) {
    stderr_of([] {
        ::signal(SIGPIPE, SIG_IGN);
        log_in_every_way();
        struct sigaction now {};
        EXPECT_EQ(::sigaction(SIGPIPE, nullptr, &now), 0);
        EXPECT_EQ(now.sa_handler, SIG_IGN);
    });
    stderr_of([] {
        ::signal(SIGPIPE, SIG_DFL);
        log_error("x");
        struct sigaction now {};
        EXPECT_EQ(::sigaction(SIGPIPE, nullptr, &now), 0);
        EXPECT_NE(now.sa_handler, SIG_DFL);
        EXPECT_NE(now.sa_handler, SIG_IGN) << "that would be inherited";
    });
}

}  // namespace
}  // namespace stepdown::test
