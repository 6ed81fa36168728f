// SPDX-License-Identifier: Apache-2.0
// The files that decide how the next start runs as root: whoever owns one, or a directory above it, owns that start.
#pragma once

#include "stepdown/ownership/syscalls.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// A protected file, a directory above one, or a link on the way to one.
struct ProtectedFile {
    FileId id;
    std::string path;
    std::string holds;                   // the protected file it is, or is above of
    std::optional<std::uint64_t> mount;  // as in Entry
    std::optional<bool> is_mount_root;   // as in Entry
};

// stepdown's own executable, also by the name that it was started by, /etc/passwd and /etc/group, /bin/sh and its
// loader (PT_INTERP), where they exist; every link on the way to each; and every directory above each of them. Links in
// the root directory that stand for a system directory (/bin) are followed and left out. Debian's layout takes 25
// calls.
[[nodiscard]] std::vector<ProtectedFile> find_protected_files(Syscalls& calls);

// The same for any files; a path that is not absolute is passed over.
[[nodiscard]] std::vector<ProtectedFile> find_ways_to(Syscalls& calls, const std::vector<std::string>& files);

}  // namespace stepdown
