// SPDX-License-Identifier: Apache-2.0
// A file descriptor that closes itself.
#pragma once

#include <unistd.h>

#include <utility>

namespace stepdown {

// Owns a descriptor, or none. It is moved, not copied: one object closes it, and an assignment exchanges the two.
class UniqueFd {
  public:
    UniqueFd() = default;
    // Takes fd over; a negative number, as a failed open(2) returns it, stands for none.
    explicit UniqueFd(int fd) : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;
    // close(2) is not retried on EINTR: on Linux the descriptor is gone either way.
    ~UniqueFd() {
        if (fd_ >= 0) ::close(fd_);
    }

    // The descriptor, which stays this object's; negative for none.
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool valid() const { return fd_ >= 0; }
    // Gives the descriptor up: the caller closes it.
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }

  private:
    int fd_ = -1;
};

}  // namespace stepdown
