// The standard streams: present from the start, and openable by the user through /dev/stdout and /dev/stderr.
#pragma once

#include "stepdown/base/result.h"

#include <sys/types.h>

#include <array>
#include <string>

namespace stepdown {

// Opens each of fds 0-2 that is closed on /dev/null or, where there is none, on the read end of an empty pipe, so that
// no later open becomes a standard stream. Errors: no descriptor can be had.
[[nodiscard]] Result<void> open_missing_standard_streams();

enum class StdioMode {
    automatic,  // own what can be given without harm
    own,        // also a terminal whose session another process leads
    keep,       // touch nothing
};

struct StdioPlan {
    StdioMode mode = StdioMode::automatic;
    uid_t from = 0;  // only streams that this uid owns are given
    uid_t to = 0;
    bool may_chown = true;  // this process has CAP_CHOWN
    bool operator==(const StdioPlan&) const = default;
};

// Gives those of fds 0-2 that are an anonymous pipe or a terminal and belong to plan.from to plan.to, keeping their
// group. Sockets, named FIFOs, regular files and other devices are left alone. What is refused is logged at debug.
void hand_over_standard_streams(const StdioPlan& plan);

// What would become of each of fds 0-2, in words: "pipe, given to uid 1000", "pipe, the user's already".
[[nodiscard]] std::array<std::string, 3> describe_standard_streams(const StdioPlan& plan);

// Which of fds 0-2 hand_over_standard_streams would give away.
[[nodiscard]] std::array<bool, 3> streams_to_give(const StdioPlan& plan);

}  // namespace stepdown
