// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/report.h"

#include "stepdown/base/text.h"

#include <algorithm>
#include <cerrno>
#include <numeric>

namespace stepdown {
namespace {

constexpr std::size_t errors_in_words = 5;

std::string what_failed(Operation operation, const std::string& path) {
    switch (operation) {
        case Operation::look: return "cannot look at " + quote(path);
        case Operation::open: return "cannot open " + quote(path);
        case Operation::read: return "cannot read the directory " + quote(path);
        case Operation::find_mount: return "cannot tell which mount holds " + quote(path);
        case Operation::count_names: return "cannot tell whether the file has other names than " + quote(path);
        case Operation::change: return "cannot change the owner of " + quote(path);
        case Operation::enter_protected:
            return "cannot change the owner of " + quote(path) + ", which decides how the next start runs as root";
        case Operation::remember: return "cannot keep " + quote(path) + " in memory until all below it is done";
        case Operation::find_again: return "cannot go back to " + quote(path) + ", which was moved meanwhile";
    }
    return "cannot change the owner of " + quote(path);
}

// The file system's answer was that all went well: there is no text for that.
std::string in_words(Operation operation, int number, const ErrorText& text) {
    const std::string what = what_failed(operation, text.path);
    if (number == no_effect) return concat({what, ": ", text.reason});
    return system_error(what, number, text.reason).value().message;
}

unsigned bit_of(Operation operation) { return 1U << static_cast<unsigned>(operation); }

std::string name_of(int number) { return number == no_effect ? "without effect" : errno_name(number); }

std::string in_words(Skipped what, std::uint64_t count, const std::string& first, SettingName hard_links) {
    const std::string number = with_thousands(count);
    const std::string path = quote(first);
    const bool is_one = count == 1;
    if (what == Skipped::device) {
        return concat(
            {number, is_one ? " device keeps its owner: " : " devices keep their owners, the first is ", path});
    }
    if (what == Skipped::mounted_socket) {
        return concat({number,
                       is_one ? " socket of the host's keeps its owner: "
                              : " sockets of the host's keep their owners, the first is ",
                       path, ". A socket that is a mount of its own can be listed by itself"});
    }
    if (what == Skipped::protected_file) {
        return concat({number,
                       is_one ? " file that decides how the next start runs as root keeps its owner: "
                              : " files that decide how the next start runs as root keep their owners, the first is ",
                       path});
    }
    if (what == Skipped::cycle) {
        return concat(
            {number, count == 1 ? " directory was not entered: " : " directories were not entered, the first is ", path,
             ". It is also one of the directories above it: another process moved it there during the walk"});
    }
    return concat({number,
                   is_one ? " file that has several names keeps its owner: "
                          : " files that have several names keep their owners, the first is ",
                   path, ". Users can link files of root's there while fs.protected_hardlinks is 0 (proc(5)). ",
                   sentence_to_set(hard_links, "allow"), " to change their owner all the same"});
}

}  // namespace

void Report::add(const Counts& counts) {
    entries_.fetch_add(counts.entries, std::memory_order_relaxed);
    changed_.fetch_add(counts.changed, std::memory_order_relaxed);
    skipped_.fetch_add(counts.skipped, std::memory_order_relaxed);
    excluded_.fetch_add(counts.excluded, std::memory_order_relaxed);
    copied_up_.fetch_add(counts.copied_up, std::memory_order_relaxed);
    copied_up_bytes_.fetch_add(counts.copied_up_bytes, std::memory_order_relaxed);
}

void Report::failed(Operation operation, int number, const std::function<ErrorText()>& describe) {
    if (operation == Operation::open) add({1, 0, 0});  // it will not be entered, where it would have been counted
    const std::lock_guard lock(mutex_);
    ++failures_[number];
    if (number == EACCES) denied_ |= bit_of(operation);
    if (errors_.size() < errors_in_words) errors_.push_back(in_words(operation, number, describe()));
}

void Report::gave_up(std::string text) {
    const std::lock_guard lock(mutex_);
    given_up_.push_back(std::move(text));
}

void Report::add_skipped(Skipped what, EntryPath path) {
    const std::lock_guard lock(mutex_);
    First& first = skipped_files_[what];
    if (first.count++ == 0) first.path = path.text();
}

// There can be one in each directory, so only the first takes the lock.
void Report::add_excluded(EntryPath path) {
    if (has_excluded_.load(std::memory_order_relaxed) || has_excluded_.exchange(true)) return;
    const std::lock_guard lock(mutex_);
    first_excluded_ = path.text();
}

void Report::add_doubt(std::string words) {
    const std::lock_guard lock(mutex_);
    doubts_.push_back(std::move(words));
}

void Report::note(std::string line) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(line));
}

Counts Report::counts() const {
    return {entries_.load(),  changed_.load(),   skipped_.load(),
            excluded_.load(), copied_up_.load(), copied_up_bytes_.load()};
}

std::uint64_t Report::failures() const {
    const std::lock_guard lock(mutex_);
    return std::accumulate(failures_.begin(), failures_.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& failure) { return sum + failure.second; });
}

bool Report::was_denied(Operation operation) const {
    const std::lock_guard lock(mutex_);
    return (denied_ & bit_of(operation)) != 0;
}

TreeReport Report::result() const {
    const Counts so_far = counts();
    return {tree_,    so_far.entries,  so_far.changed,   so_far.skipped,        failures(),
            threads_, so_far.excluded, so_far.copied_up, so_far.copied_up_bytes};
}

std::vector<std::string> Report::warnings(SettingName hard_links) const {
    std::vector<std::string> lines;
    for (const auto& [what, first] : skipped_files_)
        lines.push_back(in_words(what, first.count, first.path, hard_links));
    return lines;
}

std::string Report::summary() const {
    std::vector<std::pair<int, std::uint64_t>> kinds(failures_.begin(), failures_.end());
    std::stable_sort(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<std::string> parts;
    parts.reserve(kinds.size());
    for (const auto& [number, count] : kinds) parts.push_back(with_thousands(count) + " " + name_of(number));
    std::string text = with_thousands(failures()) + " of " + with_thousands(counts().entries) +
                       " entries could not be changed: " + join(parts, ", ");
    for (const std::string& each : given_up_) text += "; " + each;
    return text;
}

}  // namespace stepdown
