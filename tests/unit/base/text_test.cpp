// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/text.h"

#include <gtest/gtest.h>

#include <ios>

namespace stepdown {
namespace {

TEST(ParseId, TakesDecimalDigitsUpTo4294967294) {
    EXPECT_EQ(parse_id("0"), 0U);
    EXPECT_EQ(parse_id("007"), 7U);
    EXPECT_EQ(parse_id("4294967294"), 4294967294U);
}

TEST(ParseId, RefusesEverythingElse) {
    for (const char* text : {"", "-1", "+5", " 5", "5 ", "0x10", "1e3", "5a", "4294967295", "4294967296",
                             "18446744073709551616", "99999999999999999999999999"}) {
        EXPECT_EQ(parse_id(text), std::nullopt) << text;
    }
}

TEST(Escape, LeavesOrdinaryTextAlone) {
    EXPECT_EQ(escape("/data/a b"), "/data/a b");
    EXPECT_EQ(escape("/données/日本語/𝄞"), "/données/日本語/𝄞");
}

TEST(Escape, LetsNoControlByteThrough) {
    EXPECT_EQ(escape("a\nb\tc\rd\\"), "a\\nb\\tc\\rd\\\\");
    EXPECT_EQ(escape("\x1b[31m\x7f"), "\\x1b[31m\\x7f");
    EXPECT_EQ(escape("\xc2\x9b"), "\\xc2\\x9b");
    EXPECT_EQ(escape("\xe2\x80\xae"), "\\xe2\\x80\\xae");
}

std::string utf8(char32_t c) {
    const auto trail = [c](unsigned shift) { return static_cast<char>(0x80U | ((c >> shift) & 0x3FU)); };
    if (c < 0x80) return {static_cast<char>(c)};
    if (c < 0x800) return {static_cast<char>(0xC0U | (c >> 6U)), trail(0)};
    if (c < 0x10000) return {static_cast<char>(0xE0U | (c >> 12U)), trail(6), trail(0)};
    return {static_cast<char>(0xF0U | (c >> 18U)), trail(12), trail(6), trail(0)};
}

// Every range, and its neighbours, which pass.
TEST(Escape, LetsNoInvisibleOrTurningCharacterThrough) {
    struct Range {
        char32_t first;
        char32_t last;
    };
    for (const auto& [first, last] :
         {Range{0x7F, 0xA0},       Range{0xAD, 0xAD},       Range{0x034F, 0x034F},   Range{0x061C, 0x061C},
          Range{0x115F, 0x1160},   Range{0x1680, 0x1680},   Range{0x17B4, 0x17B5},   Range{0x180B, 0x180F},
          Range{0x2000, 0x200F},   Range{0x2028, 0x202F},   Range{0x205F, 0x206F},   Range{0x2800, 0x2800},
          Range{0x3000, 0x3000},   Range{0x3164, 0x3164},   Range{0xFE00, 0xFE0F},   Range{0xFEFF, 0xFEFF},
          Range{0xFFA0, 0xFFA0},   Range{0xFFF0, 0xFFFB},   Range{0x13430, 0x1343F}, Range{0x16FE4, 0x16FE4},
          Range{0x1BCA0, 0x1BCA3}, Range{0x1D159, 0x1D159}, Range{0x1D173, 0x1D17A}, Range{0xE0000, 0xE0FFF}}) {
        for (char32_t c = first; c <= last; ++c) {
            EXPECT_TRUE(escape("a" + utf8(c)).starts_with("a\\x")) << std::hex << unsigned{c};
        }
        for (const char32_t neighbour : {first - 1, last + 1}) {
            EXPECT_EQ(escape(utf8(neighbour)), utf8(neighbour)) << std::hex << unsigned{neighbour};
        }
    }
    EXPECT_EQ(escape("\xf3\xa0\x81\xbf"), "\\xf3\\xa0\\x81\\xbf") << "U+E007F";
}

TEST(Escape, ShowsInvalidUtf8AsBytes) {
    EXPECT_EQ(escape("\xff"), "\\xff");
    EXPECT_EQ(escape("\xc0\xaf"), "\\xc0\\xaf");
    EXPECT_EQ(escape("\xe2\x82"), "\\xe2\\x82");
    EXPECT_EQ(escape("\xed\xa0\x80"), "\\xed\\xa0\\x80");
    EXPECT_EQ(escape("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
}

TEST(Quote, MakesOneWordOfAPath) {
    EXPECT_EQ(quote("/data"), "/data");
    EXPECT_EQ(quote("/a b"), "\"/a b\"");
    EXPECT_EQ(quote(""), "\"\"");
    EXPECT_EQ(quote("\"app\""), R"("\"app\"")") << "quotes of the value are seen";
    EXPECT_EQ(quote("it's"), "\"it's\"");
}

TEST(WithThousands, GroupsByThree) {
    EXPECT_EQ(with_thousands(0), "0");
    EXPECT_EQ(with_thousands(999), "999");
    EXPECT_EQ(with_thousands(1000), "1,000");
    EXPECT_EQ(with_thousands(1234567), "1,234,567");
}

TEST(AsUtf8, EscapesOnlyWhatIsNotUtf8) {
    for (const char* text : {"", "a\nb", "a\\b", "\xc3\xa4", "\xf0\x9f\x98\x80", "\xe2\x80\xa8"}) {
        EXPECT_EQ(as_utf8(text), text);
    }
    EXPECT_EQ(as_utf8("a\xff\n"), "a\\xff\\n");
    EXPECT_EQ(as_utf8("\xc3"), "\\xc3");
    EXPECT_EQ(as_utf8("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half a surrogate pair";
}

TEST(Octal, HasFourDigits) {
    EXPECT_EQ(octal(0), "0000");
    EXPECT_EQ(octal(027), "0027");
    EXPECT_EQ(octal(02775), "2775");
}

TEST(Concat, LeavesNothingBetweenTheParts) {
    EXPECT_EQ(concat({"/data", ": ", std::to_string(0), ""}), "/data: 0");
    EXPECT_EQ(concat({}), "");
}

TEST(PopPiece, CutsAtTheSeparatorFromTheFront) {
    std::string_view text = "a::b";
    EXPECT_EQ(pop_piece(text, ':'), "a");
    EXPECT_EQ(text, ":b");
    EXPECT_EQ(pop_piece(text, ':'), "");
    EXPECT_EQ(pop_piece(text, ':'), "b");
    EXPECT_EQ(text, "");
    EXPECT_EQ(pop_piece(text, ':'), "") << "and again";
}

}  // namespace
}  // namespace stepdown
