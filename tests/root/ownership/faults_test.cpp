// SPDX-License-Identifier: Apache-2.0
// What the engine makes of each error the kernel can answer with, injected by strace.
#include "stepdown/base/choices.h"

#include "support/files/scratch_tree.h"
#include "support/process/skip.h"
#include "support/process/strace.h"

#include <linux/fs.h>
#include <sys/ioctl.h>

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
    {"ChangeErofsWhereTheMountIsWritableIsOfOneEntry", "fchownat:error=EROFS", 125, "43 EROFS.", false},
    {"ChangeEnospcGivesUpAfterSixteen", "fchownat:error=ENOSPC", 125, "16 ENOSPC; the rest was not tried", false},
    {"ChangeEdquotGivesUpAfterSixteen", "fchownat:error=EDQUOT", 125, "16 EDQUOT; the rest was not tried", false},
    {"ChangeEinvalOfAMappedOwnerIsOfOneEntry", "fchownat:error=EINVAL", 125, "43 EINVAL.", false},
    {"ChangeEoverflowSaysThatTheMountMapsIds", "fchownat:error=EOVERFLOW", 125,
     "The mount maps ids, and has none for uid 1000 or gid 1001", false},
    {"ChangeEaccesNamesWhoRefuses", "fchownat:error=EACCES", 125, "A security module or the file system (", false},
    {"ChangeEstaleIsSilence", "fchownat:error=ESTALE:when=2", 0, "", false},
    {"ChangeEnoentIsSilence", "fchownat:error=ENOENT:when=2", 0, "", false},
    {"ChangeEintrIsRepeated", "fchownat:error=EINTR:when=1..3", 0, "", true},
    {"LookEintrIsRepeated", "statx:error=EINTR:when=40..42", 0, "", true},
    {"LookEioIsAnError", "statx:error=EIO:when=40", 125, "1 EIO", false},
    {"LookEnosysFallsBack", "statx:error=ENOSYS", 0, "", true},
    {"LookEpermFallsBack", "statx:error=EPERM", 0, "", true},
    {"OpenEnosysFallsBack", "openat2:error=ENOSYS", 0, "", true},
    {"OpenEpermFallsBack", "openat2:error=EPERM", 0, "", true},
    {"OpenEintrIsRepeated", "openat2:error=EINTR:when=1..2", 0, "", true},
    {"OpenEstaleIsSilence", "openat2:error=ESTALE:when=2", 0, "", false},
    {"OpenEaccesNamesWhoRefuses", "openat2:error=EACCES:when=2+", 125, "A security module or the file system (", false},
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
        STEPDOWN_SKIP_IF(test::no_strace());
        for (int i = 0; i < 40; ++i) file("data/" + std::to_string(i));
        file("data/sub/one");
        file("data/sub/two");
    }
};

TEST_P(Faults, HaveOneOutcome) {
    const Fault& fault = GetParam();
    const auto traced = test::run_traced({"-e", std::string("inject=") + fault.inject},
                                         test::command({OWN_PROGRAM, "1000:1001", at("data")}));
    EXPECT_EQ(traced.outcome.exit_code, fault.code) << traced.outcome.err;
    EXPECT_GT(traced.count("INJECTED"), 0) << "the fault was not met";
    if (*fault.message == '\0') {
        EXPECT_EQ(traced.outcome.err, "");
    } else {
        EXPECT_NE(traced.outcome.err.find(fault.message), std::string::npos) << traced.outcome.err;
    }
    EXPECT_EQ(preview_trees(plan("data")).at(0).tree.changed == 0, fault.everything_changed);
}

INSTANTIATE_TEST_SUITE_P(Each, Faults, ::testing::ValuesIn(faults),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(Faults, PrintTheFirstFiveAndASummary) {
    const auto traced = test::run_traced({"-e", "inject=fchownat:error=EIO:when=1..9"},
                                         test::command({OWN_PROGRAM, "1000:1001", at("data")}));
    const std::string& err = traced.outcome.err;
    EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 6) << err;
    EXPECT_NE(err.find("cannot change the owner of " + at("data") + ": 9 of 44 entries could not be changed: 9 EIO"),
              std::string::npos);
}

// A file system whose server decides what root may do, such as FUSE. The magic number is that of statfs(2).
const std::vector<std::string> refused_by_fuse = {"-e", "inject=fchownat:error=EPERM", "-e",
                                                  "inject=fstatfs:poke_exit=@arg2=4655736500000000"};

TEST_F(Faults, GiveUpAfter256RefusalsOfAServerWithoutASuccess) {
    for (int i = 0; i < 300; ++i) file("many/" + std::to_string(i));
    const auto traced = test::run_traced(refused_by_fuse, test::command({OWN_PROGRAM, "1000:1001", at("many")}));
    EXPECT_NE(traced.outcome.err.find("256 EPERM; the rest was not tried: the file system ("), std::string::npos)
        << traced.outcome.err;
    EXPECT_EQ(traced.count("fchownat("), 256);
}

