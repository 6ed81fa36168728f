// SPDX-License-Identifier: Apache-2.0
// Whatever interrupts a walk or runs beside it, the tree is right in the end.

#include "support/files/scratch_tree.h"
#include "support/process/process.h"

#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <list>
#include <random>
#include <thread>

namespace stepdown {
namespace {

using test::app;
using test::other;
using test::root;

class Convergence : public test::ScratchTree {
  protected:
    Convergence()
        : ScratchTree(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path()) {}

    void fill(Owner owner, mode_t directory_mode = 0755, mode_t file_mode = 0644) const {
        directory("data", owner, directory_mode);
        for (int i = 0; i < 60; ++i) {
            const std::string sub = "data/" + std::to_string(i);
            directory(sub, owner, directory_mode);
            for (int j = 0; j < 40; ++j) file(sub + "/" + std::to_string(j), owner, file_mode);
        }
    }
    [[nodiscard]] test::Command walk_of(const test::Words& options, Owner owner) const {
        test::Words words = {OWN_PROGRAM, std::to_string(owner.uid) + ":" + std::to_string(owner.gid)};
        words.insert(words.end(), options.begin(), options.end());
        words.push_back(at("data"));
        return test::command(words);
    }
    void walk(const test::Words& options, Owner owner) const {
        const test::Outcome outcome = run(walk_of(options, owner));
        EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    }
    [[nodiscard]] std::uint64_t wrong(Owner owner) const {
        return preview_trees(plan("data", owner)).at(0).tree.changed;
    }

    // Starts walks for two owners in turn and kills each at some moment of the time one takes.
    int killed_walks(const test::Words& options, int count) const {
        const auto begin = std::chrono::steady_clock::now();
        walk(options, app);
        const auto whole =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
        std::minstd_rand random(7);  // NOLINT: the same in each run
        int killed = 0;
        for (int i = 0; i < count; ++i) {
            test::Process interrupted(walk_of(options, i % 2 == 0 ? other : app));
            std::this_thread::sleep_for(whole * static_cast<int>(random() % 1000) / 1000);
            interrupted.send(SIGKILL);
            if (interrupted.wait().signal == SIGKILL) ++killed;
        }
        return killed;
    }
};

TEST_F(Convergence, FollowsTwoHundredKilledWalks) {
    fill(root);
    EXPECT_GT(killed_walks({}, 200), 20);  // how many are hit depends on the machine's other load
    walk({}, app);
    EXPECT_EQ(wrong(app), 0U);
}

TEST_F(Convergence, FollowsTwoHundredKilledWalksUnderOnRootMismatch) {
    fill(root);
    EXPECT_GT(killed_walks({"--on-root-mismatch"}, 200), 20);  // how many are hit depends on the machine's other load
    walk({"--on-root-mismatch"}, app);
    EXPECT_EQ(wrong(app), 0U);
}

// Each killed walk is followed by one for the owner of before: what the killed one gave away comes back.
TEST_F(Convergence, ComesBackFromEachKilledWalkUnderOnRootMismatch) {
    fill(root);
    std::minstd_rand random(3);  // NOLINT: the same in each run
    for (int i = 0; i < 20; ++i) {
        walk({"--on-root-mismatch"}, app);
        test::Process interrupted(walk_of({"--on-root-mismatch"}, other));
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 30'000));
        interrupted.send(SIGKILL);
        const bool killed = interrupted.wait().signal == SIGKILL;
        walk({"--on-root-mismatch"}, app);
        EXPECT_EQ(wrong(app), 0U) << "walk " << i << (killed ? " was killed" : " had ended");
    }
}

TEST_F(Convergence, IsReachedByEightReplicasWhileTheApplicationWorks) {
    for (const char* policy : {"--on-root-mismatch", "--threads=1"}) {
        fill({app.uid, other.gid}, 0700, 0600);
        const pid_t application = ::fork();
        if (application == 0) {
            if (::setresgid(app.gid, app.gid, app.gid) != 0 || ::setresuid(app.uid, app.uid, app.uid) != 0) ::_exit(2);
            std::minstd_rand random(5);  // NOLINT: the same in each run
            while (::getppid() != 1) {
                const std::string name =
                    at("data/" + std::to_string(random() % 60) + "/" + std::to_string(random() % 40));
                const UniqueFd opened(::open(name.c_str(), O_RDWR | O_CLOEXEC));
                if (!opened.valid()) ::_exit(1);
            }
            ::_exit(0);
        }
        std::list<test::Process> replicas;
        for (int i = 0; i < 8; ++i) replicas.emplace_back(walk_of({policy}, app));
        for (test::Process& replica : replicas) EXPECT_EQ(replica.wait().exit_code, 0);
        int status = 0;
        EXPECT_EQ(::waitpid(application, &status, WNOHANG), 0) << "the application was refused a file";
        ::kill(application, SIGKILL);
        ::waitpid(application, nullptr, 0);
        EXPECT_EQ(wrong(app), 0U);
        std::filesystem::remove_all(at("data"));
    }
}

TEST_F(Convergence, IsNotDisturbedByAnApplicationThatCreatesAndDeletes) {
    fill(app);
    const pid_t application = ::fork();
    if (application == 0) {
        if (::setresgid(app.gid, app.gid, app.gid) != 0 || ::setresuid(app.uid, app.uid, app.uid) != 0) ::_exit(2);
        for (unsigned i = 0; ::getppid() != 1; ++i) {
            const std::string name = at("data/" + std::to_string(i % 60) + "/new");
            ::mkdir(name.c_str(), 0755);
            const UniqueFd made(::open((name + "/file").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
            ::unlink((name + "/file").c_str());
            ::rmdir(name.c_str());
        }
        ::_exit(0);
    }
    for (int i = 0; i < 200; ++i) {
        const auto outcome = chown_trees(plan("data", {app.uid, i % 2 == 0 ? other.gid : app.gid}));
        EXPECT_TRUE(outcome) << outcome.error().message;
    }
    ::kill(application, SIGKILL);
    ::waitpid(application, nullptr, 0);
}

// A walk of four hundred milliseconds and more, alone and with others.
TEST_F(Convergence, EndsWithin100MillisecondsOfASignalAndIsContinued) {
    constexpr int files = 100'000;
    directory("data");
    for (int i = 0; i < files; ++i) node("data/" + std::to_string(i), S_IFREG);
    for (const char* threads : {"--threads=1", "--threads=4"}) {
        const Owner next{app.uid, owner("data").gid + 1};
        const Owner before = owner("data");
        test::Process interrupted(walk_of({threads}, next));
        // Names come in the order of their making or against it.
        const auto last = "data/" + std::to_string(files - 1);
        while (owner("data/0") == before && owner(last) == before) std::this_thread::yield();
        const auto signalled = std::chrono::steady_clock::now();
        interrupted.send(SIGTERM);
        EXPECT_EQ(interrupted.wait().exit_code, 128 + SIGTERM);
        EXPECT_LT(std::chrono::steady_clock::now() - signalled, std::chrono::milliseconds(100));
        EXPECT_EQ(owner("data"), before);
        std::uint64_t given = 0;
        for (int i = 0; i < files; ++i) {
            const Owner now = owner("data/" + std::to_string(i));
            EXPECT_TRUE(now == before || now == next) << i;
            if (now == next) ++given;
        }
        EXPECT_GT(given, 0U);
        EXPECT_EQ(wrong(next), 1 + files - given);
        walk({threads}, next);
        EXPECT_EQ(wrong(next), 0U);
    }
}

}  // namespace
}  // namespace stepdown
