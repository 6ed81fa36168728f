// What became of one tree: counts, the first errors in words, and the decision that going on is pointless.
#pragma once

#include "stepdown/ownership/ownership.h"

#include <atomic>
#include <cstddef>
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
};

// What was attempted with an entry when it failed.
enum class Act { look, open, read, count_names, change, enter_protected, find_again };

// Things left alone on purpose that the user is told of, one warning a tree each.
enum class Spared { device, mounted_socket, planted_link, protected_file };

// Safe to be used by several threads, but for the functions that read the result.
class Report {
  public:
    // owner is what the tree is given to; for messages.
    explicit Report(std::string tree, Owner owner = {}) : tree_(std::move(tree)), owner_(owner) {}

    void add(const Counts& counts);
    // That a change succeeded: at once, while the counts come later.
    void succeeded() { has_success_.store(true, std::memory_order_relaxed); }
    // Counts an error and keeps its message if it is among the first five.
    void failed(Act act, int number, const std::string& path);
    void spared(Spared what, const std::string& path);
    // A mount that was not entered: one info line each.
    void note(std::string line);

    void worked_by(std::size_t threads) { threads_ = threads; }

    // Whether the same error would follow for everything else: the walk ends.
    [[nodiscard]] bool hopeless() const { return hopeless_.load(std::memory_order_relaxed); }
    [[nodiscard]] Counts counts() const;

    [[nodiscard]] std::uint64_t failures() const;
    [[nodiscard]] TreeReport result() const;
    [[nodiscard]] const std::vector<std::string>& errors() const { return errors_; }  // at most five
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
    // One message for each kind of thing that was spared.
    [[nodiscard]] std::vector<std::string> warnings() const;
    // "3 of 120,000 entries could not be changed: 2 EPERM, 1 EIO".
    [[nodiscard]] std::string summary() const;

  private:
    struct First {
        std::uint64_t count = 0;
        std::string path;
    };

    [[nodiscard]] bool is_hopeless(Act act, int number) const;
    [[nodiscard]] std::string why_hopeless() const;

    std::string tree_;
    Owner owner_;
    std::size_t threads_ = 1;
    std::atomic<std::uint64_t> entries_{0};
    std::atomic<std::uint64_t> changed_{0};
    std::atomic<std::uint64_t> skipped_{0};
    std::atomic<bool> hopeless_{false};
    std::atomic<bool> has_success_{false};
    mutable std::mutex mutex_;  // guards what follows
    std::map<int, std::uint64_t> failures_;
    std::map<Spared, First> spared_;
    std::vector<std::string> errors_;
    std::vector<std::string> notes_;
};

}  // namespace stepdown
