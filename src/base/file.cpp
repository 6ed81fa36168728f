// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/file.h"

#include "stepdown/base/text.h"
#include "stepdown/base/unique_fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>

namespace stepdown {
namespace {

// Of a file whose size is known one read(2) of a byte more usually shows that it ends there. That a read(2) is short
// shows nothing: the kernel's own files come in pieces of a page (seq_file), and those of some file systems in others.
Result<std::string> read_to_end(int fd, std::optional<std::size_t> size, const std::string& path) {
    constexpr std::size_t usual = 4096;
    std::string content(size ? *size + 1 : usual, '\0');
    std::size_t used = 0;
    while (true) {
        const ssize_t got = ::read(fd, content.data() + used, content.size() - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return with_id(MessageId::file_unreadable, system_error("cannot read " + quote(path), errno));
        used += static_cast<std::size_t>(got);
        if (used > max_file_size)
            return fail(MessageId::file_unreadable, "cannot read " + quote(path) + ": it is larger than 16 MiB");
        if (got == 0 || used == size) break;
        if (used == content.size()) content.resize(used * 2);
    }
    content.resize(used);
    return content;
}

Result<UniqueFd> open_to_read(const std::string& path) {
    // openat(2): after its open(2), musl sets close-on-exec once more.
    UniqueFd fd(::openat(AT_FDCWD, path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!fd.valid()) return with_id(MessageId::file_unreadable, system_error("cannot read " + quote(path), errno));
    return fd;
}

// Somebody else made the open file non-blocking.
void wait_for_room(int fd) {
    pollfd stream{fd, POLLOUT, 0};
    ::poll(&stream, 1, -1);
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
    auto fd = open_to_read(path);
    if (!fd && fd.error().number == ENOENT) return std::string();
    if (!fd) return Failure(std::move(fd).error());
    return read_open_file(fd->get(), path);
}

Result<std::string> read_open_file(int fd, const std::string& path) {
    struct stat status {};
    if (::fstat(fd, &status) != 0)
        return with_id(MessageId::file_unreadable, system_error("cannot read " + quote(path), errno));
    if (!S_ISREG(status.st_mode))
        return fail(MessageId::file_unreadable, "cannot read " + quote(path) + ": it is not a regular file");
    if (static_cast<std::size_t>(status.st_size) > max_file_size) {
        return fail(MessageId::file_unreadable, "cannot read " + quote(path) + ": it is larger than 16 MiB");
    }
    return read_to_end(fd, static_cast<std::size_t>(status.st_size), path);
}

Result<std::string> read_kernel_file(const std::string& path) {
    const UniqueFd fd = TRY(open_to_read(path));
    return read_to_end(fd.get(), std::nullopt, path);
}

std::optional<std::uint32_t> read_kernel_number(const std::string& path) {
    const auto text = read_kernel_file(path);
    if (!text) return std::nullopt;
    std::string_view rest = *text;
    return parse_id(pop_piece(rest, '\n'));
}

ErrnoOr<bool> is_empty_directory(int fd) {
    alignas(dirent) std::array<char, 1024> buffer{};
    while (true) {
        const long length = ::syscall(SYS_getdents64, fd, buffer.data(), buffer.size());
        if (length < 0) return tl::unexpected(errno);
        if (length == 0) return true;
        for (long at = 0; at < length;) {
            const void* record = &buffer[static_cast<std::size_t>(at)];
            const auto* entry = static_cast<const dirent*>(record);
            const std::string_view name(entry->d_name);  // NOLINT: getdents(2) packs records of such names
            if (name != "." && name != "..") return false;
            at += entry->d_reclen;
        }
    }
}

Result<void> write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(fd, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno == EAGAIN) {
            wait_for_room(fd);
            continue;
        }
        if (put < 0) return system_error("cannot write the output", errno);
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

}  // namespace stepdown
