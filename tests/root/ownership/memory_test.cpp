// SPDX-License-Identifier: Apache-2.0
// What becomes of a walk that runs out of memory.

#include "support/files/scratch_tree.h"
#include "support/process/process.h"

#include <csignal>
#include <string>
#include <vector>

namespace stepdown {
namespace {

class OutOfMemory : public test::ScratchTree {
  protected:
    static test::Outcome run_within(gid_t kilobytes, std::vector<std::string> words) {
        // Small stacks, so that the threads can be made before the memory is spent. Not by a shell's ulimit: after that
        // the shell itself needs memory, and more than a small program.
        const std::string limits[] = {"prlimit", "--stack=131072", "--as=" + std::to_string(kilobytes * 1024UL),
                                      OWN_PROGRAM};
        words.insert(words.begin(), std::begin(limits), std::end(limits));
        return test::run(test::command(words));
    }
};

// With glibc an exception can always be thrown. With musl, which needs less, some of these limits leave nothing for
// that either, and abort(3) is the end.
#ifdef __GLIBC__
constexpr bool may_abort = false;
#else
constexpr bool may_abort = true;
#endif

// Each limit meets another allocation, of the first thread or of another: none may end in std::terminate.
TEST_F(OutOfMemory, EndsTheWalkInEveryThreadAlike) {
    for (int i = 0; i < 20; ++i) {
        for (int j = 0; j < 40; ++j) file("data/" + std::to_string(i) + "/" + std::to_string(j));
    }
    gid_t kilobytes = 500;
    while (run_within(kilobytes, {"0:0"}).exit_code != 0) kilobytes += 4;  // what the program itself takes
    int exhausted = 0;
    int ended_well = 0;
    for (; ended_well < 20; kilobytes += 4) {
        const Owner next{1000, kilobytes};
        const auto ended = run_within(
            kilobytes, {"1000:" + std::to_string(kilobytes), "--threads=8", "--alone=0", "--error", at("data")});
        if (!may_abort || ended.signal != SIGABRT) {
            ASSERT_TRUE(ended.exit_code == 0 || ended.exit_code == 125) << kilobytes << " KiB: " << describe(ended);
            EXPECT_EQ(ended.err, ended.exit_code == 0 ? "" : "own: out of memory\n");
        }
        EXPECT_EQ(owner("data") == next, ended.exit_code == 0) << kilobytes;
        ++(ended.exit_code == 0 ? ended_well : exhausted);
    }
    EXPECT_GT(exhausted, 10);
}

}  // namespace
}  // namespace stepdown
