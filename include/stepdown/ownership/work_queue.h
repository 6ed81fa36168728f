// SPDX-License-Identifier: Apache-2.0
// Divides one tree's walk among threads: a bounded queue of parts of directories, and the threads that take from it.
#pragma once

#include "stepdown/ownership/dirents.h"
#include "stepdown/ownership/walk_state.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace stepdown {

// Some of a directory's names, to be dealt with by whoever takes them.
struct Work {
    std::shared_ptr<Directory> directory;  // its works counts this one
    std::vector<std::byte> records;        // names as the kernel gave them
    DirentBatch directories;               // names of directories to be entered
    Landmark landmark{};                   // what directories below are compared with
};

class WorkQueue {
  public:
    // threads says how many are to work, the calling one included; asked once, when entries_alone entries were seen.
    // help is what each further thread runs: it takes work until there is no more.
    WorkQueue(std::uint64_t entries_alone, std::function<std::size_t()> threads, std::function<void()> help)
        : entries_alone_(entries_alone), threads_(std::move(threads)), help_(std::move(help)) {}
    WorkQueue(const WorkQueue&) = delete;
    WorkQueue& operator=(const WorkQueue&) = delete;
    ~WorkQueue();

    // Tells how far the walk is. Before the first work is offered only.
    void saw(std::uint64_t entries);

    // Returns true if the queue has room for work. Cheap enough to be asked at every directory.
    [[nodiscard]] bool has_room() const { return room_.load(std::memory_order_relaxed) > 0; }

    // Hands work to another thread, the first time after starting them. Whoever offers goes on working.
    void offer(Work work);

    // The next work; nothing when no one has any left. Called by a thread that has none; idle is called now and then
    // while it waits.
    [[nodiscard]] std::optional<Work> take(const std::function<void()>& idle);

    // The number of threads that worked, the calling one included. Fewer than were asked for if the process limit stood
    // against more (RLIMIT_NPROC, or pids.max of the cgroup).
    [[nodiscard]] std::size_t size() const { return workers_.size() + 1; }

    // Waits until every thread has ended. Throws the exception that ended one of them, which is std::bad_alloc.
    void finish();

  private:
    void start();
    void run();
    void join();

    const std::uint64_t entries_alone_;
    std::function<std::size_t()> threads_;
    std::function<void()> help_;
    std::size_t wanted_ = 0;    // threads, once they were asked for
    std::atomic<int> room_{0};  // works that the queue still takes
    std::vector<std::thread> workers_;

    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    std::deque<Work> queue_;
    std::size_t busy_ = 1;    // threads that may still offer
    bool abandoned_ = false;  // an exception left the walk: who waits need not wait for it
    std::exception_ptr trouble_;
};

}  // namespace stepdown
