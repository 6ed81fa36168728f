// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/only_name.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <thread>

namespace stepdown {
namespace {

using std::chrono::nanoseconds;

// The clock that the kernel takes ctime from.
nanoseconds now() {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &time);
    return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

// The time after which another change gets another ctime. Some file systems keep whole seconds.
nanoseconds granularity(nanoseconds ctime) {
    const bool whole_seconds = ctime % std::chrono::seconds(1) == nanoseconds(0);
    return whole_seconds ? nanoseconds(std::chrono::seconds(2)) : nanoseconds(std::chrono::milliseconds(10));
}

}  // namespace

// Waits until the ctime of entry, which pin refers to, is old enough for the next one to differ, and looks at the file
// again. Returns false if that would take too long, or if the ctime is missing or too far in the future.
bool OnlyName::wait_for_old_ctime(int pin, Entry& entry) {
    constexpr int most_looks = 4;  // of a file that somebody keeps writing
    // A ctime can be finer than the coarse clock, which a busy virtual machine may also move on late.
    constexpr nanoseconds most_ahead = std::chrono::seconds(2);
    constexpr nanoseconds tick = std::chrono::milliseconds(10);  // the longest of the coarse clock, at CONFIG_HZ=100
    for (int looks = 0; looks < most_looks; ++looks) {
        const nanoseconds ctime(entry.changed);
        const nanoseconds step = granularity(ctime);
        const nanoseconds age = now() - ctime;
        if (entry.changed == 0 || age < -most_ahead) return false;
        if (age >= step) return true;
        const nanoseconds wait = std::max(step - age, tick);
        if (patience_ < wait) return false;
        patience_ -= wait;
        std::this_thread::sleep_for(wait);
        const auto again = as_owner_.look_with_mount(pin);
        if (!again) return false;
        entry = *again;
    }
    return false;
}

ErrnoOr<bool> OnlyName::holds(const NamedFile& file, Entry entry) {
    if (!entry.mount || entry.mount != file.mount || !wait_for_old_ctime(file.pin, entry) || entry.links != 1)
        return false;
    const auto waited = as_owner_.await_removals(file.directory, file.name);
    if (!waited && waited.error() == ENOENT) return false;
    // Nothing is removed, or changed later, by way of a mount that is read-only.
    if (!waited && waited.error() != EROFS) return tl::unexpected(waited.error());
    const auto again = as_owner_.look(file.directory, file.name);
    return again && again->same_file(entry) && again->mount.value_or(*entry.mount) == *entry.mount &&
           again->links == 1 && again->changed == entry.changed;
}

}  // namespace stepdown
