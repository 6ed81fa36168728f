// The lock that programs which change /etc/passwd and /etc/group hold.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/base/unique_fd.h"

#include <chrono>

namespace stepdown {

// As lckpwdf(3) waits.
inline constexpr std::chrono::seconds longest_wait_for_lock{15};

// Takes a write lock of fcntl(2) on fd, which must be open for writing; it is held until any descriptor of that file
// is closed. Error.number is EAGAIN when another process held it until longest_wait_for_lock was over, else the
// errno: no lock can be had on this file.
[[nodiscard]] Result<void> lock_file(int fd);

// Takes the lock of lckpwdf(3), .pwd.lock in directory, which is made where it is missing. No link is followed. A
// descriptor that is not valid: it cannot be had here. Errors: another process held it for too long.
[[nodiscard]] Result<UniqueFd> lock_accounts(int directory);

}  // namespace stepdown
