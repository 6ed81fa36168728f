// SPDX-License-Identifier: Apache-2.0
// Trees of a million entries: that all is changed, and in how much memory. On a tmpfs where there is one: a disk takes
// minutes to make and remove a million directories.
#include "support/files/scratch_tree.h"
#include "support/process/steps.h"

#include <sys/resource.h>

#include <array>
#include <cstdlib>
#include <thread>
#include <vector>

namespace stepdown {
namespace {

using test::app;
using test::root;

constexpr int million = 1'000'000;
constexpr int parts = 1000;
constexpr long most_kilobytes = 32 << 10;

UniqueFd open_directory(int at, const std::string& name) {
    return UniqueFd(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

class Scale : public test::ScratchTree {
  protected:
    Scale() : ScratchTree(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/var/tmp") {}

    // Does make for each of the parts, by four threads: making and removing takes much longer than owning.
    template <typename Make>
    static void shared(Make make) {
        constexpr int makers = 4;
        std::array<std::thread, makers> threads;
        for (int first = 0; first < makers; ++first) {
            threads.at(static_cast<std::size_t>(first)) = std::thread([first, &make] {
                for (int part = first; part < parts; part += makers) make(part);
            });
        }
        for (std::thread& thread : threads) thread.join();
    }

    // Owns data in a process of its own, by so many threads, or as many as the machine is worth, and with so many
    // descriptors, if not 0; returns how much memory that took at its peak, in kilobytes.
    [[nodiscard]] long kilobytes_to_own(int threads = 0, rlim_t descriptors = 0) const {
        test::Command command =
            test::command({OWN_PROGRAM, "1000:1001", "--error", "--threads=" + std::to_string(threads), at("data")});
        if (descriptors != 0) command.after(test::limit(RLIMIT_NOFILE, descriptors, descriptors));
        const test::Outcome outcome = run(command);
        EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
        return outcome.peak_kilobytes;
    }
};

TEST_F(Scale, OwnsAMillionFilesInOneDirectory) {
    directory("data");
    const UniqueFd top = open_directory(AT_FDCWD, at("data"));
    const auto name = [](int part, int i) { return std::to_string(part * (million / parts) + i); };
    shared([&](int part) {
        for (int i = 0; i < million / parts; ++i) {
            ASSERT_EQ(::mknodat(top.get(), name(part, i).c_str(), S_IFREG | 0644, 0), 0);
        }
    });
    EXPECT_LT(kilobytes_to_own(), most_kilobytes);
    const TreeReport after = preview_trees(plan("data")).at(0).tree;
    EXPECT_EQ(after.entries, 1U + million);
    EXPECT_EQ(after.changed, 0U);
    shared([&](int part) {
        for (int i = 0; i < million / parts; ++i) ::unlinkat(top.get(), name(part, i).c_str(), 0);
    });
}

TEST_F(Scale, OwnsAMillionDirectories) {
    directory("data");
    const UniqueFd top = open_directory(AT_FDCWD, at("data"));
    shared([&](int part) {
        const std::string name = std::to_string(part);
        ASSERT_EQ(::mkdirat(top.get(), name.c_str(), 0755), 0);
        const UniqueFd sub = open_directory(top.get(), name);
        for (int i = 1; i < million / parts; ++i) ASSERT_EQ(::mkdirat(sub.get(), std::to_string(i).c_str(), 0755), 0);
    });
    EXPECT_LT(kilobytes_to_own(), most_kilobytes);
    const TreeReport after = preview_trees(plan("data")).at(0).tree;
    EXPECT_EQ(after.entries, 1U + million);
    EXPECT_EQ(after.changed, 0U);
    shared([&](int part) {
        const UniqueFd sub = open_directory(top.get(), std::to_string(part));
        for (int i = 1; i < million / parts; ++i) ::unlinkat(sub.get(), std::to_string(i).c_str(), AT_REMOVEDIR);
    });
}

// Below some of the many directories lie more than may be open at once, while most of the others' names were not read.
TEST_F(Scale, OwnsWhatIsDeepBelowAHugeDirectory) {
    constexpr int huge = 200'000;
    constexpr int deep_every = 20'000;
    constexpr int depth = 300;
    directory("data/huge");
    const UniqueFd top = open_directory(AT_FDCWD, at("data/huge"));
    const auto name = [](int i) { return std::to_string(i) + std::string(240, 'n'); };
    shared([&](int part) {
        for (int i = 0; i < huge / parts; ++i) {
            ASSERT_EQ(::mkdirat(top.get(), name(part * (huge / parts) + i).c_str(), 0755), 0);
        }
    });
    for (int i = deep_every / 2; i < huge; i += deep_every) {
        UniqueFd below = open_directory(top.get(), name(i));
        for (int level = 0; level < depth; ++level) {
            for (const char* each : {"first", "down", "last"}) ASSERT_EQ(::mkdirat(below.get(), each, 0755), 0);
            below = open_directory(below.get(), "down");
        }
    }
    EXPECT_LT(kilobytes_to_own(1), most_kilobytes);
    const TreeReport after = preview_trees(plan("data")).at(0).tree;
    EXPECT_EQ(after.entries, 2U + huge + 3 * depth * huge / deep_every);
    EXPECT_EQ(after.changed, 0U);
}

TEST_F(Scale, OwnsAChainOfLongNamesThatIsLongerThanMemory) {
    constexpr int depth = 150'000;
    const std::string longest(255, 'n');
    directory("data");
    UniqueFd below = open_directory(AT_FDCWD, at("data"));
    for (int level = 0; level < depth; ++level) {
        ASSERT_EQ(::mkdirat(below.get(), longest.c_str(), 0755), 0);
        below = open_directory(below.get(), longest);
    }
    EXPECT_LT(kilobytes_to_own(), most_kilobytes);
    EXPECT_EQ(preview_trees(plan("data")).at(0).tree.changed, 0U);
    // rm(1) keeps the path, and takes minutes to move it about.
    for (int level = 0; level < depth; ++level) {
        below = open_directory(below.get(), "..");
        ASSERT_EQ(::unlinkat(below.get(), longest.c_str(), AT_REMOVEDIR), 0);
    }
}

// Each level is closed while most of its names wait.
TEST_F(Scale, OwnsAChainOfWideDirectoriesWithFewDescriptors) {
    constexpr int levels = 70;
    constexpr int width = 5000;
    directory("data");
    UniqueFd below = open_directory(AT_FDCWD, at("data"));
    for (int level = 0; level < levels; ++level) {
        for (int i = 0; i < width; ++i) {
            ASSERT_EQ(::mkdirat(below.get(), (std::string(195, 'n') + std::to_string(i)).c_str(), 0755), 0);
        }
        ASSERT_EQ(::mkdirat(below.get(), "down", 0755), 0);
        below = open_directory(below.get(), "down");
    }
    EXPECT_LT(kilobytes_to_own(0, 64), most_kilobytes);
    const TreeReport after = preview_trees(plan("data")).at(0).tree;
    EXPECT_EQ(after.entries, 1U + levels * (width + 1));
    EXPECT_EQ(after.changed, 0U);
    ASSERT_EQ(std::system(("rm -rf " + at("data")).c_str()), 0);
}

}  // namespace
}  // namespace stepdown
