// What the engine makes of each error the kernel can answer with, injected by strace.
#include "support/program.h"
#include "support/scratch_tree.h"

#include <algorithm>

namespace stepdown {
namespace {

using test::app;
using test::root;

struct Fault {
    const char* name;
    const char* inject;       // as strace's -e inject= takes it
    int code;                 // what the program ends with
    const char* message;      // in what it prints; "" for silence
    bool everything_changed;  // whether all entries belong to the owner afterwards
};

std::ostream& operator<<(std::ostream& out, const Fault& fault) { return out << fault.name; }

// 40 files and a directory with 2 more: 44 entries in all.
const Fault faults[] = {
    {"ChangeEio", "fchownat:error=EIO:when=2", 125, "1 of 44 entries could not be changed: 1 EIO", false},
    {"ChangeEperm", "fchownat:error=EPERM:when=3..4", 125, "2 of 44 entries could not be changed: 2 EPERM", false},
    {"ChangeErofsIsCountedOnceAMount", "fchownat:error=EROFS", 125, "1 of 44 ", false},
    {"ChangeEnospcGivesUpAfterSixteen", "fchownat:error=ENOSPC", 125, "16 ENOSPC; the rest was not tried", false},
    {"ChangeEdquotGivesUpAfterSixteen", "fchownat:error=EDQUOT", 125, "16 EDQUOT; the rest was not tried", false},
    {"ChangeEinvalGivesUpAtOnce", "fchownat:error=EINVAL", 125, "1 EINVAL; the rest was not tried", false},
    {"ChangeEstaleIsSilence", "fchownat:error=ESTALE:when=2", 0, "", false},
    {"ChangeEnoentIsSilence", "fchownat:error=ENOENT:when=2", 0, "", false},
    {"ChangeEintrIsRepeated", "fchownat:error=EINTR:when=1..3", 0, "", true},
    {"LookEintrIsRepeated", "statx:error=EINTR:when=10..12", 0, "", true},
    {"LookEioIsAnError", "statx:error=EIO:when=20", 125, "1 EIO", false},
    {"LookEnosysFallsBack", "statx:error=ENOSYS", 0, "", true},
    {"LookEpermFallsBack", "statx:error=EPERM", 0, "", true},
    {"OpenEnosysFallsBack", "openat2:error=ENOSYS", 0, "", true},
    {"OpenEpermFallsBack", "openat2:error=EPERM", 0, "", true},
    {"OpenEintrIsRepeated", "openat2:error=EINTR:when=1..2", 0, "", true},
    {"OpenEstaleIsSilence", "openat2:error=ESTALE:when=2", 0, "", false},
    {"OpenEioIsAnError", "openat2:error=EIO:when=2", 125, "cannot open ", false},
    {"OpenEmfileSaysWhatToDo", "openat2:error=EMFILE:when=2", 125, "ulimit -n", false},
    {"ReadEintrIsRepeated", "getdents64:error=EINTR:when=1..2", 0, "", true},
    {"ReadEioIsAnError", "getdents64:error=EIO:when=3", 125, "cannot read the directory ", false},
};

class Faults : public test::ScratchTree, public ::testing::WithParamInterface<Fault> {
  protected:
    void SetUp() override {
        ScratchTree::SetUp();
        if (IsSkipped()) return;
        if (!test::can_trace()) GTEST_SKIP() << "needs strace, and the right to use it";
        for (int i = 0; i < 40; ++i) file("data/" + std::to_string(i));
        file("data/sub/one");
        file("data/sub/two");
    }
};

TEST_P(Faults, HaveOneOutcome) {
    const Fault& fault = GetParam();
    const auto traced =
        test::run_traced({"-e", std::string("inject=") + fault.inject}, {OWN_PROGRAM, "1000:1001", at("data")});
    EXPECT_EQ(traced.ended.code, fault.code) << traced.ended.err;
    EXPECT_GT(traced.count("INJECTED"), 0) << "the fault was not met";
    if (*fault.message == '\0') {
        EXPECT_EQ(traced.ended.err, "");
    } else {
        EXPECT_NE(traced.ended.err.find(fault.message), std::string::npos) << traced.ended.err;
    }
    EXPECT_EQ(inspect_trees(plan("data")).at(0).tree.changed == 0, fault.everything_changed);
}

INSTANTIATE_TEST_SUITE_P(Each, Faults, ::testing::ValuesIn(faults),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(Faults, PrintTheFirstFiveAndASummary) {
    const auto traced =
        test::run_traced({"-e", "inject=fchownat:error=EIO:when=1..9"}, {OWN_PROGRAM, "1000:1001", at("data")});
    const std::string& err = traced.ended.err;
    EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 6) << err;
    EXPECT_NE(err.find("cannot own " + at("data") + ": 9 of 44 entries could not be changed: 9 EIO"),
              std::string::npos);
}

TEST_F(Faults, GiveUpAfter256RefusalsWithoutASuccess) {
    for (int i = 0; i < 300; ++i) file("many/" + std::to_string(i));
    const auto traced = test::run_traced({"-e", "inject=fchownat:error=EPERM"}, {OWN_PROGRAM, "1000:1001", at("many")});
    EXPECT_NE(traced.ended.err.find("256 EPERM; the rest was not tried"), std::string::npos) << traced.ended.err;
    EXPECT_EQ(traced.count("fchownat("), 256);
}

TEST_F(Faults, DoNotGiveUpWhereAnythingSucceeded) {
    for (int i = 0; i < 300; ++i) file("many/" + std::to_string(i));
    const auto traced =
        test::run_traced({"-e", "inject=fchownat:error=EPERM:when=2+"}, {OWN_PROGRAM, "1000:1001", at("many")});
    EXPECT_NE(traced.ended.err.find("300 of 301 entries could not be changed: 300 EPERM."), std::string::npos)
        << traced.ended.err;
}

// O_NOATIME is refused in other people's directories where CAP_FOWNER is dropped: no reason to do without RESOLVE_*.
TEST_F(Faults, OfOpeningWithoutAnAtimeKeepOpenat2) {
    const auto traced =
        test::run_traced({"-e", "inject=openat2:error=EPERM:when=1"}, {OWN_PROGRAM, "1000:1001", at("data")});
    EXPECT_EQ(traced.ended.code, 0) << traced.ended.err;
    EXPECT_EQ(traced.count("openat2("), 3);
    EXPECT_EQ(traced.count("O_NOATIME"), 1);
}

// A seccomp profile may forbid it.
TEST_F(Faults, OfWaitingForRemovalsAreNoPlantedLinks) {
    const auto traced = test::run_traced({"-e", "inject=renameat,renameat2:error=EPERM"},
                                         {OWN_PROGRAM, "1000:1001", "--hardlinks=refuse", at("data")});
    EXPECT_EQ(traced.ended.code, 125) << traced.ended.err;
    EXPECT_NE(traced.ended.err.find("cannot tell whether the file has other names"), std::string::npos)
        << traced.ended.err;
    EXPECT_EQ(traced.ended.err.find("several names"), std::string::npos) << traced.ended.err;
    EXPECT_EQ(owner("data/1"), root);
}

TEST_F(Faults, WithWarnStartAllTheSame) {
    const auto traced =
        test::run_traced({"-e", "inject=fchownat:error=EIO:when=2"}, {OWN_PROGRAM, "1000:1001", "--warn", at("data")});
    EXPECT_EQ(traced.ended.code, 0);
    EXPECT_NE(traced.ended.err.find("warning: " + at("data") + ": 1 of 44 entries"), std::string::npos)
        << traced.ended.err;
    EXPECT_EQ(owner("data"), app);
}

TEST_F(Faults, HoldTheTopBackUnderOnRootMismatchOnlyWithFail) {
    const std::vector<std::string> fault = {"-e", "inject=fchownat:error=EIO:when=2"};
    const auto failed = test::run_traced(fault, {OWN_PROGRAM, "1000:1001", "--on-root-mismatch", at("data")});
    EXPECT_EQ(failed.ended.code, 125);
    EXPECT_EQ(owner("data"), (Owner{1000, 1}));
    const auto warned = test::run_traced(fault, {OWN_PROGRAM, "1000:1001", "--on-root-mismatch", "--warn", at("data")});
    EXPECT_EQ(warned.ended.code, 0);
    EXPECT_EQ(owner("data"), app);
}

TEST_F(Faults, OfOneEntryDoNotHoldTheTopBackUnderOnMismatch) {
    const auto traced =
        test::run_traced({"-e", "inject=fchownat:error=EIO:when=1"}, {OWN_PROGRAM, "1000:1001", at("data")});
    EXPECT_EQ(traced.ended.code, 125);
    EXPECT_EQ(owner("data"), app);
}

}  // namespace
}  // namespace stepdown
