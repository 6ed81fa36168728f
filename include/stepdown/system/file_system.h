// SPDX-License-Identifier: Apache-2.0
// The file system of a mount, by its name: who refuses what the permissions allow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepdown {

// The type of mount in /proc/self/mountinfo, such as "nfs4"; "" where it cannot be found.
[[nodiscard]] std::string type_of_mount(std::optional<std::uint64_t> mount);

// The type of the mount in the text of /proc/self/mountinfo (proc(5)); "" if it is not there.
[[nodiscard]] std::string_view mount_type(std::string_view mountinfo, std::uint64_t mount);

// The options of the file system that mount shows, such as "rw,metacopy=on", in the same text; "" if it is not there.
[[nodiscard]] std::string_view file_system_options(std::string_view mountinfo, std::uint64_t mount);

// "file system (nfs4)", by the type of that mount; "file system" where it cannot be told.
[[nodiscard]] std::string file_system_in_words(std::optional<std::uint64_t> mount);

// The same for the mount that fd (O_PATH will do) is on.
[[nodiscard]] std::string file_system_of(int fd);

// "A security module or the file system (nfs4) refuses": the reason for EACCES and EPERM where no other one was found.
// file_system is in words, as of the functions above.
[[nodiscard]] std::string unexplained_refusal(std::string_view file_system);

// Returns true if fd is on NFS, CIFS, 9p or FUSE, where somebody else decides what root may do, or on FAT, which knows
// no owners: a change of the owner may be refused there, or accepted and not made. False where fd cannot be asked.
[[nodiscard]] bool may_refuse_owners(int fd);

}  // namespace stepdown
