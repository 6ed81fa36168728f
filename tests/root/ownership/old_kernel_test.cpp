// SPDX-License-Identifier: Apache-2.0
// Mounts in a tree where statx(2) does not give their ids: before Linux 5.8, or where a seccomp profile denies it.
#include "support/files/mount_tree.h"
#include "support/process/skip.h"
#include "support/process/strace.h"

namespace stepdown {
namespace {

using test::app;
using test::root;

struct Kernel {
    const char* name;
    std::vector<std::string> injections;
    bool tells_mount_roots = true;  // by STATX_ATTR_MOUNT_ROOT
};

std::ostream& operator<<(std::ostream& out, const Kernel& kernel) { return out << kernel.name; }

// The mask of what was found, without STATX_MNT_ID.
const std::string without_mount_ids = "inject=statx:poke_exit=@arg5=ff0f0000001000000000000000000000";

const Kernel kernels[] = {
    {"Linux56", {"-e", without_mount_ids}},
    {"Linux54", {"-e", without_mount_ids, "-e", "inject=openat2:error=ENOSYS"}},
    {"Linux44", {"-e", "inject=statx:error=ENOSYS", "-e", "inject=openat2:error=ENOSYS"}, false},
    {"StatxDenied", {"-e", "inject=statx:error=EPERM"}, false},
};

class OldKernels : public test::MountTree, public ::testing::WithParamInterface<Kernel> {
  protected:
    void SetUp() override {
        MountTree::SetUp();
        if (IsSkipped()) return;
        STEPDOWN_SKIP_IF(test::no_strace());
        for (const char* name : {"data/config", "data/writable", "data/a/file", "host/config", "host/writable"})
            file(name);
        for (const char* name : {"data/mounted", "data/also"}) directory(name);
        for (const char* name : {"host/mounted/file", "host/also/file"}) file(name);
    }
    // All on one file system, so that st_dev says nothing.
    void mount_all(unsigned long flags) const {
        bind("host/config", "data/config", flags);
        bind("host/mounted", "data/mounted", flags);
        bind("host/writable", "data/writable");
        bind("host/also", "data/also");
    }
    [[nodiscard]] test::Outcome own(const std::vector<std::string>& options) const {
        std::vector<std::string> words = {OWN_PROGRAM, "1000:1001"};
        words.insert(words.end(), options.begin(), options.end());
        words.push_back(at("data"));
        return test::run_traced(GetParam().injections, test::command(words)).outcome;
    }
    static int lines_with(const std::string& text, const std::string& all) {
        int count = 0;
        for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++count;
        return count;
    }
    // Without /proc nothing says whether the tree holds the source of a protected mount, so it is refused as a whole.
    void expect_refusal(const test::Outcome& ended) const {
        EXPECT_EQ(ended.exit_code, 125);
        EXPECT_NE(ended.err.find("nobody can tell whether it holds the source"), std::string::npos) << ended.err;
        for (const char* name : {"host/writable", "host/mounted/file", "host/also/file", "data/a/file", "data"}) {
            EXPECT_EQ(owner(name), root) << name;
        }
    }
    static void hide_proc() { ASSERT_EQ(::mount("tmpfs", "/proc", "tmpfs", 0, nullptr), 0); }
};

TEST_P(OldKernels, LeaveReadOnlyMountsAloneAndEnterTheOthers) {
    in_mount_namespace([this] {
        mount_all(MS_RDONLY);
        const auto ended = own({"--info"});
        EXPECT_EQ(ended.exit_code, 0) << ended.err;
        EXPECT_EQ(lines_with(" alone: it is mounted read-only", ended.err), 2) << ended.err;
        EXPECT_EQ(owner("host/config"), root);
        EXPECT_EQ(owner("host/mounted"), root);
        EXPECT_EQ(owner("host/mounted/file"), root);
        for (const char* name : {"host/writable", "host/also/file", "host/also", "data/a/file", "data"}) {
            EXPECT_EQ(owner(name), app) << name;
        }
    });
}

TEST_P(OldKernels, LeaveAllMountsAloneOnOneFileSystem) {
    in_mount_namespace([this] {
        mount_all(0);
        const auto ended = own({"--one-file-system"});
        EXPECT_EQ(ended.exit_code, 0) << ended.err;
        for (const char* name :
             {"host/config", "host/writable", "host/mounted", "host/mounted/file", "host/also/file"}) {
            EXPECT_EQ(owner(name), root) << name;
        }
        EXPECT_EQ(owner("data/a/file"), app);
        EXPECT_EQ(owner("data"), app);
    });
}

// The sanitizers read their options from /proc, and without them they do not run under strace.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

TEST_P(OldKernels, LeaveReadOnlyMountsAloneWithoutProcAsWell) {
    in_mount_namespace([this] {
        mount_all(MS_RDONLY);
        hide_proc();
        const auto ended = own({"--hardlinks=allow"});
        if (!GetParam().tells_mount_roots) return expect_refusal(ended);
        EXPECT_EQ(ended.exit_code, 0) << ended.err;
        EXPECT_EQ(owner("host/config"), root);
        EXPECT_EQ(owner("host/mounted/file"), root);
        EXPECT_EQ(owner("host/also/file"), app);
        EXPECT_EQ(owner("data"), app);
    });
}

// It could be the host's.
TEST_P(OldKernels, ChangeNothingOnOneFileSystemWhereTheMountCannotBeTold) {
    in_mount_namespace([this] {
        mount_all(0);
        hide_proc();
        const auto ended = own({"--one-file-system", "--hardlinks=allow"});
        if (!GetParam().tells_mount_roots) return expect_refusal(ended);
        EXPECT_EQ(ended.exit_code, 125);
        EXPECT_NE(ended.err.find("cannot tell which mount holds " + at("data/config")), std::string::npos) << ended.err;
        for (const char* name : {"host/config", "host/writable", "host/mounted/file", "host/also/file"}) {
            EXPECT_EQ(owner(name), root) << name;
        }
    });
}

// The first is read-only, and counts as neither the same as the second nor a part of it.
TEST_P(OldKernels, WalkTwoMountsOfOneDirectoryThatAreOperands) {
    in_mount_namespace([this] {
        bind("host/mounted", "data/mounted", MS_RDONLY);
        bind("host/mounted", "data/also");
        hide_proc();
        const auto ended = test::run_traced(GetParam().injections,
                                            test::command({OWN_PROGRAM, "1000:1001", "--warn", "--hardlinks=allow",
                                                           at("data/mounted"), at("data/also")}))
                               .outcome;
        if (!GetParam().tells_mount_roots) return expect_refusal(ended);
        EXPECT_EQ(ended.exit_code, 0) << ended.err;
        EXPECT_EQ(owner("host/mounted/file"), app);
    });
}

#endif

INSTANTIATE_TEST_SUITE_P(Each, OldKernels, ::testing::ValuesIn(kernels),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace stepdown
