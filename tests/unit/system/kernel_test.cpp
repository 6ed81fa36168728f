// SPDX-License-Identifier: Apache-2.0
// The calls of the real kernel, in children that need not take them back.
#include "stepdown/system/kernel.h"

#include "support/kernel/strings.h"
#include "support/process/forked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/prctl.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

namespace stepdown::test {
namespace {

using testing::ElementsAre;

TEST(CapabilitySet, HoldsWhatIsAdded) {
    CapabilitySet set;
    EXPECT_TRUE(set.empty());
    set.add(cap_setuid);
    set.add(40);
    EXPECT_TRUE(set.has(cap_setuid) && set.has(40));
    EXPECT_FALSE(set.has(cap_setgid) || set.has(8) || set.has(39));
    EXPECT_EQ(set.bits(), (std::uint64_t{1} << 40U) | (1U << 7U));
    EXPECT_FALSE(set.empty());
}

TEST(CapabilitySet, LiesWithinAnother) {
    const CapabilitySet none;
    const CapabilitySet one(1);
    const CapabilitySet both(3);
    EXPECT_TRUE(none.within(none) && none.within(one) && one.within(both) && both.within(both));
    EXPECT_FALSE(both.within(one) || one.within(none) || one.within(CapabilitySet(2)));
}

// The body runs as uid 0 with the real kernel.
void as_root(const std::function<void(LinuxKernel&)>& body) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to change ids";
    in_child([&body] {
        LinuxKernel kernel;
        body(kernel);
        return 0;
    });
}

TEST(LinuxKernel, ChangesAllThreeIdsOfAKind) {
    as_root([](LinuxKernel& kernel) {
        EXPECT_TRUE(kernel.set_gids(1501));
        EXPECT_TRUE(kernel.gids().all(1501));
        EXPECT_TRUE(kernel.set_uids(1500));
        EXPECT_TRUE(kernel.uids().all(1500));
        const auto back = kernel.set_uids(0);
        ASSERT_FALSE(back);
        EXPECT_EQ(back.error().number, EPERM);
        EXPECT_EQ(back.error().message, "cannot change the uid to 0: Operation not permitted");
        EXPECT_EQ(kernel.set_gids(0).error().message, "cannot change the gid to 0: Operation not permitted");
    });
}

TEST(LinuxKernel, TellsIdsApart) {
    as_root([](LinuxKernel& kernel) {
        ASSERT_EQ(::setresgid(1, 2, 3), 0);
        ASSERT_EQ(::setresuid(4, 0, 6), 0);
        EXPECT_EQ(kernel.gids(), (IdSet{1, 2, 3}));
        EXPECT_EQ(kernel.uids(), (IdSet{4, 0, 6}));
        for (const id_t id : {0U, 4U, 6U}) EXPECT_FALSE(kernel.uids().all(id));
    });
}

TEST(LinuxKernel, GivesTheGroupsInAscendingOrder) {
    as_root([](LinuxKernel& kernel) {
        EXPECT_TRUE(kernel.set_groups(std::vector<gid_t>{999, 29, 44}));
        EXPECT_THAT(*kernel.groups(), ElementsAre(29, 44, 999));
        EXPECT_TRUE(kernel.set_groups({}));
        EXPECT_THAT(*kernel.groups(), ElementsAre());
        EXPECT_TRUE(kernel.set_uids(1500));
        EXPECT_EQ(kernel.set_groups({}).error().number, EPERM);
    });
}

TEST(LinuxKernel, SetsCapabilitiesExactly) {
    as_root([](LinuxKernel& kernel) {
        CapabilitySet two;
        two.add(cap_setuid);
        two.add(cap_chown);
        CapabilitySet one;
        one.add(cap_chown);
        if (!two.within(kernel.capabilities()->permitted)) return;
        for (const CapabilitySets& sets : {CapabilitySets{two, one, two, one}, CapabilitySets{two, {}, one, {}},
                                           CapabilitySets{one, one, {}, {}}, CapabilitySets{}}) {
            EXPECT_TRUE(kernel.set_capabilities(sets));
            EXPECT_EQ(*kernel.capabilities(), sets);
        }
        const auto again = kernel.set_capabilities({one, {}, {}, {}});
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().number, EPERM);
    });
}

TEST(LinuxKernel, KeepsAParentDeathSignal) {
    in_child([] {
        LinuxKernel kernel;
        EXPECT_TRUE(kernel.set_parent_death_signal(SIGTERM));
        EXPECT_EQ(kernel.parent_death_signal(), SIGTERM);
        EXPECT_TRUE(kernel.set_parent_death_signal(0));
        EXPECT_EQ(kernel.parent_death_signal(), 0);
        EXPECT_FALSE(kernel.set_parent_death_signal(4711));
        return 0;
    });
}

TEST(LinuxKernel, GivesTheErrnoOfWhatCannotBeExecuted) {
    LinuxKernel kernel;
    const Strings words({"x"});
    EXPECT_EQ(kernel.execute("/no/such/file", words.data(), words.data()), ENOENT);
    EXPECT_EQ(kernel.execute("/", words.data(), words.data()), EACCES);
}

TEST(LinuxKernel, KnowsTheIdsOfItsStart) {
    LinuxKernel kernel;
    const StartIds ids = kernel.start_ids();
    EXPECT_EQ(ids.real_uid, ::getuid());
    EXPECT_EQ(ids.effective_uid, ::geteuid());
    EXPECT_EQ(ids.real_gid, ::getgid());
    EXPECT_EQ(ids.effective_gid, ::getegid());
}

TEST(LinuxKernel, KeepsCapabilitiesForOneChangeOnly) {
    as_root([](LinuxKernel& kernel) {
        const CapabilitySet permitted = kernel.capabilities()->permitted;
        EXPECT_TRUE(kernel.set_uids_keeping_capabilities(1500));
        EXPECT_TRUE(kernel.uids().all(1500));
        EXPECT_EQ(kernel.capabilities()->permitted, permitted);
        EXPECT_TRUE(kernel.capabilities()->effective.empty());
        EXPECT_EQ(::prctl(PR_GET_KEEPCAPS), 0);
    });
}

}  // namespace
}  // namespace stepdown::test
