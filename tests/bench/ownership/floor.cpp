// SPDX-License-Identifier: Apache-2.0
// The floor of every exact walk on one thread: each directory read once, each entry looked at once, nothing else.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

namespace {

std::uint64_t entries = 0;

void walk(int directory) {
    std::vector<char> buffer(65536);
    for (ssize_t got = 0; (got = ::getdents64(directory, buffer.data(), buffer.size())) > 0;) {
        for (ssize_t at = 0; at < got;) {
            const auto* record = reinterpret_cast<const dirent64*>(buffer.data() + at);
            at += record->d_reclen;
            if (std::strcmp(record->d_name, ".") == 0 || std::strcmp(record->d_name, "..") == 0) continue;
            struct statx status {};
            ::statx(directory, record->d_name, AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_UID | STATX_GID, &status);
            ++entries;
            if (!S_ISDIR(status.stx_mode)) continue;
            const int child = ::openat(directory, record->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (child < 0) continue;
            walk(child);
            ::close(child);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    const int top = argc == 2 ? ::open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (top < 0) return 1;
    walk(top);
    return entries == 0 ? 1 : 0;
}