TEST_F(Faults, DoNotGiveUpWhereAnythingSucceeded) {
    for (int i = 0; i < 300; ++i) file("many/" + std::to_string(i));
    auto options = refused_by_fuse;
    options[1] += ":when=2+";
    const auto traced = test::run_traced(options, test::command({OWN_PROGRAM, "1000:1001", at("many")}));
    EXPECT_NE(traced.outcome.err.find("299 of 301 entries could not be changed: 299 EPERM."), std::string::npos)
        << traced.outcome.err;
}

TEST_F(Faults, DoNotGiveUpWhereRootIsRefusedByALocalFileSystem) {
    for (int i = 0; i < 300; ++i) file("many/" + std::to_string(i));
    const auto traced =
        test::run_traced({"-e", "inject=fchownat:error=EPERM"}, test::command({OWN_PROGRAM, "1000:1001", at("many")}));
    EXPECT_EQ(traced.count("fchownat("), 300);
    EXPECT_NE(traced.outcome.err.find("Operation not permitted. The file system ("), std::string::npos)
        << traced.outcome.err;
    EXPECT_EQ(traced.outcome.err.find("chattr"), std::string::npos) << traced.outcome.err;
    EXPECT_EQ(traced.outcome.err.find("CHOWN is missing"), std::string::npos) << traced.outcome.err;
}

class ImmutableFiles : public test::ScratchTree {
  protected:
    // False where the file system of the temporary directory has no such files.
    [[nodiscard]] bool set_immutable(const std::string& name, bool immutable) const {
        const UniqueFd fd(::open(at(name).c_str(), O_RDONLY | O_CLOEXEC));
        int flags = immutable ? FS_IMMUTABLE_FL : 0;
        return ::ioctl(fd.get(), FS_IOC_SETFLAGS, &flags) == 0;
    }
};

TEST_F(ImmutableFiles, NeverEndAWalkAndAreNamed) {
    for (int i = 0; i < 300; ++i) {
        const std::string name = "data/bad/" + std::to_string(i);
        file(name);
        if (!set_immutable(name, true)) GTEST_SKIP() << "the file system has no immutable files";
    }
    for (int i = 0; i < 50; ++i) file("data/good/" + std::to_string(i));
    const auto ended = test::run(test::command({OWN_PROGRAM, "1000:1001", "--warn", at("data")}));
    for (int i = 0; i < 300; ++i) EXPECT_TRUE(set_immutable("data/bad/" + std::to_string(i), false));
    for (int i = 0; i < 50; ++i) EXPECT_EQ(owner("data/good/" + std::to_string(i)), app);
    EXPECT_NE(ended.err.find("Operation not permitted. It is immutable or append-only (chattr(1))\n"),
              std::string::npos)
        << ended.err;
    EXPECT_NE(ended.err.find("300 of 353 entries could not be changed: 300 EPERM\n"), std::string::npos) << ended.err;
}

// O_NOATIME is refused in other people's directories where CAP_FOWNER is dropped: no reason to do without RESOLVE_*.
TEST_F(Faults, OfOpeningWithoutAnAtimeKeepOpenat2) {
    const auto traced = test::run_traced({"-e", "inject=openat2:error=EPERM:when=1"},
                                         test::command({OWN_PROGRAM, "1000:1001", at("data")}));
    EXPECT_EQ(traced.outcome.exit_code, 0) << traced.outcome.err;
    EXPECT_EQ(traced.count("openat2("), 3);
    EXPECT_EQ(traced.count("O_NOATIME"), 1);
}

// A seccomp profile may forbid it.
TEST_F(Faults, OfWaitingForRemovalsAreNoPlantedLinks) {
    const auto traced = test::run_traced({"-e", "inject=renameat,renameat2:error=EPERM"},
                                         test::command({OWN_PROGRAM, "1000:1001", "--hardlinks=refuse", at("data")}));
    EXPECT_EQ(traced.outcome.exit_code, 125) << traced.outcome.err;
    EXPECT_NE(traced.outcome.err.find("cannot tell whether the file has other names"), std::string::npos)
        << traced.outcome.err;
    EXPECT_EQ(traced.outcome.err.find("several names"), std::string::npos) << traced.outcome.err;
    EXPECT_EQ(owner("data/1"), root);
}

TEST_F(Faults, WithWarnStartAllTheSame) {
    const auto traced = test::run_traced({"-e", "inject=fchownat:error=EIO:when=2"},
                                         test::command({OWN_PROGRAM, "1000:1001", "--warn", at("data")}));
    EXPECT_EQ(traced.outcome.exit_code, 0);
    EXPECT_NE(traced.outcome.err.find("warning: " + at("data") + ": 1 of 44 entries"), std::string::npos)
        << traced.outcome.err;
    EXPECT_EQ(owner("data"), app);
}

