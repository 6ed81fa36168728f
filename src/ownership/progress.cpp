// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/progress.h"

#include "stepdown/base/log.h"
#include "stepdown/base/output.h"
#include "stepdown/base/text.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace stepdown {
namespace {

constexpr auto long_walk = std::chrono::seconds(2);
constexpr auto between_log_lines = std::chrono::seconds(10);
constexpr auto between_rewrites = std::chrono::milliseconds(200);

// A program that reads JSON reads lines.
ProgressText::Output find_output() {
    const bool in_place = log_format() == LogFormat::text && ::isatty(STDERR_FILENO) == 1;
    return in_place ? ProgressText::Output::terminal : ProgressText::Output::elsewhere;
}

std::size_t columns_of_terminal() {
    winsize size{};
    const bool is_known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : ProgressText::usual_columns;
}

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// How many columns text takes at most: the widest characters outside ASCII take two.
std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    for (const char byte : text) {
        if (begins_character(byte)) columns += static_cast<signed char>(byte) < 0 ? 2 : 1;
    }
    return columns;
}

// The longest beginning of text that fits into so many columns.
std::string_view beginning_of(std::string_view text, std::size_t columns) {
    std::size_t end = text.size();
    while (columns_of(text.substr(0, end)) > columns) {
        do --end;
        while (end > 0 && !begins_character(text[end]));
    }
    return text.substr(0, end);
}

std::string_view end_of(std::string_view text, std::size_t columns) {
    std::size_t start = 0;
    while (columns_of(text.substr(start)) > columns) {
        do ++start;
        while (start < text.size() && !begins_character(text[start]));
    }
    return text.substr(start);
}

// "/srv/...ta/cache": the middle of a long path says least.
std::string shortened(const std::string& path, std::size_t columns) {
    constexpr std::string_view gap = "...";
    if (columns_of(path) <= columns) return path;
    const std::size_t room = columns - std::min(gap.size(), columns);
    return concat({beginning_of(path, room / 2), gap, end_of(path, room - room / 2)});
}

// Wide enough for most numbers, so that the words after them stay in their places.
std::string right_aligned(std::uint64_t number) {
    constexpr std::size_t width = std::string_view("9,999,999").size();
    const std::string text = with_thousands(number);
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

// On a terminal that has no room for it, the path is shortened down to a few letters, and then the line is cut.
std::string line_for_terminal(const std::string& path, const Figures& figures, std::size_t columns) {
    constexpr std::size_t shortest_path = 8;
    const std::string begin = "stepdown: ";
    const std::string end = concat({": ", right_aligned(figures.entries), " entries, ", right_aligned(figures.changed),
                                    " changed, ", right_aligned(figures.per_second), "/s"});
    const std::size_t taken = begin.size() + end.size() + 1;
    const std::size_t room = columns > taken ? columns - taken : 0;
    const std::string line = concat({begin, shortened(path, std::max(room, shortest_path)), end});
    return std::string(beginning_of(line, columns > 1 ? columns - 1 : 0));
}

std::string in_words(const Figures& figures) {
    return concat({with_thousands(figures.entries), " entries, ", with_thousands(figures.changed), " changed, ",
                   with_thousands(figures.per_second), " a second"});
}

}  // namespace

ProgressText::Clock::duration ProgressText::first(Output output) {
    if (output == Output::terminal) return long_walk;
    return between_log_lines;
}

Figures ProgressText::figures(Clock::time_point now, const Counts& counts) const {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_).count();
    const auto rate = counts.entries * 1000 / static_cast<std::uint64_t>(std::max<std::int64_t>(milliseconds, 1));
    return {counts.entries, counts.changed, rate};
}

std::string ProgressText::line(Clock::time_point now, const Counts& counts, std::size_t columns) {
    const bool in_place = output_ == Output::terminal;
    next_ = now + (in_place ? Clock::duration(between_rewrites) : Clock::duration(between_log_lines));
    const Figures seen = figures(now, counts);
    if (in_place) return concat({"\r", line_for_terminal(quote(path_), seen, columns), "\x1b[K"});
    return concat({"walking ", quote(path_), ": ", in_words(seen)});
}

std::optional<std::string> ProgressText::last_line(Clock::time_point now, const Counts& counts) const {
    if (now - start_ < long_walk) return std::nullopt;
    if (output_ == Output::terminal) return "\r\x1b[K";
    return concat({"walked ", quote(path_), ": ", in_words(figures(now, counts))});
}

Progress::Progress(const std::string& path)
    : output_(find_output()), text_(path, output_, ProgressText::Clock::now()) {}

void Progress::say(const std::string& line, const Figures& figures) const {
    if (output_ == ProgressText::Output::terminal) {
        if (log_enabled(LogLevel::warn)) write_stderr(line);
        return;
    }
    log_progress(line,
                 std::array<LogNumber, 3>{
                     {{"entries", figures.entries}, {"changed", figures.changed}, {"per_second", figures.per_second}}});
}

void Progress::tick(const Report& report) {
    const auto now = ProgressText::Clock::now();
    if (!text_.is_due(now)) return;
    const Counts counts = report.counts();
    const bool in_place = output_ == ProgressText::Output::terminal;
    const std::size_t columns = in_place ? columns_of_terminal() : ProgressText::usual_columns;
    say(text_.line(now, counts, columns), text_.figures(now, counts));
}

void Progress::end(const Report& report) {
    const auto now = ProgressText::Clock::now();
    const Counts counts = report.counts();
    if (const auto line = text_.last_line(now, counts)) say(*line, text_.figures(now, counts));
}

}  // namespace stepdown
