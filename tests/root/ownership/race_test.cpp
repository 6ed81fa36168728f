// SPDX-License-Identifier: Apache-2.0
// An adversary who owns the tree moves things about while it is walked, and never gets anything outside it.
#include "stepdown/base/choices.h"

#include "support/files/scratch_tree.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <random>

namespace stepdown {
namespace {

using test::app;
using test::root;

constexpr int walks = 2000;

// Alone, and with others from the first entry on, though the tree is small.
constexpr OwnershipRun alone{1};
constexpr OwnershipRun together{4, 0};

// The adversary keeps the uid, so that the tree stays in its hands; the group goes back and forth, so that there is
// always everything to change.
constexpr Owner first{1000, 1001};
constexpr Owner second{1000, 1002};

// The kernel may refuse, and usually does: that is for the walk to be safe without.
void plant(const std::string& victim, const std::string& name) {
    [[maybe_unused]] const int outcome = ::link(victim.c_str(), name.c_str());
}

class Race : public test::ScratchTree {
  protected:
    void SetUp() override {
        ScratchTree::SetUp();
        if (IsSkipped()) return;
        file("victims/secret", root, 0600);
        directory("victims/directory", root, 0755);
        file("victims/directory/inner", root, 0600);
        directory("outside", first, 0777);
        for (const char* name : {"data/d/x/y", "data/e/f/g", "data/files/a", "data/files/b", "data/moving/deep/er"}) {
            file(name, first);
        }
        link("data/d/to_directory", at("victims/directory"), first);
        link("data/to_directory", at("victims/directory"), first);
        link("data/to_directory_too", at("victims/directory"), first);
        link("data/files/to_secret", at("victims/secret"), first);
    }
    void TearDown() override {
        stop_adversary();
        ScratchTree::TearDown();
    }

    void exchange(const std::string& one, const std::string& two) const {
        ::syscall(SYS_renameat2, AT_FDCWD, at(one).c_str(), AT_FDCWD, at(two).c_str(), RENAME_EXCHANGE);
    }

    // What uid 1000 does until it is killed.
    void misbehave_once(int what) const {
        switch (what) {
            case 0: return exchange("data/d", "data/to_directory");
            case 1: return exchange("data/e/f", "data/to_directory_too");
            case 2: return exchange("data/files/a", "data/files/to_secret");
            case 3: return exchange("data/d/x", "data/d/to_directory");
            case 4: return static_cast<void>(::rename(at("data/moving").c_str(), at("outside/moved").c_str()));
            case 5: return static_cast<void>(::rename(at("outside/moved").c_str(), at("data/moving").c_str()));
            case 6: return static_cast<void>(::mkfifo(at("data/fifo").c_str(), 0600));
            case 7: return static_cast<void>(::unlink(at("data/fifo").c_str()));
            case 8: return plant(at("victims/secret"), at("data/planted"));
            case 9:
                return static_cast<void>(::close(::open(at("data/new").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)));
            default: return static_cast<void>(::unlink(at("data/new").c_str()));
        }
    }
    void start_adversary(uid_t uid, const std::function<void(int)>& act) {
        adversary_ = ::fork();
        if (adversary_ != 0) return;
        if (::setresgid(uid, uid, uid) != 0 || ::setresuid(uid, uid, uid) != 0) ::_exit(1);
        std::minstd_rand random(1);  // NOLINT: the same in each run
        while (true) act(static_cast<int>(random() % 11));
    }
    void stop_adversary() {
        if (adversary_ <= 0) return;
        ::kill(adversary_, SIGKILL);
        ::waitpid(adversary_, nullptr, 0);
        adversary_ = -1;
    }

    [[nodiscard]] bool victims_are_safe() const {
        return owner("victims/secret") == root && owner("victims/directory") == root &&
               owner("victims/directory/inner") == root && owner("victims") == root;
    }

