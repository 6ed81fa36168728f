// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/progress.h"

#include <gtest/gtest.h>

namespace stepdown {
namespace {

using Output = ProgressText::Output;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr ProgressText::Clock::time_point start{seconds(100)};

TEST(Progress, IsSilentInTheFirstTwoSeconds) {
    ProgressText terminal("/data", Output::terminal, start);
    EXPECT_FALSE(terminal.is_due(start + milliseconds(1999)));
    EXPECT_TRUE(terminal.is_due(start + seconds(2)));
    EXPECT_EQ(terminal.last_line(start + milliseconds(1999), {}), std::nullopt);
}

TEST(Progress, RewritesOneLineOfATerminal) {
    ProgressText terminal("/data", Output::terminal, start);
    const Counts counts{240000, 1500, 0};
    const std::string line = terminal.line(start + seconds(4), counts);
    EXPECT_EQ(line, "\rstepdown: /data:   240,000 entries,     1,500 changed,    60,000/s\x1b[K");
    EXPECT_FALSE(terminal.is_due(start + milliseconds(4199)));
    EXPECT_TRUE(terminal.is_due(start + milliseconds(4200)));
    EXPECT_EQ(terminal.last_line(start + seconds(5), counts), "\r\x1b[K");
}

TEST(Progress, LogsALineEveryTenSecondsElsewhere) {
    ProgressText pipe("/data", Output::elsewhere, start);
    EXPECT_FALSE(pipe.is_due(start + milliseconds(9999)));
    EXPECT_TRUE(pipe.is_due(start + seconds(10)));
    EXPECT_EQ(pipe.line(start + seconds(10), {1000000, 5, 0}),
              "walking /data: 1,000,000 entries, 5 changed, 100,000 a second");
    EXPECT_FALSE(pipe.is_due(start + milliseconds(19999)));
    EXPECT_TRUE(pipe.is_due(start + seconds(20)));
}

TEST(Progress, LogsALineAtTheEndOfALongWalkElsewhere) {
    const ProgressText pipe("/data", Output::elsewhere, start);
    EXPECT_EQ(pipe.last_line(start + milliseconds(1999), {}), std::nullopt);
    EXPECT_EQ(pipe.last_line(start + seconds(2), {2000, 0, 0}),
              "walked /data: 2,000 entries, 0 changed, 1,000 a second");
}

// Without what moves the cursor.
std::string shown(const std::string& path, const Counts& counts, std::size_t columns) {
    ProgressText terminal(path, Output::terminal, start);
    std::string line = terminal.line(start + seconds(4), counts, columns);
    EXPECT_TRUE(line.starts_with('\r') && line.ends_with("\x1b[K")) << line;
    return line.substr(1, line.size() - 4);
}

TEST(Progress, KeepsTheWordsOfATerminalInPlace) {
    const std::string first = shown("/data", {1, 0, 0}, 80);
    const std::string later = shown("/data", {9'999'999, 1'234'567, 0}, 80);
    for (const char* word : {"entries", "changed", "/s"}) EXPECT_EQ(first.find(word), later.find(word)) << word;
}

TEST(Progress, FitsTheTerminal) {
    const Counts counts{9'999'999, 9'999'999, 0};
    const std::string path = "/srv/" + std::string(300, 'a') + "/cache";
    for (const std::size_t columns : std::initializer_list<std::size_t>{200, 80, 70}) {
        const std::string line = shown(path, counts, columns);
        EXPECT_EQ(line.size(), columns - 1) << line;
        EXPECT_TRUE(line.starts_with("stepdown: /s")) << line;
        EXPECT_NE(line.find("...", 10), std::string::npos) << line;
        EXPECT_NE(line.find("he: 9,999,999 entries, 9,999,999 changed, 2,499,999/s"), std::string::npos) << line;
    }
    for (const std::size_t columns : std::initializer_list<std::size_t>{60, 20, 2, 1, 0})
        EXPECT_LE(shown(path, counts, columns).size(), columns);
}

// A letter may take two columns, and is never cut in two.
TEST(Progress, FitsTheTerminalWithLettersOfSeveralBytes) {
    std::string path;
    for (int i = 0; i < 100; ++i) path += "\u6587";
    const std::string line = shown("/" + path, {}, 80);
    std::string inside = line.substr(line.find('/'), line.find(": ", 10) - line.find('/'));
    EXPECT_NE(inside.find("\u6587...\u6587"), std::string::npos) << line;
    EXPECT_LE(inside.size(), 21U * 3 / 2);
    EXPECT_EQ(inside.size() % 3, 1U) << line;
}

TEST(Progress, GivesTheNumbersOfALine) {
    const ProgressText pipe("/data", Output::elsewhere, start);
    const Figures figures = pipe.figures(start + seconds(2), {2000, 7, 1});
    EXPECT_EQ(figures.entries, 2000U);
    EXPECT_EQ(figures.changed, 7U);
    EXPECT_EQ(figures.per_second, 1000U);
}

TEST(Progress, EscapesThePath) {
    ProgressText terminal("/da\x1bta", Output::terminal, start);
    EXPECT_NE(terminal.line(start + seconds(2), {}).find("/da\\x1bta"), std::string::npos);
}

}  // namespace
}  // namespace stepdown
