// SPDX-License-Identifier: Apache-2.0
// The lock that programs which change /etc/passwd and /etc/group hold.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/base/unique_fd.h"

#include <chrono>

namespace stepdown {

// The longest wait, which is that of lckpwdf(3).
inline constexpr std::chrono::seconds longest_wait_for_lock{15};

enum class Lock {
    held,
    only_readers,  // not held: read locks stand against it, and no write lock
};

// Tries to take a write lock of fcntl(2) on fd, which must be open for writing, and waits for whoever has a write lock.
// The lock is held until any descriptor of that file is closed. A read lock is not waited for: everybody who may read
// the file can hold one for as long as they like, and whoever changes the file holds a write lock. Two processes that
// meet a reader at the same time may therefore both go on. Error.number is EAGAIN if another process had a write lock
// until longest_wait was over, else the errno: no lock can be had on this file.
[[nodiscard]] Result<Lock> lock_file(int fd, std::chrono::seconds longest_wait = longest_wait_for_lock);

// Takes the lock of lckpwdf(3), .pwd.lock in directory, which is created if it is missing. No link is followed. A
// descriptor that is not valid: the lock cannot be had here, or a reader has it. If somebody other than root and this
// process's user may write .pwd.lock, the lock is taken where it is free and not waited for: those may not be the ones
// who may write the account files. Errors: another process held the lock for longest_wait_for_lock.
[[nodiscard]] Result<UniqueFd> lock_accounts(int directory);

}  // namespace stepdown