    // How many walks of walk it took to lose a victim; limit if none was lost.
    int walk_until_harm(const std::function<void(Owner)>& walk, int limit) const {
        for (int i = 0; i < limit; ++i) {
            walk(i % 2 == 0 ? second : first);
            if (!victims_are_safe()) return i;
        }
        return limit;
    }

    pid_t adversary_ = -1;
};

class RaceOfThreads : public Race, public ::testing::WithParamInterface<OwnershipRun> {};

// What entrypoints do: looks at a path and then changes the path, and descends by path.
void naive_walk(const std::string& path, Owner owner) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return;
    if (!S_ISLNK(status.st_mode)) static_cast<void>(!::chown(path.c_str(), owner.uid, owner.gid));
    if (!S_ISDIR(status.st_mode)) return;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(path, failed)) naive_walk(entry.path(), owner);
}

TEST_F(Race, IsLostByANaiveWalk) {
    start_adversary(1000, [this](int what) { misbehave_once(what); });
    constexpr int enough = 200'000;
    const int harmed = walk_until_harm([this](Owner owner) { naive_walk(at("data"), owner); }, enough);
    EXPECT_LT(harmed, enough) << "the adversary is no test";
}

TEST_P(RaceOfThreads, IsWonInEachOfTwoThousandWalks) {
    EXPECT_EQ(preview_trees(plan("data"), GetParam()).at(0).tree.threads, GetParam().threads);
    start_adversary(1000, [this](int what) { misbehave_once(what); });
    const auto walk = [this](Owner owner) {
        const auto outcome = chown_trees(plan("data", owner), GetParam());
        EXPECT_TRUE(outcome) << outcome.error().message;
    };
    EXPECT_EQ(walk_until_harm(walk, walks), walks);
    stop_adversary();
    ASSERT_TRUE(chown_trees(plan("data", app)));
    EXPECT_EQ(preview_trees(plan("data", app)).at(0).tree.changed, 0U);
    EXPECT_TRUE(victims_are_safe());
}

// Where the kernel does not keep users from linking what is not theirs. Root plants here, since it does keep them.
TEST_P(RaceOfThreads, IsWonAgainstPlantedLinksWhereTheyAreRefused) {
    start_adversary(0, [this](int what) {
        const std::string planted = at("data/files/b");
        const std::string spare = at("data/files/spare");
        if (what % 2 == 0) {
            plant(at("victims/secret"), spare);
            ::rename(spare.c_str(), planted.c_str());
        } else {
            const UniqueFd made(::open(spare.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
            ::rename(spare.c_str(), planted.c_str());
            ::unlink(spare.c_str());
        }
    });
    const auto walk = [this](Owner owner) {
        OwnershipPlan refuse = plan("data", owner);
        refuse.hard_links = HardLinks::refuse;
        refuse.errors = ChownErrors::warn;
        EXPECT_TRUE(chown_trees(refuse, GetParam()));
    };
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(walk_until_harm(walk, walks), walks);
    ::testing::internal::GetCapturedStderr();
}

// The operand itself is exchanged for a link while it is resolved.
TEST_P(RaceOfThreads, IsWonAtEachComponentOfTheOperand) {
    start_adversary(1000, [this](int what) {
        if (what % 2 == 0) exchange("data/d", "data/to_directory");
        if (what % 2 == 1) exchange("data/d/x", "data/d/to_directory");
    });
    int refused = 0;
    const auto walk = [&](Owner owner) {
        if (!chown_trees(plan("data/d/x", owner), GetParam())) ++refused;
    };
    EXPECT_EQ(walk_until_harm(walk, walks), walks);
    EXPECT_GT(refused, 0) << "the adversary is no test";
}

INSTANTIATE_TEST_SUITE_P(Each, RaceOfThreads, ::testing::Values(alone, together), [](const auto& run) {
    return run.param.threads == 1 ? std::string("Alone") : std::string("Together");
});

}  // namespace
}  // namespace stepdown
