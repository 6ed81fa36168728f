// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/output.h"

#include "stepdown/base/file.h"
#include "stepdown/base/unique_fd.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>

namespace stepdown {
namespace {

void survive(int signal) {
    struct sigaction now {};
    if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
    struct sigaction handled {};
    handled.sa_handler = [](int) {};
    handled.sa_flags = SA_RESTART;
    ::sigaction(signal, &handled, nullptr);
}

// A background process that writes to a terminal is stopped under stty tostop, unless the signal is blocked (tty(4)).
class TerminalStopBlocked {
  public:
    TerminalStopBlocked() {
        sigset_t stop;
        ::sigemptyset(&stop);
        ::sigaddset(&stop, SIGTTOU);
        ::pthread_sigmask(SIG_BLOCK, &stop, &before_);
    }
    TerminalStopBlocked(const TerminalStopBlocked&) = delete;
    TerminalStopBlocked& operator=(const TerminalStopBlocked&) = delete;
    ~TerminalStopBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

bool is_ready() {
    pollfd stream{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&stream, 1, 0) == 1 && stream.revents == POLLOUT;
}

void write_once(int fd, std::string_view bytes) {
    [[maybe_unused]] const ssize_t written = ::write(fd, bytes.data(), bytes.size());
}

// How many bytes a terminal takes when poll(2) has found it ready. A line end becomes two bytes, which may be one more
// than is left after the rest of the line: it waits for a look of its own.
std::size_t promised(std::string_view bytes) {
    constexpr std::size_t most = 256;  // WAKEUP_CHARS of the kernel's n_tty.c
    return std::min(bytes.size(), std::clamp<std::size_t>(bytes.find('\n'), 1, most));
}

// An open file of our own can be told not to block. The one that is shared with others is not touched, but written to
// piece by piece.
void write_to_terminal(std::string_view bytes) {
    const TerminalStopBlocked blocked;
    const UniqueFd own(::open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (own.valid()) return write_once(own.get(), bytes);
    while (!bytes.empty() && is_ready()) {
        const ssize_t written = ::write(STDERR_FILENO, bytes.data(), promised(bytes));
        if (written <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

// The room that poll(2) saw in a pipe may be another writer's a moment later.
void write_to_pipe(std::string_view bytes) {
    std::array<char, PIPE_BUF> copy{};
    const iovec part{copy.data(), bytes.copy(copy.data(), copy.size())};
    // pwritev2(2) takes the offset as two longs; -1 in both means "at the current file offset".
    constexpr long current_offset = -1;
    const long written = ::syscall(SYS_pwritev2, STDERR_FILENO, &part, 1UL, current_offset, current_offset, RWF_NOWAIT);
    if (written >= 0 || errno == EAGAIN) return;
    if (is_ready()) write_once(STDERR_FILENO, bytes);  // a kernel without the flag
}

// Each kind of stream has its own way not to block.
void write_without_blocking(std::string_view bytes) {
    struct stat status {};
    if (::fstat(STDERR_FILENO, &status) != 0) return;
    if (S_ISFIFO(status.st_mode)) return write_to_pipe(bytes);
    if (S_ISCHR(status.st_mode) && ::isatty(STDERR_FILENO) == 1) return write_to_terminal(bytes);
    if (S_ISSOCK(status.st_mode)) {
        ::send(STDERR_FILENO, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    } else if (is_ready()) {
        write_once(STDERR_FILENO, bytes);
    }
}

}  // namespace

// A reader that is gone and a file at its limit are no reason to die. Handlers rather than SIG_IGN: execve(2) resets
// them, so the command gets the default back. Set with the first message, so that a silent start pays nothing.
void survive_output_signals() {
    for (const int signal : std::array{SIGPIPE, SIGXFSZ}) survive(signal);
}

void write_stderr(std::string_view bytes) {
    survive_output_signals();
    write_without_blocking(bytes.substr(0, PIPE_BUF));
}

Result<void> print(std::string_view text) {
    survive_output_signals();
    return write_all(STDOUT_FILENO, text);
}

}  // namespace stepdown
