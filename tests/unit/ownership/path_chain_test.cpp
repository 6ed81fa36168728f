// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/path_chain.h"

#include <gtest/gtest.h>

namespace stepdown {
namespace {

TEST(PathChain, RebuildsThePathFromTheNames) {
    const PathChain top("/data");
    const PathChain sub(top, "sub");
    EXPECT_EQ(top.path(), "/data");
    EXPECT_EQ(sub.path(), "/data/sub");
    EXPECT_EQ(sub.path("file"), "/data/sub/file");
    EXPECT_EQ(sub.names_below_top().value(), std::vector<std::string>{"sub"});
    EXPECT_TRUE(top.names_below_top()->empty());
}

TEST(PathChain, OutlivesItsChildrensParents) {
    PathChain at("/data");
    for (int level = 0; level < 3; ++level) at = PathChain(at, "d");
    EXPECT_EQ(at.path(), "/data/d/d/d");
}

TEST(PathChain, LetsGoOfAMillionLevelsWithoutAStackOverflow) {
    PathChain at("/data");
    for (int level = 0; level < 1'000'000; ++level) at = PathChain(at, "d");
    at = PathChain();
}

// The name at a depth: all differ.
std::string name_at(unsigned depth) { return "d" + std::to_string(depth); }

PathChain chain_of(unsigned depth) {
    PathChain at("/data");
    for (unsigned level = 1; level <= depth; ++level) at = PathChain(at, name_at(level));
    return at;
}

TEST(PathChain, LeadsToEachOfItsAncestors) {
    const PathChain at = chain_of(5);
    EXPECT_EQ(at.depth(), 5U);
    EXPECT_EQ(at.ancestor(0).path(), "/data/d1/d2/d3/d4/d5");
    EXPECT_EQ(at.ancestor(3).path(), "/data/d1/d2");
    EXPECT_EQ(at.ancestor(5).path(), "/data");
}

TEST(PathChain, ShowsTheEndsOfAPathThatIsTooLongForAMessage) {
    const std::string path = chain_of(1000).path("file");
    EXPECT_TRUE(path.starts_with("/data/d1/d2/d3/")) << path;
    EXPECT_NE(path.find("/…/"), std::string::npos) << path;
    EXPECT_TRUE(path.ends_with("/d999/d1000/file")) << path;
    EXPECT_LT(path.size(), 1000U);
}

TEST(PathChain, ForgetsTheNamesInItsMiddle) {
    constexpr unsigned kept = PathChain::kept_names;
    const PathChain first = chain_of(kept + 10);
    PathChain last = first;
    for (unsigned level = 1; level <= 3; ++level) last = PathChain(last, "last" + std::to_string(level));
    first.forget_middle();
    EXPECT_EQ(last.depth(), kept + 13);
    EXPECT_EQ(last.names_below_top(), std::nullopt);
    EXPECT_TRUE(last.path().ends_with("/last1/last2/last3")) << last.path();
    EXPECT_EQ(last.ancestor(3).path(), first.path());
    EXPECT_EQ(last.ancestor(13).names_below_top()->size(), kept);
    // A directory whose name was forgotten still has a depth, and names below it.
    const PathChain unknown = last.ancestor(8);
    EXPECT_EQ(unknown.depth(), kept + 5);
    EXPECT_TRUE(unknown.path().ends_with("/…")) << unknown.path();
    EXPECT_TRUE(PathChain(unknown, "below").path().ends_with("/…/below"));
}

TEST(PathChain, ForgetsNothingNearTheTop) {
    const PathChain at = chain_of(PathChain::kept_names);
    at.forget_middle();
    EXPECT_EQ(at.names_below_top()->size(), PathChain::kept_names);
}

TEST(EntryPath, IsMadeOfADirectoryAndAName) {
    const PathChain top("/data");
    EXPECT_EQ(EntryPath(top, "file").text(), "/data/file");
    EXPECT_EQ(EntryPath(top, "").text(), "/data");
    EXPECT_EQ(EntryPath("/data/file").text(), "/data/file");
}

}  // namespace
}  // namespace stepdown
