// SPDX-License-Identifier: Apache-2.0

#include "support/files/temporary.h"

#include "stepdown/base/unique_fd.h"

#include "support/process/pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <system_error>

namespace stepdown::test {
namespace {

void need(bool success, const std::string& what) {
    if (!success) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() : path_("/tmp/stepdown.XXXXXX") {
    need(::mkdtemp(path_.data()) != nullptr, "mkdtemp");
    need(::chmod(path_.c_str(), 0755) == 0, "chmod " + path_);
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void write_file(const std::string& path, std::string_view content, mode_t mode) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    need(fd.valid(), "open " + path);
    need(::write(fd.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()), "write " + path);
    need(::fchmod(fd.get(), mode) == 0, "chmod " + path);
}

std::string read_file(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    need(fd.valid(), "open " + path);
    std::string content;
    need(read_all(fd.get(), content), "read " + path);
    return content;
}

void make_directory(const std::string& path, mode_t mode) {
    need(::mkdir(path.c_str(), mode) == 0, "mkdir " + path);
    need(::chmod(path.c_str(), mode) == 0, "chmod " + path);
}

void make_link(const std::string& target, const std::string& path) {
    need(::symlink(target.c_str(), path.c_str()) == 0, "symlink " + path);
}

void give(const std::string& path, Owner owner) {
    need(::lchown(path.c_str(), owner.uid, owner.gid) == 0, "lchown " + path);
}

std::optional<struct stat> status(const std::string& path) {
    struct stat result {};
    if (::lstat(path.c_str(), &result) == 0) return result;
    need(errno == ENOENT || errno == ENOTDIR, "lstat " + path);
    return {};
}

Owner owner(const std::string& path) {
    struct stat result {};
    need(::lstat(path.c_str(), &result) == 0, "lstat " + path);
    return {result.st_uid, result.st_gid};
}

Owner owner(int fd) {
    struct stat result {};
    need(::fstat(fd, &result) == 0, "fstat");
    return {result.st_uid, result.st_gid};
}

void PrintTo(const Owner& owner, std::ostream* out) { *out << owner.uid << ':' << owner.gid; }

}  // namespace stepdown::test
