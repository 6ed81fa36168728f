// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/progress.h"

#include <gtest/gtest.h>

namespace stepdown {
namespace {

using Place = ProgressText::Place;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr ProgressText::Clock::time_point start{seconds(100)};

TEST(Progress, IsSilentInTheFirstTwoSeconds) {
    ProgressText terminal("/data", Place::terminal, start);
    EXPECT_FALSE(terminal.is_due(start + milliseconds(1999)));
    EXPECT_TRUE(terminal.is_due(start + seconds(2)));
    EXPECT_EQ(terminal.last_line(start + milliseconds(1999), {}), std::nullopt);
}

TEST(Progress, RewritesOneLineOfATerminal) {
    ProgressText terminal("/data", Place::terminal, start);
    const Counts counts{240000, 1500, 0};
    const std::string line = terminal.line(start + seconds(4), counts);
    EXPECT_EQ(line, "\rstepdown: owning /data: 240,000 entries seen, 1,500 changed, 60,000 a second\x1b[K");
    EXPECT_FALSE(terminal.is_due(start + milliseconds(4199)));
    EXPECT_TRUE(terminal.is_due(start + milliseconds(4200)));
    EXPECT_EQ(terminal.last_line(start + seconds(5), counts), "\r\x1b[K");
}

TEST(Progress, LogsALineEveryTenSecondsElsewhere) {
    ProgressText pipe("/data", Place::elsewhere, start);
    EXPECT_FALSE(pipe.is_due(start + milliseconds(9999)));
    EXPECT_TRUE(pipe.is_due(start + seconds(10)));
    EXPECT_EQ(pipe.line(start + seconds(10), {1000000, 5, 0}),
              "owning /data: 1,000,000 entries seen, 5 changed, 100,000 a second");
    EXPECT_FALSE(pipe.is_due(start + milliseconds(19999)));
    EXPECT_TRUE(pipe.is_due(start + seconds(20)));
}

TEST(Progress, LogsALineAtTheEndOfALongWalkElsewhere) {
    const ProgressText pipe("/data", Place::elsewhere, start);
    EXPECT_EQ(pipe.last_line(start + milliseconds(1999), {}), std::nullopt);
    EXPECT_EQ(pipe.last_line(start + seconds(2), {2000, 0, 0}),
              "walked /data: 2,000 entries seen, 0 changed, 1,000 a second");
}

TEST(Progress, EscapesThePath) {
    ProgressText terminal("/da\x1bta", Place::terminal, start);
    EXPECT_NE(terminal.line(start + seconds(2), {}).find("/da\\x1bta"), std::string::npos);
}

}  // namespace
}  // namespace stepdown
