// SPDX-License-Identifier: Apache-2.0
// How many system calls a walk takes, exactly, as strace counts them.

#include "support/files/scratch_tree.h"
#include "support/process/skip.h"
#include "support/process/strace.h"

namespace stepdown {
namespace {

using test::app;
using test::root;

class SyscallBudget : public test::ScratchTree {
  protected:
    void SetUp() override {
        ScratchTree::SetUp();
        if (IsSkipped()) return;
        STEPDOWN_SKIP_IF(test::no_strace());
    }

    // count directories of 7 files each.
    void fill(const std::string& name, int count, Owner owner) const {
        directory(name, owner);
        for (int i = 0; i < count; ++i) {
            for (int j = 0; j < 7; ++j) file(name + "/" + std::to_string(i) + "/" + std::to_string(j), owner);
        }
    }

    // What memory and the sanitizers take is not the engine's.
    static constexpr auto engine_calls = "trace=!mmap,munmap,mprotect,brk,madvise,sigaltstack,futex";

    static test::Traced trace(std::vector<std::string> words) {
        words.insert(words.begin(), OWN_PROGRAM);
        return test::run_traced({"-e", engine_calls}, test::command(words));
    }
};

TEST_F(SyscallBudget, IsOneAFileAndFiveADirectoryWhereAllIsRight) {
    fill("small", 10, app);
    fill("large", 110, app);
    const auto small = trace({"1000:1001", at("small")});
    const auto large = trace({"1000:1001", at("large")});
    EXPECT_EQ(large.calls() - small.calls(), 100 * (7 + 5)) << large.trace;
    EXPECT_EQ(large.count("fchownat("), 0);
}

TEST_F(SyscallBudget, IsTwoAFileAndSixADirectoryWhereAllIsWrong) {
    fill("small", 10, root);
    fill("large", 110, root);
    const auto small = trace({"1000:1001", at("small")});
    const auto large = trace({"1000:1001", at("large")});
    EXPECT_EQ(large.calls() - small.calls(), 100 * (7 * 2 + 6));
    EXPECT_EQ(large.count("fchownat("), 1 + 110 * 8);
}

// The first entry that is changed on a mount is pinned, looked at again, and closed.
TEST_F(SyscallBudget, IsThreeMoreAMountForTheSecondLook) {
    const auto calls_with_wrong = [this](int wrong) {
        fill("data", 2, app);
        for (int i = 0; i < wrong; ++i) file("data/1/" + std::to_string(i), root);
        const auto traced = trace({"1000:1001", at("data")});
        EXPECT_EQ(traced.count("AT_STATX_FORCE_SYNC"), wrong == 0 ? 0 : 1) << traced.trace;
        return traced.calls();
    };
    const int none = calls_with_wrong(0);
    EXPECT_EQ(calls_with_wrong(1), none + 1 + 3);
    EXPECT_EQ(calls_with_wrong(2), none + 2 + 3);
}

TEST_F(SyscallBudget, IsOneMoreWhereTheTopAloneIsWrong) {
    fill("right", 1, app);
    fill("wrong", 1, app);
    ASSERT_EQ(::chown(at("wrong").c_str(), 0, 0), 0);
    EXPECT_EQ(trace({"1000:1001", at("wrong")}).calls(), trace({"1000:1001", at("right")}).calls() + 1 + 1);
}

TEST_F(SyscallBudget, HasNoChangeInASecondRun) {
    fill("data", 30, root);
    EXPECT_EQ(trace({"1000:1001", at("data")}).outcome.exit_code, 0);
    const auto second = trace({"1000:1001", at("data")});
    EXPECT_EQ(second.count("chown(") + second.count("chownat("), 0);
}

TEST_F(SyscallBudget, HasNoThreadBelowTwoThousandEntries) {
    fill("data", 200, root);
    const auto traced = trace({"1000:1001", at("data")});
    EXPECT_EQ(traced.count("clone(") + traced.count("clone3("), 0);
}

TEST_F(SyscallBudget, IsAHandfulWhereTheTopSaysThatAllIsRight) {
    fill("data", 30, app);
    // At a path as long as the installed program's, whose directories are looked at one by one.
    const std::string program = at("stepdown");
    std::filesystem::copy_file(OWN_PROGRAM, program);
    auto traced =
        test::run_traced({"-e", engine_calls}, test::command({program, "1000:1001", "--on-root-mismatch", at("data")}));
    // What the engine asks first; what comes before is the start of any program.
    const auto start = traced.trace.rfind("readlinkat(AT_FDCWD, \"/proc/self/exe\"");
    ASSERT_NE(start, std::string::npos);
    traced.trace.erase(0, start);
    const auto end_of_protected = traced.trace.find("geteuid(");
    ASSERT_NE(end_of_protected, std::string::npos);
    auto protecting = traced;
    protecting.trace.erase(traced.trace.rfind('\n', end_of_protected) + 1);
    traced.trace.erase(0, protecting.trace.size());
    // UndefinedBehaviorSanitizer tries memory by a pipe, a write and two closes before it looks at an object's type.
    EXPECT_LE(protecting.calls() - 4 * protecting.count("pipe2("), 25) << protecting.trace;
    EXPECT_LE(traced.calls() - 4 * traced.count("pipe2("), 17) << traced.trace;
    EXPECT_EQ(traced.count("getdents64("), 0);
}

}  // namespace
}  // namespace stepdown
