// What becomes of a walk that runs out of memory.
#include "support/program.h"
#include "support/scratch_tree.h"

#include <string>
#include <vector>

namespace stepdown {
namespace {

class OutOfMemory : public test::ScratchTree {
  protected:
    static test::Ended run_within(gid_t kilobytes, std::vector<std::string> words) {
        // Small stacks, so that the threads can be made before the memory is spent.
        const std::string limits = "ulimit -s 128; ulimit -v " + std::to_string(kilobytes) + "; exec \"$@\"";
        const std::string shell[] = {"sh", "-c", limits, "sh", OWN_PROGRAM};
        words.insert(words.begin(), std::begin(shell), std::end(shell));
        return test::run_program(words);
    }
};

// Each limit meets another allocation, of the first thread or of another: none may end in std::terminate.
TEST_F(OutOfMemory, EndsTheWalkInEveryThreadAlike) {
    for (int i = 0; i < 20; ++i) {
        for (int j = 0; j < 40; ++j) file("data/" + std::to_string(i) + "/" + std::to_string(j));
    }
    gid_t kilobytes = 1000;
    while (run_within(kilobytes, {"0:0"}).code != 0) kilobytes += 16;  // what the program itself takes
    int exhausted = 0;
    int ended_well = 0;
    for (; ended_well < 20; kilobytes += 16) {
        const Owner next{1000, kilobytes};
        const auto ended = run_within(
            kilobytes, {"1000:" + std::to_string(kilobytes), "--threads=8", "--alone=0", "--error", at("data")});
        ASSERT_TRUE(ended.code == 0 || ended.code == 125) << kilobytes << " KiB: " << ended.code << ' ' << ended.err;
        EXPECT_EQ(ended.err, ended.code == 0 ? "" : "own: out of memory\n");
        EXPECT_EQ(owner("data") == next, ended.code == 0) << kilobytes;
        ++(ended.code == 0 ? ended_well : exhausted);
    }
    EXPECT_GT(exhausted, 10);
}

}  // namespace
}  // namespace stepdown
