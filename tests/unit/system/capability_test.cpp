// SPDX-License-Identifier: Apache-2.0
// Capabilities as values, and their names.
#include "stepdown/system/capability.h"

#include "support/kernel/capabilities.h"
#include "support/process/forked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CapabilitySet set_of(std::initializer_list<int> capabilities) {
    CapabilitySet set;
    for (const int capability : capabilities) set.add(capability);
    return set;
}

TEST(CapabilitySet, IsASet) {
    const CapabilitySet some = set_of({0, 10, 40});
    EXPECT_THAT(some.numbers(), ElementsAre(0, 10, 40));
    EXPECT_EQ(some & set_of({10, 11}), set_of({10}));
    EXPECT_EQ(some.without(set_of({10, 11})), set_of({0, 40}));
    EXPECT_TRUE(set_of({10}).within(some));
    EXPECT_FALSE(some.within(set_of({10})));
    EXPECT_THAT(CapabilitySet().numbers(), IsEmpty());
}

TEST(CapabilityNames, AreThoseOfComposeFiles) {
    EXPECT_THAT(capability_names(set_of({0, 10, 40})), ElementsAre("CHOWN", "NET_BIND_SERVICE", "CHECKPOINT_RESTORE"));
    for (const int capability : known_capabilities().numbers()) {
        EXPECT_EQ(capability_named(capability_names(set_of({capability})).at(0)), capability);
    }
}

TEST(CapabilityNames, AreTakenWholeOnly) {
    for (const char* name : {"", "cap_", "5", "cap_5", "chown ", " chown", "chown,kill", "chown=ep", "chow"}) {
        EXPECT_EQ(capability_named(name), std::nullopt) << name;
    }
    EXPECT_EQ(capability_named("Cap_Chown"), CAP_CHOWN);
}

TEST(BoundingSet, IsNarrowedWhereThatIsAllowed) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to narrow the bounding set";
    in_child([] {
        const CapabilitySet three = set_of({CAP_CHOWN, CAP_SETPCAP, CAP_KILL});
        EXPECT_TRUE(narrow_bounding_set(three));
        EXPECT_EQ(read_bounding_set(), three);
        EXPECT_TRUE(write_capabilities({}));
        EXPECT_TRUE(narrow_bounding_set(three)) << "nothing is to be dropped";
        const auto refused = narrow_bounding_set({});
        EXPECT_FALSE(refused);
        EXPECT_EQ(refused.error().number, EPERM);
        return 0;
    });
}

}  // namespace
}  // namespace stepdown::test
