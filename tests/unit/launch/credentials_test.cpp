// SPDX-License-Identifier: Apache-2.0
// Becoming the user, for good: credentials(7).
#include "stepdown/launch/credentials.h"

#include "stepdown/base/file.h"
#include "stepdown/base/unique_fd.h"

#include "support/kernel/fake_kernel.h"
#include "support/process/forked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <csignal>
#include <numeric>

namespace stepdown::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Credentials to_app{0, 1500, 1501, std::vector<gid_t>{29, 44}};

std::string failure_of(FakeKernel& kernel, const Credentials& target) {
    const auto outcome = drop_privileges(kernel, target);
    EXPECT_FALSE(outcome);
    return outcome ? "" : outcome.error().message;
}

TEST(DropPrivileges, SetsGroupsThenGidsThenUids) {
    FakeKernel kernel(root_process());
    const auto outcome = drop_privileges(kernel, to_app);
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_THAT(kernel.calls, ElementsAre("set_groups 29 44", "set_gids 1501", "set_uids 1500", "set_uids 0"));
    FakeProcess app = process_of(1500, 1501);
    app.groups = {29, 44};
    app.bounding = root_process().bounding;
    EXPECT_EQ(kernel.process, app);
}

TEST(DropPrivileges, SetsNoGroupsAtAll) {
    FakeKernel kernel(root_process());
    kernel.process.groups = {0, 6};
    ASSERT_TRUE(drop_privileges(kernel, {0, 1500, 1501, std::vector<gid_t>{}}));
    EXPECT_EQ(kernel.calls.front(), "set_groups");
    EXPECT_TRUE(kernel.process.groups.empty());
}

TEST(DropPrivileges, LeavesGroupsAloneThatAreRight) {
    FakeKernel kernel(root_process());
    kernel.process.groups = {44};
    ASSERT_TRUE(drop_privileges(kernel, {0, 1500, 1501, std::nullopt}));
    EXPECT_THAT(kernel.calls, ElementsAre("set_gids 1501", "set_uids 1500", "set_uids 0"));
    EXPECT_THAT(kernel.process.groups, ElementsAre(44));
}

TEST(DropPrivileges, StopsAtTheFirstRefusal) {
    const std::pair<const char*, std::vector<std::string>> table[] = {
        {"set_groups", {"set_groups 29 44"}},
        {"set_gids", {"set_groups 29 44", "set_gids 1501"}},
        {"set_uids", {"set_groups 29 44", "set_gids 1501", "set_uids 1500"}},
    };
    for (const auto& [name, calls] : table) {
        FakeKernel kernel(root_process());
        kernel.refused[name] = EPERM;
        const auto outcome = drop_privileges(kernel, to_app);
        ASSERT_FALSE(outcome) << name;
        EXPECT_EQ(outcome.error().number, EPERM) << name;
        EXPECT_EQ(outcome.error().code, ExitCode::failure) << name;
        EXPECT_EQ(kernel.calls, calls) << name;
    }
}

TEST(DropPrivileges, DiesWhenTheKernelReportsOtherIds) {
    const std::pair<const char*, const char*> table[] = {
        {"set_groups", "groups"}, {"set_gids", "gids"}, {"set_uids", "uids"}};
    for (const auto& [name, what] : table) {
        FakeKernel kernel(root_process());
        kernel.process.groups = {6};
        kernel.lost.insert(name);
        EXPECT_THAT(failure_of(kernel, to_app), HasSubstr(std::string("reports other ") + what)) << name;
    }
}

TEST(DropPrivileges, DiesWhenOneOfTheThreeIdsIsLeft) {
    for (id_t IdSet::*left : {&IdSet::real, &IdSet::effective, &IdSet::saved}) {
        FakeKernel uids(process_of(1500, 1501));
        uids.lost = {"set_groups", "set_gids", "set_uids"};
        uids.process.groups = {29, 44};
        uids.process.uids.*left = 0;
        EXPECT_THAT(failure_of(uids, to_app), HasSubstr("other uids"));
        FakeKernel gids(process_of(1500, 1501));
        gids.lost = uids.lost;
        gids.process.groups = {29, 44};
        gids.process.gids.*left = 0;
        EXPECT_THAT(failure_of(gids, to_app), HasSubstr("other gids"));
    }
}

