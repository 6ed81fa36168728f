// The files that decide how the next start runs as root: whoever owns one, or a directory above it, owns that start.
#pragma once

#include "stepdown/ownership/calls.h"

#include <string>
#include <vector>

namespace stepdown {

struct Guarded {
    FileId id;
    std::string path;
    std::string holds;  // the file it is, or is above of
};

// Our own executable, also by the name that it was started by, /etc/passwd and /etc/group, where they exist; every link
// on the way to each; and every directory above each of them.
[[nodiscard]] std::vector<Guarded> find_guarded(Calls& calls);

// The same for any files.
[[nodiscard]] std::vector<Guarded> guard_files(Calls& calls, const std::vector<std::string>& files);

}  // namespace stepdown
