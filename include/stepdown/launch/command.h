// SPDX-License-Identifier: Apache-2.0
// Finding the command and becoming it.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/launch/executable_format.h"
#include "stepdown/system/kernel.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// The search path where PATH is not set at all: the default of container engines.
inline constexpr std::string_view default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// The directories of a PATH, in order; an empty one is the working directory (POSIX XBD 8.3).
using SearchPath = std::vector<std::string>;
// The directories of path, the value of PATH. An empty value is one empty directory.
[[nodiscard]] SearchPath split_path(std::string_view path);

// Returns true if name holds a '/'. It is not searched for then.
[[nodiscard]] bool is_path(std::string_view name);

// The file called name in a directory of a SearchPath: "./name" for an empty one.
[[nodiscard]] std::string in_directory(const std::string& directory, const std::string& name);

// The file that name means to this process, with its rights: name itself where it holds a '/', else the first
// executable file of that name in path. What may not be searched is passed over. Errors: not_found, or not_executable
// when all that was found cannot be executed; Error.number says why, and the message who owns what stands in the way,
// or that a link leads to nothing.
[[nodiscard]] Result<std::string> find_command(const std::string& name, const SearchPath& path);
// Returns true if that is no error.
[[nodiscard]] bool has_command(const std::string& name, const SearchPath& path);

// An error, not_executable, if the kernel would not take file for a program, by its content (content_of). A file that
// this process may not read passes, because nothing is known of it.
[[nodiscard]] Result<void> check_format(const std::string& file);
// The same for a content that was read already, as by the process of AsUser.
[[nodiscard]] Result<void> check_content(const std::string& file, const Content& content);

// execve(2) of file. Returns only when that failed, with the error that find_command would give, else with the code
// not_executable: a file that the kernel does not know (ENOEXEC) is not handed to a shell. capabilities is the setting
// that says which capabilities are kept; "" where none does.
[[nodiscard]] Failure exec_command(Kernel& kernel, const std::string& file, StringVector argv, StringVector environment,
                                   SettingName capabilities = "");

}  // namespace stepdown