TEST_F(Faults, HoldTheTopBackUnderOnRootMismatchOnlyWithFail) {
    const std::vector<std::string> fault = {"-e", "inject=fchownat:error=EIO:when=2"};
    const auto failed =
        test::run_traced(fault, test::command({OWN_PROGRAM, "1000:1001", "--on-root-mismatch", at("data")}));
    EXPECT_EQ(failed.outcome.exit_code, 125);
    EXPECT_EQ(owner("data"), (Owner{1000, 1}));
    const auto warned =
        test::run_traced(fault, test::command({OWN_PROGRAM, "1000:1001", "--on-root-mismatch", "--warn", at("data")}));
    EXPECT_EQ(warned.outcome.exit_code, 0);
    EXPECT_EQ(owner("data"), app);
}

// Under on-root-mismatch a later start would take the tree for right.
TEST_F(Faults, OfOneEntryHoldTheTopBackUnderOnMismatchToo) {
    const auto traced = test::run_traced({"-e", "inject=fchownat:error=EIO:when=1"},
                                         test::command({OWN_PROGRAM, "1000:1001", at("data")}));
    EXPECT_EQ(traced.outcome.exit_code, 125);
    EXPECT_EQ(traced.count("fchownat("), 43);
    EXPECT_EQ(owner("data"), root);
    OwnershipPlan later = plan("data");
    later.policy = ChownPolicy::on_root_mismatch;
    EXPECT_TRUE(chown_trees(later));
    EXPECT_EQ(preview_trees(plan("data")).at(0).tree.changed, 0U);
}

// The failure changes no top, so this one proves nothing, and on-root-mismatch believes it.
TEST_F(Faults, LeaveATopThatWasTheUsersBefore) {
    directory("data", app);
    const auto traced = test::run_traced({"-e", "inject=fchownat:error=EIO:when=1"},
                                         test::command({OWN_PROGRAM, "1000:1001", at("data")}));
    EXPECT_EQ(traced.outcome.exit_code, 125);
    EXPECT_EQ(owner("data"), app);
    OwnershipPlan later = plan("data");
    later.policy = ChownPolicy::on_root_mismatch;
    EXPECT_TRUE(chown_trees(later));
    EXPECT_EQ(preview_trees(plan("data")).at(0).tree.changed, 1U);
}

// A change that says that it succeeded, and does nothing: CIFS, 9p, drvfs.
class ChangesWithoutEffect : public Faults {
  protected:
    static constexpr auto ignored = "inject=fchownat:retval=0";
    static void expect_one_error_in(const test::Traced& traced) {
        const std::string& err = traced.outcome.err;
        EXPECT_EQ(traced.outcome.exit_code, 125);
        EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 2) << err;
        EXPECT_NE(err.find(" accepted the change and did not make it. Mount it with uid=1000,gid=1001, or"),
                  std::string::npos)
            << err;
        EXPECT_EQ(traced.count("fchownat("), 1);
    }
};

TEST_F(ChangesWithoutEffect, AreOneErrorAndEndTheWalk) {
    const auto traced = test::run_traced({"-e", ignored}, test::command({OWN_PROGRAM, "1000:1001", at("data")}));
    expect_one_error_in(traced);
    EXPECT_NE(traced.outcome.err.find("1 without effect; the rest was not tried: the changes have no effect"),
              std::string::npos)
        << traced.outcome.err;
}

TEST_F(ChangesWithoutEffect, AreSeenWhereTheTopAloneIsWrong) {
    directory("empty");
    expect_one_error_in(test::run_traced({"-e", ignored}, test::command({OWN_PROGRAM, "1000:1001", at("empty")})));
}

TEST_F(ChangesWithoutEffect, AreSeenWhereTheOperandIsAFile) {
    expect_one_error_in(test::run_traced({"-e", ignored}, test::command({OWN_PROGRAM, "1000:1001", at("data/1")})));
}

TEST_F(ChangesWithoutEffect, AreSeenWhereEntriesArePinned) {
    expect_one_error_in(
        test::run_traced({"-e", ignored}, test::command({OWN_PROGRAM, "1000:1001", "--hardlinks=refuse", at("data")})));
}

// The first cannot be looked at, the second can.
TEST_F(ChangesWithoutEffect, AreSeenAfterAnEntryOfWhichNothingCanBeTold) {
    const auto probe = test::run_traced({"-e", "trace=statx"}, test::command({OWN_PROGRAM, "1000:1001", at("data")}));
    const auto first = probe.trace.find("AT_STATX_FORCE_SYNC");
    ASSERT_NE(first, std::string::npos);
    const auto before = std::count(probe.trace.begin(), probe.trace.begin() + static_cast<std::ptrdiff_t>(first), '\n');
    ASSERT_TRUE(chown_trees(plan("data", root)));
    const auto traced =
        test::run_traced({"-e", ignored, "-e", "inject=statx:error=EIO:when=" + std::to_string(before + 1)},
                         test::command({OWN_PROGRAM, "1000:1001", at("data")}));
    EXPECT_EQ(traced.count("fchownat("), 2);
    EXPECT_NE(traced.outcome.err.find("1 without effect"), std::string::npos) << traced.outcome.err;
}

}  // namespace
}  // namespace stepdown
