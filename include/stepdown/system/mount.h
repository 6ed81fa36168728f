// SPDX-License-Identifier: Apache-2.0
// Which mount a path is on.
#pragma once

#include "stepdown/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepdown {

// The id of the mount that path is on, links followed, as in proc_pid_mountinfo(5). Asks statx(2), and
// /proc/self/fdinfo where that has no answer: before Linux 5.8, or under a seccomp profile that forbids it. Errors: a
// path that cannot be looked at (Error.number is the errno); an id that cannot be told.
[[nodiscard]] Result<std::uint64_t> mount_id_of(const std::string& path);

// The id of the mount that fd (O_PATH will do) is on, from /proc/self/fdinfo (proc(5)): for kernels whose statx(2) does
// not give it. Nothing without /proc, and before Linux 3.15.
[[nodiscard]] std::optional<std::uint64_t> find_mount(int fd);

// The id in the text of such a file; nothing where it has none.
[[nodiscard]] std::optional<std::uint64_t> mount_in_fdinfo(std::string_view fdinfo);

}  // namespace stepdown
