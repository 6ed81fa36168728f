#include "stepdown/ownership/place.h"

#include <gtest/gtest.h>

namespace stepdown {
namespace {

TEST(Place, RebuildsThePathFromTheNames) {
    const PlaceRef top("/data");
    const PlaceRef sub(top, "sub");
    EXPECT_EQ(top.path(), "/data");
    EXPECT_EQ(sub.path(), "/data/sub");
    EXPECT_EQ(sub.path("file"), "/data/sub/file");
    EXPECT_EQ(sub.names_below_top(), std::vector<std::string>{"sub"});
    EXPECT_TRUE(top.names_below_top().empty());
}

TEST(Place, OutlivesItsChildrensParents) {
    PlaceRef at("/data");
    for (int level = 0; level < 3; ++level) at = PlaceRef(at, "d");
    EXPECT_EQ(at.path(), "/data/d/d/d");
}

TEST(Place, LetsGoOfAMillionLevelsWithoutAStackOverflow) {
    PlaceRef at("/data");
    for (int level = 0; level < 1'000'000; ++level) at = PlaceRef(at, "d");
    at = PlaceRef();
}

}  // namespace
}  // namespace stepdown
