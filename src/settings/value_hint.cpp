// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/value_hint.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/path_hint.h"

#include <algorithm>
#include <array>
#include <optional>

namespace stepdown {
namespace {

constexpr std::string_view white_space = " \t\n\v\f\r";
constexpr std::string_view digits = "0123456789";

// U+2018, U+2019, U+201C and U+201D are what a word processor makes of ' and ".
constexpr std::array<std::string_view, 6> quotes{"\"", "'", "\u2018", "\u2019", "\u201c", "\u201d"};

enum class Shape { single, user, list, paths };

Shape shape_of(std::string_view name) {
    const auto* found = std::find_if(option_table.begin(), option_table.end(), [name](const auto& each) {
        return name == each.variable || name == each.long_flag();
    });
    if (found == option_table.end()) return Shape::single;
    const std::string_view argument(found->argument);
    if (argument == "PATHS") return Shape::paths;
    if (argument == "SPEC") return Shape::user;
    return argument == "LIST" || argument == "CAPS" ? Shape::list : Shape::single;
}

std::string_view trimmed(std::string_view text) {
    const auto start = text.find_first_not_of(white_space);
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(white_space) + 1 - start);
}

// 1000640000 for "1.00064e+09"; nothing for what is no whole number in that form.
std::optional<std::string> written_out(std::string_view text) {
    const std::string_view mantissa = pop_piece(text, 'e');
    std::string_view fraction = mantissa;
    const std::string_view whole = pop_piece(fraction, '.');
    std::string number = concat({whole, fraction});
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto power = parse_id(text);
    constexpr std::size_t most_digits = 10;  // of an id
    if (whole.empty() || !is_number(number) || !power || *power < fraction.size() || *power > most_digits) {
        return std::nullopt;
    }
    return number.append(*power - fraction.size(), '0');
}

// Takes the slips out of one value, from the outside in.
class Repair {
  public:
    Repair(std::string_view value, Shape shape) : value_(value), shape_(shape) {}

    void run() {
        remove_blanks();
        cut_comment();
        remove_last_separator();
        if (value_.starts_with('[') && value_.ends_with(']')) {
            typos_.add(Typo::brackets);
            value_ = trimmed(value_.substr(1, value_.size() - 2));
        }
        repaired_ = value_;
        if (is_quoted(value_)) {
            typos_.add(Typo::quotes);
            repaired_ = without_quotes(value_);
        }
        correct_separators();
    }

    [[nodiscard]] const std::string& repaired() const { return repaired_; }
    [[nodiscard]] Typos typos() const { return typos_; }

  private:
    void remove_blanks() {
        const std::string_view old = value_;
        value_ = trimmed(old);
        if (shape_ == Shape::list || value_.empty()) return;  // blanks separate a list's entries
        if (value_.data() != old.data()) typos_.add(Typo::begins_with_blank);
        if (old.ends_with('\r') || old.ends_with("\r\n")) return typos_.add(Typo::carriage_return);
        if (value_.end() != old.end()) typos_.add(Typo::ends_with_blank);
    }

    void cut_comment() {
        for (auto at = value_.find('#'); at != std::string_view::npos; at = value_.find('#', at + 1)) {
            if (at > 0 && white_space.find(value_[at - 1]) == std::string_view::npos) continue;
            typos_.add(Typo::comment);
            value_ = trimmed(value_.substr(0, at));
            return;
        }
    }

    // A list may end so.
    void remove_last_separator() {
        if (shape_ == Shape::list || value_.empty() || (value_.back() != ',' && value_.back() != ';')) return;
        typos_.add(Typo::last_separator);
        value_ = trimmed(value_.substr(0, value_.size() - 1));
    }

    // "1000.1000" and "docker;staff".
    void correct_separators() {
        const auto at = repaired_.find_first_not_of(digits);
        if (shape_ == Shape::list && repaired_.find(';') != std::string::npos) {
            typos_.add(Typo::list_separator);
            std::replace(repaired_.begin(), repaired_.end(), ';', ',');
        }
        if (shape_ != Shape::user || at == std::string::npos || at == 0) return;
        if (std::string_view(" .,;/").find(repaired_[at]) == std::string_view::npos) return;
        if (!is_number(std::string_view(repaired_).substr(at + 1))) return;
        typos_.add(Typo::user_separator);
        repaired_[at] = ':';
    }

    std::string_view value_;
    Shape shape_;
    std::string repaired_;
    Typos typos_;
};

// value with each rounded number in it written out.
std::string with_whole_numbers(std::string_view value) {
    std::string text;
    while (true) {
        const std::string_view part = value.substr(0, value.find_first_of(":, "));
        const auto number = written_out(part);
        text += number ? *number : part;
        value.remove_prefix(part.size());
        if (value.empty()) return text;
        text += value.front();
        value.remove_prefix(1);
    }
}

// The third part of "1000:1000:999"; "" for none.
std::string third_part(std::string_view value) {
    const std::string_view user = pop_piece(value, ':');
    const std::string_view group = pop_piece(value, ':');
    const bool is_last = value.find(':') == std::string_view::npos;
    return std::string(user.empty() || group.empty() || !is_last ? "" : value);
}

bool is_expansion(std::string_view value) {
    return value.starts_with('~') || value.find_first_of("$`") != std::string_view::npos ||
           value.find("{{") != std::string_view::npos;
}

struct TypoWords {
    const char* sentence;
    const char* remedy;  // "" where the value can be repaired
};

constexpr std::array<TypoWords, typo_count> words_of_typos{{
    {"The value begins with a blank", ""},
    {"The value ends with a blank", ""},
    {"The value ends with a carriage return, as a line from Windows does", ""},
    {"The value holds quotes, which compose's list form and docker run --env-file keep", ""},
    {"The value holds a comment, which nothing removes here", ""},
    {"The value ends with a comma or semicolon, which nothing removes here", ""},
    {"The value holds the brackets of a list, which nothing removes here", ""},
    {"Braces are not expanded", ""},
    {"Blanks separate paths, not a comma, colon or semicolon", ""},
    {"Commas or blanks separate entries, not semicolons", ""},
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

bool is_quoted(std::string_view text) {
    return std::any_of(quotes.begin(), quotes.end(),
                       [text](std::string_view quote) { return text.starts_with(quote) || text.ends_with(quote); });
}

std::string value_hint(const RawValue& given) {
    const std::string name = setting_name(given);
    const Shape shape = shape_of(name);
    if (shape == Shape::paths) return PathsHint(given).for_value();
    Repair repair(given.value, shape);
    repair.run();
    Typos typos = repair.typos();
    std::string value = with_whole_numbers(repair.repaired());
    if (value != repair.repaired()) typos.add(Typo::rounded_number);
    if (is_expansion(value)) typos.add(Typo::expansion);
    const std::string third = shape == Shape::user ? third_part(value) : "";
    if (!third.empty()) {
        typos.add(Typo::third_part);
        const std::string_view groups = name.starts_with('-') ? "--groups" : "GOSU_GROUPS";
        value = concat({value.substr(0, value.size() - third.size() - 1), ", and ", groups, " to ", third});
    }
    if (shape == Shape::user && value.empty()) value = "1000:1000 or another user";
    return describe_typos(typos, name, value);
}

Failure refuse_value(const RawValue& given, std::string_view reason) {
    const std::string hint = value_hint(given);
    return fail(MessageId::setting_invalid,
                concat({"cannot use ", given.label, ": ", reason, hint.empty() ? "" : ". ", hint}));
}

}  // namespace stepdown
