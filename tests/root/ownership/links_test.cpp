// SPDX-License-Identifier: Apache-2.0
// Planted hard links where nothing but the count of links says that they are planted.
#include "stepdown/base/choices.h"

#include "support/files/scratch_tree.h"
#include "support/process/forked.h"
#include "support/process/skip.h"
#include "support/process/strace.h"

#include <sys/mount.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>

namespace stepdown {
namespace {

using test::app;
using test::root;

UniqueFd open_directory(int at, const std::string& name) {
    return UniqueFd(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

class RefusedLinks : public test::ScratchTree {
  protected:
    RefusedLinks() : ScratchTree(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/var/tmp") {}

    // The innermost directory of a chain of so many, whose names are as long as names can be.
    [[nodiscard]] UniqueFd make_chain(const std::string& name, int depth) const {
        directory(name, app);
        UniqueFd at = open_directory(AT_FDCWD, this->at(name));
        const std::string longest(255, 'n');
        for (int level = 0; level < depth; ++level) {
            EXPECT_EQ(::mkdirat(at.get(), longest.c_str(), 0755), 0);
            at = open_directory(at.get(), longest);
            EXPECT_EQ(::fchown(at.get(), app.uid, app.gid), 0);
        }
        return at;
    }
    [[nodiscard]] OwnershipPlan refusing(const std::string& name) const {
        OwnershipPlan refuse = plan(name);
        refuse.hard_links = HardLinks::refuse;
        return refuse;
    }
    [[nodiscard]] TreeReport preview(const std::string& name) const { return preview_trees(refusing(name)).at(0).tree; }

    static Owner owner_at(int directory, const char* name) {
        struct stat status {};
        EXPECT_EQ(::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW), 0);
        return {status.st_uid, status.st_gid};
    }

    // Single files are given to the user and planted ones are not, in a directory at depth.
    void expect_that_single_names_are_found(int depth) const {
        const UniqueFd inner = make_chain("data", depth);
        file("secret");
        ASSERT_EQ(::linkat(AT_FDCWD, at("secret").c_str(), inner.get(), "planted", 0), 0);
        ASSERT_EQ(::mknodat(inner.get(), "single", S_IFREG | 0644, 0), 0);
        ::testing::internal::CaptureStderr();
        EXPECT_TRUE(chown_trees(refusing("data")));
        EXPECT_NE(::testing::internal::GetCapturedStderr().find("1 file that has several names"), std::string::npos);
        EXPECT_EQ(owner_at(inner.get(), "single"), app);
        EXPECT_EQ(owner("secret"), root);
    }

    static double seconds(const std::function<void()>& what) {
        const auto start = std::chrono::steady_clock::now();
        what();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
};

TEST_F(RefusedLinks, AreToldFromSingleFilesWhereAPathIsLongerThanAnyCallTakes) {
    expect_that_single_names_are_found(30);
}

TEST_F(RefusedLinks, AreToldFromSingleFilesWithoutProc) {
    const int code = test::in_child([this] {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", "/proc", "tmpfs", 0, nullptr) != 0) {
            return test::cannot_run;
        }
        expect_that_single_names_are_found(1);
        return 0;
    });
    if (code == test::cannot_run) GTEST_SKIP() << "needs the right to mount";
}

// Its names are in a directory that the walk does not know.
TEST_F(RefusedLinks, MayBeBehindAMountOfAFile) {
    const int code = test::in_child([this] {
        file("config");
        file("data/mounted", app);
        file("data/single");
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount(at("config").c_str(), at("data/mounted").c_str(), nullptr, MS_BIND, nullptr) != 0) {
            return test::cannot_run;
        }
        EXPECT_TRUE(chown_trees(refusing("data")));
        EXPECT_TRUE(chown_trees(refusing("data/mounted")));
        EXPECT_EQ(owner("config"), root);
        EXPECT_EQ(owner("data/single"), app);
        return 0;
    });
    if (code == test::cannot_run) GTEST_SKIP() << "needs the right to mount";
}

// A path is made for five messages, and not for 20,000.
TEST_F(RefusedLinks, TakeAsLongInADeepDirectoryAsInOthers) {
    constexpr int links = 20'000;
    file("secret");
    for (const auto& [name, depth] : {std::pair("flat", 10), std::pair("deep", 2000)}) {
        const UniqueFd inner = make_chain(name, depth);
        for (int i = 0; i < links; ++i) {
            ASSERT_EQ(::linkat(AT_FDCWD, at("secret").c_str(), inner.get(), std::to_string(i).c_str(), 0), 0);
        }
    }
    const auto time = [this](const std::string& name) {
        return seconds([&] { EXPECT_EQ(preview(name).skipped, std::uint64_t{links}); });
    };
    const double flat = time("flat");
    const double deep = std::min(time("deep"), time("deep"));
    // Twice as long, and what two thousand directories take.
    EXPECT_LT(deep, 2 * flat + 0.1);
}

// The same for names that are counted and found single. No call depends on the depth.
TEST_F(RefusedLinks, CostNoMoreCallsForASingleFileThatIsDeep) {
    STEPDOWN_SKIP_IF(test::no_strace());
    const auto calls = [this](const std::string& name, int depth, int files) {
        const UniqueFd inner = make_chain(name, depth);
        for (int i = 0; i < files; ++i) {
            EXPECT_EQ(::mknodat(inner.get(), std::to_string(i).c_str(), S_IFREG | 0644, 0), 0);
        }
        const auto traced = test::run_traced({"-e", "trace=!nanosleep,clock_nanosleep,mmap,munmap,brk,mprotect,futex"},
                                             test::command({OWN_PROGRAM, "1000:1001", "--hardlinks=refuse", at(name)}));
        EXPECT_EQ(traced.outcome.exit_code, 0) << traced.outcome.err;
        return traced.calls();
    };
    const int flat = calls("flat-many", 10, 110) - calls("flat-few", 10, 10);
    const int deep = calls("deep-many", 200, 110) - calls("deep-few", 200, 10);
    // Looked at, pinned, looked at, waited for, looked at, changed and closed. One or two are looked at once more, when
    // the first of them are too new.
    EXPECT_NEAR(flat, 100 * 7, 2);
    EXPECT_NEAR(deep, 100 * 7, 2);
}

}  // namespace
}  // namespace stepdown
