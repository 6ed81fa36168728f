// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/typo_hint.h"

#include "stepdown/base/text.h"

#include <algorithm>
#include <array>

namespace stepdown {
namespace {

// U+2018, U+2019, U+201C and U+201D are what a word processor makes of ' and ".
constexpr std::array<std::string_view, 6> quotes{"\"", "'", "\u2018", "\u2019", "\u201c", "\u201d"};

struct TypoWords {
    const char* sentence;
    const char* remedy;  // "" where the value can be repaired
};

constexpr std::array<TypoWords, typo_count> words_of_typos{{
    {"The value holds another setting: after ENV NAME in a Dockerfile, the whole line is the value", ""},
    {"The value begins with =, which no short option takes", ""},
    {"The value begins with a blank", ""},
    {"The value ends with a blank", ""},
    {"The value ends with a carriage return, as a line from Windows does", ""},
    {"The value holds quotes, which compose's list form and docker run --env-file keep", ""},
    {"The value holds a comment, which nothing removes here", ""},
    {"The value ends with a comma or semicolon, which nothing removes here", ""},
    {"The value holds the brackets of a list, which nothing removes here", ""},
    {"Braces are not expanded", ""},
    {"Blanks separate paths, not a comma, colon or semicolon", ""},
    {"Commas or blanks separate entries, not colons or semicolons", ""},
    {"A colon separates the user from the group", ""},
    {"The user setting names the owner, and PATHS are nothing but paths", ""},
    {"A - belongs directly before its path", ""},
    {"The value has a third part", ""},
    {"A number is rounded, as Helm does with a large one that has no quotes", ""},
    {"~, $ and {{ }} are not expanded", "Write the text that they stand for"},
    {"Patterns such as * are not expanded", "Name each path, or the directory that holds them"},
    {"Braces are not expanded", "Write each path in full"},
    {"No shell reads the value", "Write nothing but paths, with blanks between them"},
    {"The path is one on Windows", "Write the path in the container, such as /data"},
}};

}  // namespace

std::string setting_name(const RawValue& given) { return given.label.substr(0, given.label.find('=')); }

std::string describe_typos(Typos typos, const std::string& name, std::string_view repaired) {
    constexpr std::size_t longest = 1000;  // a message is cut where it ends a log line
    std::string text;
    std::string_view remedy;
    for (std::size_t i = 0; i < typo_count; ++i) {
        if (!typos.has(static_cast<Typo>(i))) continue;
        text.append(words_of_typos[i].sentence).append(". ");
        if (*words_of_typos[i].remedy != '\0') remedy = words_of_typos[i].remedy;
    }
    if (text.empty() || !remedy.empty()) return text.append(remedy);
    if (repaired.empty()) return concat({text, "Leave ", name, " out"});
    if (repaired.size() > longest) return concat({text, "Correct the value of ", name});
    return concat({text, "Set ", name, " to ", escape(repaired)});
}

std::string without_quotes(std::string_view text) {
    std::string plain(text);
    for (const std::string_view quote : quotes) {
        for (auto at = plain.find(quote); at != std::string::npos; at = plain.find(quote, at)) {
            plain.erase(at, quote.size());
        }
    }
    return plain;
}

bool begins_with_setting(std::string_view text) {
    const std::string_view name = text.substr(0, text.find_first_of("= \t\n\v\f\r"));
    return !name.empty() && std::any_of(option_table.begin(), option_table.end(),
                                        [name](const auto& each) { return name == each.variable; });
}

bool is_quoted(std::string_view text) {
    return std::any_of(quotes.begin(), quotes.end(),
                       [text](std::string_view quote) { return text.starts_with(quote) || text.ends_with(quote); });
}

}  // namespace stepdown
