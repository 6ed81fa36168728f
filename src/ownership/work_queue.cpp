// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/work_queue.h"

#include <algorithm>
#include <chrono>
#include <system_error>

namespace stepdown {
namespace {

// Two per thread: no thread waits while another reads names. Each slot holds at most one buffer of names.
constexpr std::size_t queue_slots_per_thread = 2;

}  // namespace

WorkQueue::~WorkQueue() {
    {
        const std::lock_guard lock(mutex_);
        abandoned_ = true;
    }
    changed_.notify_all();
    join();
}

void WorkQueue::note_progress(std::uint64_t entries) {
    if (wanted_ != 0 || entries < entries_alone_) return;
    wanted_ = std::max<std::size_t>(threads_(), 1);
    if (wanted_ > 1) room_.store(static_cast<int>(wanted_ * queue_slots_per_thread), std::memory_order_relaxed);
}

void WorkQueue::offer(Work work) {
    if (workers_.empty()) start();
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(work));
        room_.fetch_sub(1, std::memory_order_relaxed);
    }
    changed_.notify_one();
}

// Only the thread that walks alone until then gets here.
void WorkQueue::start() {
    workers_.reserve(wanted_ - 1);
    busy_ = wanted_;
    for (std::size_t i = 1; i < wanted_; ++i) {
        try {
            workers_.emplace_back([this] { run(); });
        } catch (const std::system_error&) {
            // A limit of processes (pids.max): those there are do the work.
            const std::lock_guard lock(mutex_);
            busy_ -= wanted_ - i;
            break;
        }
    }
}

void WorkQueue::run() {
    try {
        help_();
    } catch (...) {
        const std::lock_guard lock(mutex_);
        exception_ = std::current_exception();
        --busy_;
        changed_.notify_all();
    }
}

std::optional<Work> WorkQueue::take(const std::function<void()>& idle) {
    constexpr auto tick = std::chrono::milliseconds(100);
    std::unique_lock lock(mutex_);
    --busy_;
    while (queue_.empty() && busy_ > 0 && !abandoned_) {
        if (changed_.wait_for(lock, tick) == std::cv_status::timeout) {
            lock.unlock();
            idle();
            lock.lock();
        }
    }
    if (queue_.empty() || abandoned_) {
        changed_.notify_all();
        return std::nullopt;
    }
    ++busy_;
    Work work = std::move(queue_.front());
    queue_.pop_front();
    room_.fetch_add(1, std::memory_order_relaxed);
    return work;
}

void WorkQueue::join() {
    for (std::thread& worker : workers_) {
        if (worker.joinable()) worker.join();
    }
}

void WorkQueue::finish() {
    join();
    if (exception_) std::rethrow_exception(exception_);
}

}  // namespace stepdown
