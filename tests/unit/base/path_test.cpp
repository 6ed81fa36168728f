// SPDX-License-Identifier: Apache-2.0
// Paths as text.
#include "stepdown/base/path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Basename, IsTheLastComponent) {
    EXPECT_EQ(basename("gosu"), "gosu");
    EXPECT_EQ(basename("/usr/bin/gosu"), "gosu");
    EXPECT_EQ(basename("/usr/bin/"), "");
}

TEST(ParentOf, IsTheDirectoryOfAnAbsolutePath) {
    EXPECT_EQ(parent_of("/usr/bin/gosu"), "/usr/bin");
    EXPECT_EQ(parent_of("/usr"), "/");
    EXPECT_EQ(parent_of("/"), "/");
}

TEST(ComponentsOf, AreTheNamesBetweenSlashes) {
    EXPECT_THAT(components_of("/usr//bin/"), ElementsAre("usr", "bin"));
    EXPECT_THAT(components_of("a/../b/."), ElementsAre("a", "..", "b", "."));
    EXPECT_THAT(components_of("/"), IsEmpty());
    EXPECT_THAT(components_of(""), IsEmpty());
}

TEST(IsAtOrBelow, ComparesWholeNames) {
    EXPECT_TRUE(is_at_or_below("/data", "/data"));
    EXPECT_TRUE(is_at_or_below("/data/a", "/data"));
    EXPECT_FALSE(is_at_or_below("/database", "/data"));
    EXPECT_FALSE(is_at_or_below("/", "/data"));
    EXPECT_TRUE(is_at_or_below("/data", "/"));
    EXPECT_TRUE(is_at_or_below("/", "/"));
}

}  // namespace
}  // namespace stepdown
