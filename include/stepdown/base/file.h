// SPDX-License-Identifier: Apache-2.0
// Whole small files.
#pragma once

#include "stepdown/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepdown {

// The largest file read_file reads: 16 MiB.
inline constexpr std::size_t max_file_size = std::size_t{16} << 20U;

// The content of a regular file; nothing when it does not exist. Errors: not a regular file (a FIFO is not waited
// for), over max_file_size, or what open(2) and read(2) say.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

// The same for a regular file that is open and was not read from yet; path is for messages.
[[nodiscard]] Result<std::string> read_open_file(int fd, const std::string& path);

// The same for a file of proc(5) or sysfs(5), whose size reads as 0. Missing is an error here.
[[nodiscard]] Result<std::string> read_kernel_file(const std::string& path);

// The number in such a file, of the range of ids (parse_id); nothing where it cannot be read.
[[nodiscard]] std::optional<std::uint32_t> read_kernel_number(const std::string& path);

// Returns true if the directory that fd is open on for reading has no entry. Reads from the offset of fd, and moves it.
// An errno: that of getdents64(2).
[[nodiscard]] ErrnoOr<bool> is_empty_directory(int fd);

// Writes all of bytes to fd, by as many write(2) calls as it takes, and waits where fd makes it wait. Errors: those of
// write(2); a part of bytes may have been written then.
[[nodiscard]] Result<void> write_all(int fd, std::string_view bytes);

}  // namespace stepdown
