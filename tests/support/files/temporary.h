// SPDX-License-Identifier: Apache-2.0
// Files for one test.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace stepdown::test {

// A new directory, root's with mode 0755, that is removed with all it holds. Links in it are not followed.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory();

    [[nodiscard]] const std::string& path() const { return path_; }
    // The path of name in it.
    [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  private:
    std::string path_;
};

struct Owner {
    uid_t uid = 0;
    gid_t gid = 0;
    bool operator==(const Owner&) const = default;
};

// Each throws std::system_error when the call fails.
void write_file(const std::string& path, std::string_view content, mode_t mode = 0644);
std::string read_file(const std::string& path);
void make_directory(const std::string& path, mode_t mode = 0755);
void make_link(const std::string& target, const std::string& path);
void give(const std::string& path, Owner owner);
// lstat(2); nothing: no such file.
std::optional<struct stat> status(const std::string& path);
// Of the object itself, never of what a link leads to.
Owner owner(const std::string& path);
Owner owner(int fd);

// For gtest.
void PrintTo(const Owner& owner, std::ostream* out);

}  // namespace stepdown::test
