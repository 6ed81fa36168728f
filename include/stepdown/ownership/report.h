// SPDX-License-Identifier: Apache-2.0
// The outcome of one tree: counts, and the first errors in words.
#pragma once

#include "stepdown/ownership/ownership.h"
#include "stepdown/ownership/path_chain.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// A worker's share of the figures; added to the report now and then, so that the workers do not meet at each entry.
struct Counts {
    std::uint64_t entries = 0;
    std::uint64_t changed = 0;
    std::uint64_t skipped = 0;
    std::uint64_t excluded = 0;         // of the skipped
    std::uint64_t copied_up = 0;        // of the changed: a lower layer of an overlay alone had them
    std::uint64_t copied_up_bytes = 0;  // of their content
};

// The operation during which an entry failed.
enum class Operation { look, open, read, find_mount, count_names, change, enter_protected, find_again, remember };

// Instead of an errno: the file system accepted a change and did not make it.
inline constexpr int no_effect = -1;

// The words for an error. They take system calls, so callers ask only where they print the message.
struct ErrorText {
    std::string path;
    std::string reason;  // "" where the error's own text is all that is known
};

// Things left alone on purpose that the user is told of, one warning a tree each.
enum class Skipped { device, mounted_socket, planted_link, protected_file, cycle };

// Safe to be used by several threads, but for the functions that read the result.
class Report {
  public:
    // tree is the path of the tree's top, absolute and without links.
    explicit Report(std::string tree) : tree_(std::move(tree)) {}

    // Adds what a thread counted since its last call.
    void add(const Counts& counts);
    // Counts an error, and keeps its message if it is among the first five. number is an errno or no_effect. describe
    // is called for those five alone, under the lock of this report.
    void failed(Operation operation, int number, const std::function<ErrorText()>& describe);
    // Adds the part that was given up, and the reason, for the summary: "the rest was not tried: there is no space
    // left".
    void gave_up(std::string text);
    // A path is made into text only for a message.
    void add_skipped(Skipped what, EntryPath path);
    // Keeps the path of the first entry that the user excluded.
    void add_excluded(EntryPath path);
    // Something that a preview cannot try: one warning each.
    void add_doubt(std::string words);
    // A mount that was not entered: one info line each.
    void note(std::string line);

    // Says how many threads worked on the tree; one, unless this is called.
    void worked_by(std::size_t threads) { threads_ = threads; }

    // The sums of what was added until now. During a walk each thread may have counted more since its last flush.
    [[nodiscard]] Counts counts() const;

    // The number of errors until now, whether their messages were kept or not.
    [[nodiscard]] std::uint64_t failures() const;
    // Returns true if an entry failed in that operation with EACCES.
    [[nodiscard]] bool was_denied(Operation operation) const;
    // Everything above as one value, for a walk that has ended.
    [[nodiscard]] TreeReport result() const;
    [[nodiscard]] const std::vector<std::string>& errors() const { return errors_; }  // at most five
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
    [[nodiscard]] const std::vector<std::string>& doubts() const { return doubts_; }
    [[nodiscard]] const std::string& first_excluded() const { return first_excluded_; }  // "" for none
    // One message for each kind of thing that was skipped. hard_links is the setting of the rule for hard links.
    [[nodiscard]] std::vector<std::string> warnings(SettingName hard_links) const;
    // "3 of 120,000 entries could not be changed: 2 EPERM, 1 EIO".
    [[nodiscard]] std::string summary() const;

  private:
    struct First {
        std::uint64_t count = 0;
        std::string path;
    };

    std::string tree_;
    std::size_t threads_ = 1;
    std::atomic<std::uint64_t> entries_{0};
    std::atomic<std::uint64_t> changed_{0};
    std::atomic<std::uint64_t> skipped_{0};
    std::atomic<std::uint64_t> excluded_{0};
    std::atomic<std::uint64_t> copied_up_{0};
    std::atomic<std::uint64_t> copied_up_bytes_{0};
    std::atomic<bool> has_excluded_{false};
    mutable std::mutex mutex_;  // guards what follows
    std::map<int, std::uint64_t> failures_;
    unsigned denied_ = 0;  // a bit for each operation
    std::map<Skipped, First> skipped_files_;
    std::vector<std::string> errors_;
    std::vector<std::string> given_up_;
    std::vector<std::string> notes_;
    std::vector<std::string> doubts_;
    std::string first_excluded_;
};

}  // namespace stepdown