TEST(DropPrivileges, DiesWhenRootCouldBeRegained) {
    FakeKernel kernel(root_process());
    kernel.keeps_root = true;
    EXPECT_THAT(failure_of(kernel, to_app), HasSubstr("could become root again"));
    EXPECT_EQ(kernel.calls.back(), "set_uids 0");
}

TEST(DropPrivileges, DoesNotTryToRegainRootAsRoot) {
    FakeKernel kernel(root_process());
    ASSERT_TRUE(drop_privileges(kernel, {0, 0, 1000, std::nullopt}));
    EXPECT_THAT(kernel.calls, ElementsAre("set_gids 1000", "set_uids 0"));
}

CapabilitySets all_of(CapabilitySet set) { return {set, set, set, set}; }

// 1000 to 2000 with CAP_SETUID would keep everything (capabilities(7)); so would securebits.
TEST(DropPrivileges, EmptiesEveryCapabilitySet) {
    CapabilitySet held;
    for (const int capability : {cap_chown, cap_setgid, cap_setuid}) held.add(capability);
    FakeKernel from_1000(process_of(1000, 1000));
    from_1000.process.capabilities = all_of(held);
    ASSERT_TRUE(drop_privileges(from_1000, {1000, 2000, 2000, std::vector<gid_t>{}}));
    EXPECT_EQ(from_1000.process.capabilities, CapabilitySets{});
    EXPECT_THAT(from_1000.calls, Contains("set_capabilities none"));
    FakeKernel no_fixup(root_process());
    no_fixup.process.capabilities = all_of(held);
    no_fixup.keeps_capabilities = true;
    ASSERT_TRUE(drop_privileges(no_fixup, to_app));
    EXPECT_EQ(no_fixup.process.capabilities, CapabilitySets{});
    FakeKernel inheritable(root_process());
    inheritable.process.capabilities.inheritable = held;
    ASSERT_TRUE(drop_privileges(inheritable, to_app));
    EXPECT_EQ(inheritable.process.capabilities, CapabilitySets{});
}

TEST(DropPrivileges, KeepsPermittedAndEffectiveForRoot) {
    CapabilitySet held;
    for (const int capability : {cap_chown, cap_setgid, cap_setuid}) held.add(capability);
    FakeKernel kernel(process_of(1000, 1000));
    kernel.process.capabilities = all_of(held);
    ASSERT_TRUE(drop_privileges(kernel, {1000, 0, 0, std::nullopt}));
    EXPECT_EQ(kernel.process.capabilities, (CapabilitySets{held, held, {}, {}}));
}

TEST(DropPrivileges, LeavesCapabilitiesAloneWhileTheUidStays) {
    FakeKernel kernel(root_process());
    kernel.process.capabilities = all_of(kernel.process.capabilities.effective);
    const CapabilitySets before = kernel.process.capabilities;
    ASSERT_TRUE(drop_privileges(kernel, {0, 0, 1000, std::vector<gid_t>{29}}));
    EXPECT_EQ(kernel.process.capabilities, before);
}

TEST(DropPrivileges, DiesWhenCapabilitiesAreLeft) {
    FakeKernel lost(root_process());
    lost.keeps_capabilities = true;
    lost.lost.insert("set_capabilities");
    EXPECT_THAT(failure_of(lost, to_app), HasSubstr("reports other capabilities"));
    FakeKernel refused(root_process());
    refused.keeps_capabilities = true;
    refused.refused["set_capabilities"] = EPERM;
    EXPECT_THAT(failure_of(refused, to_app), HasSubstr("Operation not permitted"));
}

