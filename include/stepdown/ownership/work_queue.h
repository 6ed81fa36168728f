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
    std::shared_ptr<Directory> directory;  // its pending_work counts this one
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

    // entries is the number that the calling thread has seen so far. The first call that reaches entries_alone asks for
    // the number of threads; later calls do nothing.
    void note_progress(std::uint64_t entries);

    // Returns true if the queue has room for work. Cheap enough to be asked at every directory.
    [[nodiscard]] bool has_room() const { return room_.load(std::memory_order_relaxed) > 0; }

    // Puts work into the queue; any thread may take it. The first call starts the threads. has_room() must have
    // returned true.
    void offer(Work work);

    // Returns the next work, and waits for it. Returns nothing if no thread can offer more, or if the queue is being
    // destroyed. Calls idle every 100 ms while it waits.
    [[nodiscard]] std::optional<Work> take(const std::function<void()>& idle);

    // The number of threads that worked, the calling one included. Fewer than were asked for if the process limit stood
    // against more (RLIMIT_NPROC, or pids.max of the cgroup).
    [[nodiscard]] std::size_t size() const { return workers_.size() + 1; }

    // Waits until every thread has ended. Rethrows the exception that ended one of them. stepdown itself has none:
    // end_when_out_of_memory ends the process first.
    void finish();

  private:
    void start();
    void run();
    void join();

    const std::uint64_t entries_alone_;
    std::function<std::size_t()> threads_;
    std::function<void()> help_;
    std::size_t wanted_ = 0;    // threads, once they were asked for
    std::atomic<int> room_{0};  // free slots of the queue
    std::vector<std::thread> workers_;

    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    std::deque<Work> queue_;
    std::size_t busy_ = 1;    // threads that may still offer
    bool abandoned_ = false;  // an exception left the walk: who waits need not wait for it
    std::exception_ptr exception_;
};

}  // namespace stepdown
