#include "stepdown/prepare/account_lock.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <thread>

namespace stepdown {
namespace {

constexpr std::chrono::milliseconds pause_between_tries{20};

// Not the waiting call: that ends only by a signal, and every handler and timer belongs to the command.
bool try_to_lock(int fd) {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl(fd, F_SETLK, &whole) == 0;
}

bool is_regular(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

Result<void> lock_file(int fd) {
    const auto end = std::chrono::steady_clock::now() + longest_wait_for_lock;
    while (!try_to_lock(fd)) {
        const bool is_held = errno == EAGAIN || errno == EACCES;
        if (!is_held && errno != EINTR) return system_error("cannot lock the file", errno);
        if (std::chrono::steady_clock::now() >= end) {
            return Failure(Error{"another process has held its lock for 15 seconds", ExitCode::failure, EAGAIN});
        }
        std::this_thread::sleep_for(pause_between_tries);
    }
    return {};
}

Result<UniqueFd> lock_accounts(int directory) {
    constexpr mode_t mode = 0600;
    constexpr int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    UniqueFd lock(::openat(directory, ".pwd.lock", flags, mode));
    if (!lock.valid() || !is_regular(lock.get())) return UniqueFd();
    auto locked = lock_file(lock.get());
    if (locked) return lock;
    if (locked.error().number != EAGAIN) return UniqueFd();
    return Failure(std::move(locked).error());
}

}  // namespace stepdown
