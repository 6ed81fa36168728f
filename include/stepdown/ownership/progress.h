// SPDX-License-Identifier: Apache-2.0
// Says on standard error that a long walk is under way.
#pragma once

#include "stepdown/ownership/report.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace stepdown {

// The numbers of a line.
struct Figures {
    std::uint64_t entries = 0;     // that the walk has looked at
    std::uint64_t changed = 0;     // of them: given to the owner
    std::uint64_t per_second = 0;  // entries, on average since the start
};

// The progress lines and their times, as a value: it has no clock and no output of its own.
class ProgressText {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t usual_columns = 80;

    enum class Output {
        terminal,   // one line, rewritten in place
        elsewhere,  // a log line now and then, and one at the end
    };

    ProgressText(std::string path, Output output, Clock::time_point start)
        : path_(std::move(path)), output_(output), start_(start), next_(start + first(output)) {}

    // Returns true if a line is due at now.
    [[nodiscard]] bool is_due(Clock::time_point now) const { return now >= next_; }
    // The numbers of the line for now. Times come from a clock that no change of the date moves.
    [[nodiscard]] Figures figures(Clock::time_point now, const Counts& counts) const;
    // The line for now; the next one is due later. On a terminal it takes fewer columns than columns, so that the
    // cursor stays in it, and its numbers have a width of their own, so that the words after them stay in place.
    [[nodiscard]] std::string line(Clock::time_point now, const Counts& counts, std::size_t columns = usual_columns);
    // The last line of a walk that ended at now, if there was any line or one was due.
    [[nodiscard]] std::optional<std::string> last_line(Clock::time_point now, const Counts& counts) const;

  private:
    [[nodiscard]] static Clock::duration first(Output output);

    std::string path_;
    Output output_;
    Clock::time_point start_;
    Clock::time_point next_;
};

// The same said on standard error, where warnings are. Used by one thread.
class Progress {
  public:
    // The walk of the tree at path begins now.
    explicit Progress(const std::string& path);

    // Prints a line if one is due. Cheap enough for every directory.
    void tick(const Report& report);
    // The walk has ended: prints the last line, if the walk took long enough for one.
    void end(const Report& report);

  private:
    void say(const std::string& line, const Figures& figures) const;

    ProgressText::Output output_;
    ProgressText text_;
};

}  // namespace stepdown
