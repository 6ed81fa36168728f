// SPDX-License-Identifier: Apache-2.0
// Pipes, and reading what is in them.
#pragma once

#include "stepdown/base/unique_fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace stepdown::test {

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

// Both ends are close-on-exec.
inline Pipe make_pipe() {
    std::array<int, 2> fds{};
    if (::pipe2(fds.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

// Appends all that fd has to text. True: up to its end. False: up to where a read would wait, or fails with errno.
inline bool read_all(int fd, std::string& text) {
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got > 0) {
            text.append(buffer.data(), static_cast<std::size_t>(got));
        } else if (got == 0 || errno != EINTR) {
            return got == 0;
        }
    }
}

inline std::string read_all(int fd) {
    std::string text;
    read_all(fd, text);
    return text;
}

}  // namespace stepdown::test
