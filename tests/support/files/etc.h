// SPDX-License-Identifier: Apache-2.0
// An /etc that outlives the starts that change it.
#pragma once

#include "support/files/temporary.h"
#include "support/process/programs.h"
#include "support/process/steps.h"

#include <filesystem>
#include <map>
#include <string>

namespace stepdown::test {

class Etc {
  public:
    explicit Etc(const std::string& passwd = test_passwd, const std::string& group = test_group) {
        write_file(*this / "passwd", passwd);
        write_file(*this / "group", group);
    }

    [[nodiscard]] std::string operator/(std::string_view name) const { return directory_ / name; }
    [[nodiscard]] std::string passwd() const { return read_file(*this / "passwd"); }
    [[nodiscard]] std::string group() const { return read_file(*this / "group"); }

    // stepdown with these words, where this is /etc.
    [[nodiscard]] Command stepdown(const Words& words) const {
        return test::stepdown(words).after(bind_mount(directory_.path(), "/etc"));
    }

    // Every file with what a change of it would change, and the directory itself.
    using Snapshot = std::map<std::string, std::string>;
    [[nodiscard]] Snapshot snapshot() const {
        Snapshot files{{".", in_words(directory_.path())}};
        for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
            files[file.path().filename()] = in_words(file.path()) + '\n' + read_file(file.path());
        }
        return files;
    }

  private:
    static std::string in_words(const std::string& path) {
        const struct stat now = *status(path);
        return std::to_string(now.st_ino) + ' ' + std::to_string(now.st_mode) + ' ' + std::to_string(now.st_uid) + ':' +
               std::to_string(now.st_gid) + ' ' + std::to_string(now.st_mtim.tv_sec) + '.' +
               std::to_string(now.st_mtim.tv_nsec);
    }

    TemporaryDirectory directory_;
};

// text with the first one of old replaced.
inline std::string with(std::string text, const std::string& old, const std::string& replacement) {
    return text.replace(text.find(old), old.size(), replacement);
}

}  // namespace stepdown::test
