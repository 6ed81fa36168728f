// SPDX-License-Identifier: Apache-2.0
// The standard streams: present from the start, and for the user to open by /dev/stdin, /dev/stdout and /dev/stderr.
#pragma once

#include "stepdown/base/choices.h"
#include "stepdown/base/result.h"

#include <sys/types.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace stepdown {

// Opens each of fds 0-2 that is closed on /dev/null or, where there is none, on the read end of an empty pipe, so that
// no later open becomes a standard stream. Errors: no descriptor can be had.
[[nodiscard]] Result<void> open_missing_standard_streams();

struct StdioPlan {
    StdioMode mode = StdioMode::automatic;
    uid_t from = 0;  // only streams that this uid owns are changed
    uid_t to = 0;
    bool may_chown = true;  // this process has CAP_CHOWN, which terminals alone need
    bool operator==(const StdioPlan&) const = default;
};

// Why a container's start does not hand its terminal over, although the starting uid owns that terminal.
struct TerminalRefusal {
    bool is_foreign = false;        // it is not known to be the terminal of this start
    bool lacks_capability = false;  // CAP_CHOWN
    std::optional<gid_t> writers;   // the group that may write to the terminal nevertheless
    std::vector<int> fds;           // of standard output and standard error, those that lead to the terminal
    bool operator==(const TerminalRefusal&) const = default;
};

// Lets plan.to open those of fds 0-2 that belong to plan.from.
//   - An anonymous pipe keeps its owner, who could open it in the other direction too (pipe(7)). fchmod(2) adds, for
//     group and others, read permission if the descriptor is open for reading and write permission if it is open for
//     writing, whatever its number.
//   - A pseudoterminal goes to plan.to by fchown(2), and keeps its group. Under StdioMode::automatic this process must
//     lead the session of the terminal; or it must be the child of an init (find_parent), in the foreground of a
//     session whose controlling terminal this is. Whoever else types there may be a root shell, whose keystrokes the
//     owner of the terminal can read.
// Sockets, named FIFOs, regular files and other devices are left alone. Failures are logged at debug.
// Returns why a container's start leaves its terminal alone; nothing where there is no such terminal.
std::optional<TerminalRefusal> hand_over_standard_streams(const StdioPlan& plan);

struct StdioPreview {
    std::array<std::string, 3> words;  // of each of fds 0-2: "pipe, made writable for others"
    std::array<bool, 3> opens{};       // hand_over_standard_streams changes the stream
    std::optional<TerminalRefusal> refusal;
};

// The outcome of hand_over_standard_streams, found out without changing anything.
[[nodiscard]] StdioPreview preview_standard_streams(const StdioPlan& plan);

}  // namespace stepdown
