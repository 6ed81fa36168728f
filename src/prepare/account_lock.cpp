// SPDX-License-Identifier: Apache-2.0

#include "stepdown/prepare/account_lock.h"

#include "stepdown/system/control.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace stepdown {
namespace {

constexpr std::chrono::milliseconds pause_between_tries{20};

struct flock whole_file(short type) {
    struct flock whole {};
    whole.l_type = type;
    whole.l_whence = SEEK_SET;
    return whole;
}

// F_SETLK and not F_SETLKW: a call that waits ends only by a signal, and every handler and timer belongs to the
// command.
bool try_to_lock(int fd) {
    struct flock whole = whole_file(F_WRLCK);
    return ::fcntl(fd, F_SETLK, &whole) == 0;
}

// A read lock conflicts with write locks alone, so this question finds every writer, however many readers there are. A
// write lock needs a descriptor that is open for writing (fcntl(2)). Where the question fails, there may be a writer.
bool may_have_writer(int fd) {
    struct flock whole = whole_file(F_RDLCK);
    return ::fcntl(fd, F_GETLK, &whole) != 0 || whole.l_type != F_UNLCK;
}

// Nobody but root and this process's user may open the file for writing, and so hold a write lock on it. An access
// control list that names others shows in the bits of the group (acl(5)).
bool is_ours_alone(const struct stat& lock) {
    return (lock.st_uid == 0 || lock.st_uid == ::geteuid()) && !others_may_write(lock);
}

}  // namespace

Result<Lock> lock_file(int fd, std::chrono::seconds longest_wait) {
    const auto end = std::chrono::steady_clock::now() + longest_wait;
    while (!try_to_lock(fd)) {
        const bool is_held = errno == EAGAIN || errno == EACCES;
        if (!is_held && errno != EINTR) return system_error("cannot lock the file", errno);
        if (is_held && !may_have_writer(fd)) return Lock::only_readers;
        if (std::chrono::steady_clock::now() >= end) {
            return Failure(Error{"another process has held its lock for 15 seconds", ExitCode::failure, EAGAIN,
                                 MessageId::account_file_unchanged});
        }
        std::this_thread::sleep_for(pause_between_tries);
    }
    return Lock::held;
}

Result<UniqueFd> lock_accounts(int directory) {
    constexpr mode_t mode = 0600;
    constexpr int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    UniqueFd lock(::openat(directory, ".pwd.lock", flags, mode));
    struct stat status {};
    if (!lock.valid() || ::fstat(lock.get(), &status) != 0 || !S_ISREG(status.st_mode)) return UniqueFd();
    const bool is_trusted = is_ours_alone(status);
    auto locked = lock_file(lock.get(), is_trusted ? longest_wait_for_lock : std::chrono::seconds(0));
    if (locked && *locked == Lock::held) return lock;
    if (locked || !is_trusted || locked.error().number != EAGAIN) return UniqueFd();
    return Failure(std::move(locked).error());
}

}  // namespace stepdown
