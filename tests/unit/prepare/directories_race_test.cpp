// SPDX-License-Identifier: Apache-2.0
// Whoever may write the directory in which a new one is made exchanges it for one of root's. Needs root.
#include "stepdown/base/unique_fd.h"
#include "stepdown/prepare/directories.h"

#include "support/files/temporary.h"
#include "support/process/forked.h"

#include <gtest/gtest.h>

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <csignal>
#include <filesystem>
#include <string_view>

namespace stepdown::test {
namespace {

constexpr Owner app{1500, 1501};

// data is the adversary's to write, and holds an empty directory of root's.
class DirectoriesRace : public testing::TestWithParam<Owner> {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root to give directories away";
        make_directory(at("data"));
        give(at("data"), GetParam());
        ASSERT_EQ(::chmod(at("data").c_str(), 0777), 0);
    }
    void TearDown() override {
        if (adversary_ <= 0) return;
        ::kill(adversary_, SIGKILL);
        ::waitpid(adversary_, nullptr, 0);
    }
    [[nodiscard]] std::string at(const std::string& name) const { return directory_ / name; }

    void start_adversary() {
        adversary_ = ::fork();
        if (adversary_ != 0) return;
        if (::setgroups(0, nullptr) != 0 || ::setgid(2000) != 0 || ::setuid(2000) != 0) ::_exit(1);
        if (::chdir(at("data").c_str()) != 0) ::_exit(1);
        while (true) exchange_everything();
    }
    // Whatever is there changes places with root's.
    static void exchange_everything() {
        constexpr int many = 200;  // what has this name is exchanged far more often than the rest is looked for
        for (int i = 0; i < many; ++i) exchange("new");
        DIR* names = ::opendir(".");
        if (names == nullptr) return;
        while (const dirent* name = ::readdir(names)) {
            if (!std::string_view(name->d_name).ends_with('.')) exchange(name->d_name);
        }
        ::closedir(names);
    }
    static void exchange(const char* name) {
        ::syscall(SYS_renameat2, AT_FDCWD, name, AT_FDCWD, "roots", RENAME_EXCHANGE);
    }

    // Empties data, as far as the adversary lets it, and puts a directory of root's there, which it returns.
    [[nodiscard]] UniqueFd put_roots() const {
        std::error_code raced;
        make_directory(at("roots"), 0700);
        UniqueFd roots(::open(at("roots").c_str(), O_PATH | O_CLOEXEC));
        do {
            for (const auto& each : std::filesystem::directory_iterator(at("data"))) {
                std::filesystem::remove_all(each.path(), raced);
            }
        } while (::rename(at("roots").c_str(), at("data/roots").c_str()) != 0);
        return roots;
    }

  private:
    TemporaryDirectory directory_;
    pid_t adversary_ = -1;
};

TEST_P(DirectoriesRace, IsWonByWhatWasMade) {
    start_adversary();
    int made = 0;
    for (int i = 0; i < 500; ++i) {
        const UniqueFd roots = put_roots();
        const std::string path = at(i % 2 == 0 ? "data/new" : "data/new/deep/er");
        if (create_directories({{path}, app.uid, app.gid, DirectoryErrors::fail})) ++made;
        struct stat status {};
        ASSERT_EQ(::fstat(roots.get(), &status), 0);
        ASSERT_EQ(status.st_uid, 0U) << "in start " << i;
    }
    EXPECT_GT(made, 0) << "a start is no start that cannot be made";
}

INSTANTIATE_TEST_SUITE_P(In, DirectoriesRace, testing::Values(Owner{2000, 2000}, Owner{0, 0}, Owner{3000, 3000}),
                         [](const auto& owner) { return "ADirectoryOf" + std::to_string(owner.param.uid); });

}  // namespace
}  // namespace stepdown::test
