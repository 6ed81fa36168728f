// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace stepdown {
namespace {

struct CodePoint {
    char32_t value = 0;
    std::size_t length = 1;  // bytes
};

// The UTF-8 sequence at the start of text, or nothing if it is not one (Unicode 15, table 3-7).
std::optional<CodePoint> decode(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return CodePoint{lead, 1};
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return std::nullopt;
    char32_t value = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0U) != 0x80U) return std::nullopt;
        value = (value << 6U) | (byte & 0x3FU);
    }
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < smallest[length] || value > 0x10FFFF || surrogate) return std::nullopt;
    return CodePoint{value, length};
}

struct Range {
    char32_t first;
    char32_t last;
};

// Ascending. Format characters are invisible, so that two names which differ look the same, or change the direction of
// the text around them (Unicode 15: general categories Cf and Zs but for the blank, property
// Default_Ignorable_Code_Point, and signs that show nothing).
constexpr auto disturbing = std::to_array<Range>({
    {0x00, 0x1F},        // C0 controls
    {'\\', '\\'},        // the mark of an escape
    {0x7F, 0x9F},        // DEL and C1 controls
    {0x00A0, 0x00A0},    // no-break space
    {0x00AD, 0x00AD},    // soft hyphen
    {0x034F, 0x034F},    // combining grapheme joiner
    {0x061C, 0x061C},    // Arabic letter mark
    {0x115F, 0x1160},    // Hangul fillers
    {0x1680, 0x1680},    // Ogham space
    {0x17B4, 0x17B5},    // Khmer inherent vowels
    {0x180B, 0x180F},    // Mongolian variation selectors and vowel separator
    {0x2000, 0x200F},    // spaces, zero-width characters and direction marks
    {0x2028, 0x202F},    // line and paragraph separators, direction controls, narrow space
    {0x205F, 0x206F},    // mathematical space, word joiner, invisible operators, direction isolates
    {0x2800, 0x2800},    // blank Braille pattern
    {0x3000, 0x3000},    // ideographic space
    {0x3164, 0x3164},    // Hangul filler
    {0xFE00, 0xFE0F},    // variation selectors
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFA0, 0xFFA0},    // halfwidth Hangul filler
    {0xFFF0, 0xFFFB},    // ignorable by default, interlinear annotation
    {0x13430, 0x1343F},  // Egyptian format controls
    {0x16FE4, 0x16FE4},  // Khitan filler
    {0x1BCA0, 0x1BCA3},  // shorthand format controls
    {0x1D159, 0x1D159},  // null note head
    {0x1D173, 0x1D17A},  // musical format controls
    {0xE0000, 0xE0FFF},  // tags and variation selectors
});

bool disturbs(char32_t c) {
    return std::any_of(disturbing.begin(), disturbing.end(),
                       [c](const Range& range) { return c >= range.first && c <= range.last; });
}

void append_byte_escape(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
        case '\n': out += "\\n"; return;
        case '\t': out += "\\t"; return;
        case '\r': out += "\\r"; return;
        case '\\': out += "\\\\"; return;
        default: out.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 0xFU]);
    }
}

}  // namespace

std::string escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto point = decode(text);
        const std::size_t length = point ? point->length : 1;
        if (point && !disturbs(point->value)) {
            out.append(text.substr(0, length));
        } else {
            for (const char c : text.substr(0, length)) append_byte_escape(out, c);
        }
        text.remove_prefix(length);
    }
    return out;
}

std::string as_utf8(std::string_view text) {
    for (std::string_view rest = text; !rest.empty();) {
        const auto point = decode(rest);
        if (!point) return escape(text);
        rest.remove_prefix(point->length);
    }
    return std::string(text);
}

std::string quote(std::string_view text) {
    constexpr std::size_t longest = 1000;
    std::string escaped = escape(text.substr(0, longest));
    if (text.size() > longest) escaped += "...";
    if (!escaped.empty() && escaped.find_first_of(" \"'") == std::string::npos) return escaped;
    // A shell reads it the same way, so that a reader can distinguish quotes in a value from ours.
    for (std::size_t at = 0; (at = escaped.find('"', at)) != std::string::npos; at += 2) escaped.insert(at, 1, '\\');
    return '"' + escaped + '"';
}

bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint32_t> parse_id(std::string_view text) {
    if (!is_number(text)) return std::nullopt;
    std::uint32_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || id == std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return id;
}

std::string octal(unsigned mode) {
    std::string digits = "0000";
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, mode >>= 3U) {
        *digit = static_cast<char>('0' + (mode & 7U));
    }
    return digits;
}

std::string to_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lower;
}

std::string to_upper(std::string_view text) {
    std::string upper(text);
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return upper;
}

std::string as_sentence(std::string clause) {
    if (!clause.empty() && clause[0] >= 'a' && clause[0] <= 'z') clause[0] = static_cast<char>(clause[0] - 'a' + 'A');
    return clause;
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
    std::string joined;
    for (const std::string& part : parts) {
        if (&part != parts.data()) joined += separator;
        joined += part;
    }
    return joined;
}

std::string concat(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) text += part;
    return text;
}

std::string_view pop_piece(std::string_view& text, char separator) {
    // No memchr(3): pieces are short, and every start reads hundreds of them.
    const auto* end = std::find(text.begin(), text.end(), separator);
    const std::string_view piece(text.begin(), end);
    text = std::string_view(end == text.end() ? end : end + 1, text.end());
    return piece;
}

std::string with_thousands(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
    return digits;
}

}  // namespace stepdown
