// SPDX-License-Identifier: Apache-2.0
// The life of the logger: it is made with the first message, serves all others, and follows configure_log.
#include "stepdown/base/log.h"
#include "stepdown/base/out_of_memory.h"

#include "support/process/forked.h"
#include "unit/base/counted_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <climits>
#include <functional>
#include <string>
#include <string_view>

namespace stepdown::test {
namespace {

template <typename Body>
int allocations_of(const Body& body) {
    const int before = counted_memory().allocations;
    body();
    return counted_memory().allocations - before;
}

TEST(Logger, IsNotMadeWithoutAMessage) {
    EXPECT_EQ(stderr_of([] {
                  const int taken = allocations_of([] {
                      configure_log(LogLevel::warn, LogFormat::json);
                      log_info("hidden");
                      log_debug("hidden");
                      configure_log(LogLevel::error, LogFormat::text);
                      log_warn({MessageId::other, "hidden"});
                      log_progress("hidden");
                  });
                  EXPECT_EQ(taken, 0);
              }),
              "");
}

TEST(Logger, IsMadeOnceForAllMessages) {
    EXPECT_EQ(stderr_of([] {
                  EXPECT_GT(allocations_of([] { log_error("first"); }), 0);
                  EXPECT_EQ(allocations_of([] {
                                log_warn({MessageId::other, "second"});
                                log_error("third");
                                log_info("hidden");
                            }),
                            0);
                  EXPECT_GT(allocations_of([] { log_progress("half-way"); }), 0);
                  EXPECT_EQ(allocations_of([] { log_progress("nearly done"); }), 0);
              }),
              "stepdown: first\nstepdown: warning: second\nstepdown: third\n"
              "stepdown: half-way\nstepdown: nearly done\n");
}

TEST(Logger, FollowsTheLevel) {
    EXPECT_EQ(stderr_of([] {
                  log_info("hidden");
                  log_warn({MessageId::other, "a warning"});
                  log_progress("half-way");
                  configure_log(LogLevel::debug, LogFormat::text);
                  log_debug("a debug");
                  configure_log(LogLevel::error, LogFormat::text);
                  log_warn({MessageId::other, "hidden"});
                  log_progress("hidden");
                  log_error("an error");
                  configure_log(LogLevel::info, LogFormat::text);
                  log_debug("hidden");
                  log_progress("nearly done");
              }),
              "stepdown: warning: a warning\nstepdown: half-way\nstepdown: debug: a debug\n"
              "stepdown: an error\nstepdown: nearly done\n");
}

std::string json_line(const std::string& level, const std::string& message) {
    return R"(\{"ts":"[-:.0-9TZ]+","level":")" + level + R"(","logger":"stepdown","msg":")" + message + "\"\\}\n";
}

TEST(Logger, FollowsTheFormat) {
    EXPECT_THAT(
        stderr_of([] {
            log_warn({MessageId::other, "first"});
            log_progress("half-way");
            configure_log(LogLevel::warn, LogFormat::json);
            log_warn({MessageId::other, "second"});
            log_progress("nearly done");
            configure_log(LogLevel::warn, LogFormat::text);
            log_warn({MessageId::other, "last"});
            log_progress("done");
        }),
        testing::MatchesRegex("stepdown: warning: first\nstepdown: half-way\n" + json_line("warning", "second") +
                              json_line("info", "nearly done") + "stepdown: warning: last\nstepdown: done\n"));
}

// The process ends in body.
std::string end_without_memory(LogFormat format, const std::function<void()>& body) {
    return stderr_of([&] {
        end_when_out_of_memory("out of memory\n", 0);
        configure_log(LogLevel::warn, format);
        body();
        log_error("this is not reached");
    });
}

void log_error_without_memory(std::string_view message) {
    counted_memory().is_spent = true;
    log_error(message);
}

// Neither the logger nor the line of a long message can be made, and spdlog's own print of that error is not wanted.
TEST(LogWithoutMemory, PrintsTheTextOfAMessageBeforeTheEnd) {
    const std::string text(300, 'x');
    const std::string lines = "stepdown: " + text + "\nout of memory\n";
    for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
        EXPECT_EQ(end_without_memory(format, [&] { log_error_without_memory(text); }), lines);
    }
    const auto after_another = [&] {
        log_error("first");
        log_error_without_memory(text);
    };
    EXPECT_EQ(end_without_memory(LogFormat::text, after_another), "stepdown: first\n" + lines);
}

TEST(LogWithoutMemory, PrintsNoMoreThanAPipeTakesWhole) {
    const std::string lines =
        end_without_memory(LogFormat::text, [] { log_error_without_memory(std::string(10'000, 'x')); });
    EXPECT_EQ(lines.find('\n'), std::size_t{PIPE_BUF - 1});
}

TEST(LogWithoutMemory, SaysNoMessageThatWasWritten) {
    const auto end_later = [] {
        log_error("first");
        counted_memory().is_spent = true;
        static_cast<void>(std::string(300, 'x'));
    };
    EXPECT_EQ(end_without_memory(LogFormat::text, end_later), "stepdown: first\nout of memory\n");
}

}  // namespace
}  // namespace stepdown::test
