// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/progress.h"

#include "stepdown/base/log.h"
#include "stepdown/base/output.h"
#include "stepdown/base/text.h"

#include <unistd.h>

#include <algorithm>

namespace stepdown {
namespace {

constexpr auto long_walk = std::chrono::seconds(2);
constexpr auto between_log_lines = std::chrono::seconds(10);
constexpr auto between_rewrites = std::chrono::milliseconds(200);

// A program that reads JSON reads lines.
ProgressText::Place find_place() {
    const bool in_place = log_format() == LogFormat::text && ::isatty(STDERR_FILENO) == 1;
    return in_place ? ProgressText::Place::terminal : ProgressText::Place::elsewhere;
}

}  // namespace

ProgressText::Clock::duration ProgressText::first(Place place) {
    if (place == Place::terminal) return long_walk;
    return between_log_lines;
}

std::string ProgressText::figures(Clock::time_point now, const Counts& counts) const {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_).count();
    const auto rate = counts.entries * 1000 / static_cast<std::uint64_t>(std::max<std::int64_t>(milliseconds, 1));
    return with_thousands(counts.entries) + " entries seen, " + with_thousands(counts.changed) + " changed, " +
           with_thousands(rate) + " a second";
}

std::string ProgressText::line(Clock::time_point now, const Counts& counts) {
    const bool in_place = place_ == Place::terminal;
    next_ = now + (in_place ? Clock::duration(between_rewrites) : Clock::duration(between_log_lines));
    const std::string text = "owning " + quote(path_) + ": " + figures(now, counts);
    return in_place ? "\rstepdown: " + text + "\x1b[K" : text;
}

std::optional<std::string> ProgressText::last_line(Clock::time_point now, const Counts& counts) const {
    if (now - start_ < long_walk) return std::nullopt;
    if (place_ == Place::terminal) return "\r\x1b[K";
    return "walked " + quote(path_) + ": " + figures(now, counts);
}

Progress::Progress(const std::string& path) : place_(find_place()), text_(path, place_, ProgressText::Clock::now()) {}

void Progress::say(const std::string& line) const {
    if (place_ == ProgressText::Place::elsewhere) return log_progress(line);
    if (log_enabled(LogLevel::warn)) write_stderr(line);
}

void Progress::tick(const Report& report) {
    const auto now = ProgressText::Clock::now();
    if (text_.is_due(now)) say(text_.line(now, report.counts()));
}

void Progress::end(const Report& report) {
    if (const auto line = text_.last_line(ProgressText::Clock::now(), report.counts())) say(*line);
}

}  // namespace stepdown
