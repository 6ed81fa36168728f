// SPDX-License-Identifier: Apache-2.0

#include "stepdown/identity/spec.h"

#include <gtest/gtest.h>

namespace stepdown {
namespace {

TEST(SpecPart, IsANumberWhenItHoldsDigitsAlone) {
    for (const char* text : {"0", "00", "1000", "4294967295", "99999999999999999999"}) {
        EXPECT_EQ(parse_part(text), SpecPart(SpecNumber{text})) << text;
    }
    for (const char* text : {"root", "0day", "-1", "+5", " 5", "5 ", "0x10", "1e3", "-", "a@b", "\xd9\xa5"}) {
        EXPECT_EQ(parse_part(text), SpecPart(SpecName{text})) << text;
    }
}

TEST(SpecPart, IsAnOwnerAfterAnAt) {
    EXPECT_EQ(parse_part("@/data"), SpecPart(OwnerOf{"/data"}));
    EXPECT_EQ(parse_part("@data"), SpecPart(OwnerOf{"data"}));
    EXPECT_EQ(parse_part("@"), SpecPart(OwnerOf{""}));
    EXPECT_EQ(parse_part("@@"), SpecPart(OwnerOf{"@"}));
    EXPECT_EQ(parse_part("@0"), SpecPart(OwnerOf{"0"}));
}

TEST(UserSpec, IsCutAtTheFirstColon) {
    struct Row {
        const char* text;
        UserSpec spec;
    };
    const Row table[] = {
        {"app", {SpecName{"app"}, {}}},
        {"app:", {SpecName{"app"}, {}}},
        {"app:audio", {SpecName{"app"}, SpecName{"audio"}}},
        {"1000", {SpecNumber{"1000"}, {}}},
        {"1000:", {SpecNumber{"1000"}, {}}},
        {"1000:1001", {SpecNumber{"1000"}, SpecNumber{"1001"}}},
        {"app:1001", {SpecName{"app"}, SpecNumber{"1001"}}},
        {"1000:audio", {SpecNumber{"1000"}, SpecName{"audio"}}},
        {":audio", {{}, SpecName{"audio"}}},
        {":0", {{}, SpecNumber{"0"}}},
        {":", {{}, {}}},
        {"", {{}, {}}},
        {"a:b:c", {SpecName{"a"}, SpecName{"b:c"}}},
        {"a::", {SpecName{"a"}, SpecName{":"}}},
        {"@/data", {OwnerOf{"/data"}, {}}},
        {"@/data:audio", {OwnerOf{"/data"}, SpecName{"audio"}}},
        {"app:@/data", {SpecName{"app"}, OwnerOf{"/data"}}},
        {"@/a:@/b", {OwnerOf{"/a"}, OwnerOf{"/b"}}},
        {"app:@/a:b", {SpecName{"app"}, OwnerOf{"/a:b"}}},
    };
    for (const auto& [text, spec] : table) EXPECT_EQ(parse_user_spec(text), spec) << text;
}

}  // namespace
}  // namespace stepdown
