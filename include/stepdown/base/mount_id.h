// Which mount a path is on.
#pragma once

#include "stepdown/base/result.h"

#include <cstdint>
#include <string>

namespace stepdown {

// The id of the mount that path is on, links followed, as in proc_pid_mountinfo(5). Asks statx(2), and before
// Linux 5.8, which has no answer there, /proc/self/fdinfo. Errors: a path that cannot be looked at (Error.number is the
// errno); an id that cannot be told.
[[nodiscard]] Result<std::uint64_t> mount_id_of(const std::string& path);

}  // namespace stepdown