// prctl(2): the change of credentials clears it.
TEST(DropPrivileges, RenewsTheParentDeathSignalLast) {
    FakeKernel kernel(root_process());
    kernel.process.parent_death_signal = SIGTERM;
    ASSERT_TRUE(drop_privileges(kernel, to_app));
    EXPECT_EQ(kernel.process.parent_death_signal, SIGTERM);
    EXPECT_EQ(kernel.calls.back(), "set_parent_death_signal 15");
    FakeKernel refused(root_process());
    refused.process.parent_death_signal = SIGTERM;
    refused.refused["set_parent_death_signal"] = EINVAL;
    EXPECT_FALSE(drop_privileges(refused, to_app));
}

TEST(DropPrivileges, AsksForNoParentDeathSignalWhereThereWasNone) {
    FakeKernel kernel(root_process());
    ASSERT_TRUE(drop_privileges(kernel, to_app));
    EXPECT_THAT(kernel.calls, Not(Contains(StartsWith("set_parent_death_signal"))));
}

TEST(DropPrivileges, ExplainsAnIdThatIsNotMapped) {
    const std::pair<const char*, const char*> table[] = {
        {"set_gids",
         "cannot change the gid to 1501: it is not mapped in this user namespace. /proc/self/gid_map lists the ids "
         "that are"},
        {"set_uids",
         "cannot change the uid to 1500: it is not mapped in this user namespace. /proc/self/uid_map lists the ids "
         "that are"}};
    for (const auto& [name, message] : table) {
        FakeKernel kernel(root_process());
        kernel.refused[name] = EINVAL;
        const auto outcome = drop_privileges(kernel, to_app);
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().message, message);
        EXPECT_EQ(outcome.error().number, EINVAL);
    }
}

TEST(DropPrivileges, NamesWhoForbidsACall) {
    for (const char* name : {"set_groups", "set_gids", "set_uids"}) {
        FakeKernel kernel(root_process());
        kernel.refused[name] = EPERM;
        EXPECT_THAT(failure_of(kernel, to_app),
                    HasSubstr("Operation not permitted. A seccomp profile or a security module forbids it"))
            << name;
    }
}

// Kernels before 3.1, and those that cannot count the user's processes (setresuid(2)).
TEST(DropPrivileges, NamesTheUsedUpLimitOfProcesses) {
    FakeKernel kernel(root_process());
    kernel.refused["set_uids"] = EAGAIN;
    EXPECT_THAT(
        failure_of(kernel, to_app),
        HasSubstr("uid 1500 has as many processes as its limit allows (ulimit -u), in all containers together"));
}

TEST(DropPrivileges, ExplainsTooManyGroups) {
    FakeKernel kernel(root_process());
    kernel.refused["set_groups"] = EINVAL;
    std::vector<gid_t> groups(65536);
    std::iota(groups.begin(), groups.end(), 1);
    EXPECT_THAT(failure_of(kernel, {0, 1500, 1501, groups}), HasSubstr("is not mapped in this user namespace"));
    groups.push_back(65537);
    EXPECT_EQ(failure_of(kernel, {0, 1500, 1501, groups}),
              "cannot set the supplementary groups: 65,537 are more than the 65,536 that the kernel allows "
              "(setgroups(2))");
}

TEST(DropPrivileges, ExplainsADeniedSetgroups) {
    FakeKernel allowed(root_process());
    allowed.refused["set_groups"] = EPERM;
    EXPECT_THAT(failure_of(allowed, to_app), StartsWith("cannot set_groups: Operation not permitted. A seccomp"));
    const int code = in_child([] {
        if (::unshare(CLONE_NEWUSER) != 0) return cannot_run;
        const UniqueFd setting(::open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC));
        EXPECT_TRUE(write_all(setting.get(), "deny"));
        FakeKernel kernel(root_process());
        kernel.refused["set_groups"] = EPERM;
        EXPECT_THAT(failure_of(kernel, to_app), HasSubstr("this user namespace denies setgroups"));
        return 0;
    });
    if (code == cannot_run) GTEST_SKIP() << "needs the right to make a user namespace";
}

}  // namespace
}  // namespace stepdown::test
