// SPDX-License-Identifier: Apache-2.0

#include "stepdown/prepare/replace_file.h"

#include "stepdown/base/file.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/prepare/attributes.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>

namespace stepdown {
namespace {

constexpr mode_t all_mode_bits = 07777;

bool has_owner(int fd, const struct stat& like) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && status.st_uid == like.st_uid && status.st_gid == like.st_gid;
}

// The owner first: its change clears bits of the mode, and a list that lets the group write would let another group
// write until then. The mode last: it is the list's mask (acl(5)).
Result<void> make_alike(int fd, const Original& original) {
    const struct stat& like = original.status;
    if (!has_owner(fd, like) && ::fchown(fd, like.st_uid, like.st_gid) != 0) {
        return system_error("cannot keep its owner", errno);
    }
    TRY(copy_attributes(original.fd, fd));
    if (::fchmod(fd, like.st_mode & all_mode_bits) != 0) return system_error("cannot keep its mode", errno);
    return {};
}

Result<void> fill(int fd, const std::optional<Original>& original, std::string_view text) {
    constexpr mode_t usual_mode = 0644;
    TRY(write_all(fd, text));
    if (original) TRY(make_alike(fd, *original));
    if (!original && ::fchmod(fd, usual_mode) != 0) return system_error("cannot set its mode", errno);
    if (::fsync(fd) != 0) return system_error("cannot write it to disk", errno);
    return {};
}

// Every process sees the renamed file now. Nothing here can make it survive a power failure.
void sync_directory(int directory) {
    const UniqueFd fd(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.valid()) ::fsync(fd.get());
}

}  // namespace

Result<void> replace_file(int directory, const std::string& name, const std::optional<Original>& original,
                          std::string_view text) {
    constexpr mode_t nobody_elses = 0600;
    const std::string temporary = "." + name + ".stepdown";
    ::unlinkat(directory, temporary.c_str(), 0);
    const UniqueFd fd(
        ::openat(directory, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, nobody_elses));
    if (!fd.valid()) return system_error("cannot create a file beside it", errno);
    Result<void> outcome = fill(fd.get(), original, text);
    if (outcome && ::renameat(directory, temporary.c_str(), directory, name.c_str()) != 0) {
        outcome = system_error("cannot replace it", errno);
    }
    if (!outcome) {
        ::unlinkat(directory, temporary.c_str(), 0);
        return outcome;
    }
    sync_directory(directory);
    return {};
}

}  // namespace stepdown
