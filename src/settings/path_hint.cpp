// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/path_hint.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/shell_words.h"

#include <algorithm>
#include <array>

namespace stepdown {
namespace {

bool holds_one_of(std::string_view text, const char* characters) {
    return text.find_first_of(characters) != std::string_view::npos;
}

// Without the "-" that makes a path optional.
std::string_view path_in(std::string_view word) { return word.starts_with('-') ? word.substr(1) : word; }

bool is_absolute(std::string_view word) { return path_in(word).starts_with('/'); }

// Git Bash makes C:/Program Files/Git/data of /data.
bool is_windows_path(std::string_view word) {
    const char letter = word.empty() ? ' ' : static_cast<char>(word[0] | 0x20);  // in lower case
    return letter >= 'a' && letter <= 'z' && word.substr(1).starts_with(":/");
}

// A shell's words that are no paths. Others, such as ";", separate paths.
bool is_operator(std::string_view word) {
    constexpr std::array<std::string_view, 7> operators{"&&", "||", "|", "&", ">", ">>", "<"};
    return std::find(operators.begin(), operators.end(), word) != operators.end();
}

// No path that is meant holds ';'. A ',' separates where it ends a word or stands before a path, and a ':' before one.
bool separates(std::string_view word, std::size_t at) {
    const std::string_view rest = word.substr(at + 1);
    const bool before_path = is_absolute(rest) || rest.starts_with('~');
    if (word[at] == ':') return before_path && !is_windows_path(word);
    return word[at] == ';' || (word[at] == ',' && (rest.empty() || before_path));
}

// The typos of a word that its author alone can put right.
Typos typos_of_word(std::string_view word) {
    Typos typos;
    if (is_operator(word)) typos.add(Typo::shell_operator);
    if (is_windows_path(word)) typos.add(Typo::windows_path);
    if (path_in(word).starts_with('~') || holds_one_of(word, "$`") || word.find("{{") != std::string_view::npos) {
        typos.add(Typo::expansion);
    } else if (holds_one_of(word, "{") && holds_one_of(word, "}")) {
        typos.add(Typo::nested_braces);
    }
    if (holds_one_of(word, "*?") || (holds_one_of(word, "[") && holds_one_of(word, "]"))) typos.add(Typo::pattern);
    return typos;
}

// words as PATHS has to spell them. No backslash is added, because a message shows one as two.
std::string spelt(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += ' ';
        const std::string_view mark = word.find_first_of(" \t\n\v\f\r\"'\\") == std::string::npos ? ""
                                      : holds_one_of(word, "\"")                                  ? "'"
                                                                                                  : "\"";
        text.append(mark).append(word).append(mark);
    }
    return text;
}

}  // namespace

PathsHint::PathsHint(const RawValue& given) : name_(setting_name(given)) {
    auto words = split_words(given.value);
    const bool is_broken = !words && is_quoted(given.value);  // one quote of a pair
    if (is_broken) {
        typos_.add(Typo::quotes);
        words = split_words(without_quotes(given.value));
    }
    if (!words) return;
    meant_ = *std::move(words);
    surrounded_ = meant_.size() == 1 && is_quoted(given.value);
    quoted_ = holds_one_of(given.value, "\"'");
    cut_off();
    for (const auto split : {&PathsHint::split_quoted, &PathsHint::expand_braces, &PathsHint::split_at_separators}) {
        std::vector<std::string> words_read;
        for (const std::string& word : meant_) (this->*split)(word, words_read);
        meant_ = std::move(words_read);
    }
    remove_owners();
    if (typos_.empty()) return;
    for (const std::string& word : meant_) typos_.add(typos_of_word(word));
    repaired_ = spelt(meant_);
}

void PathsHint::cut_from(bool (*begins)(std::string_view), Typo typo) {
    const auto first = std::find_if(meant_.begin(), meant_.end(), begins);
    if (first == meant_.end()) return;
    typos_.add(typo);
    meant_.erase(first, meant_.end());
}

// The comment, other settings, the = of "-c=/a", and the brackets of "[/a, /b]", which is not the pattern "/[ab]".
void PathsHint::cut_off() {
    cut_from([](std::string_view word) { return word.starts_with('#'); }, Typo::comment);
    cut_from(begins_with_setting, Typo::another_setting);
    for (std::string& word : meant_) {
        if (!word.starts_with('=')) continue;
        typos_.add(Typo::begins_with_equals);
        word.erase(0, 1);
    }
    if (meant_.empty() || !meant_.front().starts_with('[') || !meant_.back().ends_with(']')) return;
    typos_.add(Typo::brackets);
    meant_.front().erase(0, 1);
    meant_.back().pop_back();
}

// "/a /b", and "a b" where the quotes surround the whole value; "/srv/my data" is one path on purpose.
void PathsHint::split_quoted(const std::string& word, std::vector<std::string>& words) {
    const bool is_bare = !is_quoted(word);
    if (is_bare && !(quoted_ && holds_one_of(word, " "))) return words.push_back(word);
    const auto pieces = split_words(without_quotes(word));
    if (!pieces) return words.push_back(word);
    const auto absolute = std::count_if(pieces->begin(), pieces->end(), is_absolute);
    const bool are_alike = absolute == std::ssize(*pieces) || (surrounded_ && absolute == 0);
    if (is_bare && !(are_alike && pieces->size() > 1)) return words.push_back(word);
    typos_.add(Typo::quotes);
    words.insert(words.end(), pieces->begin(), pieces->end());
}

// "a{b,c}d" becomes "abd" and "acd". Nested braces, or more than one pair, stay.
void PathsHint::expand_braces(const std::string& word, std::vector<std::string>& words) {
    constexpr std::ptrdiff_t most_words = 100;  // each has all that is outside the braces
    std::string_view rest = word;
    const std::string_view before = pop_piece(rest, '{');
    std::string_view inside = pop_piece(rest, '}');
    const auto commas = std::count(inside.begin(), inside.end(), ',');
    const bool is_closed = before.size() + inside.size() + rest.size() + 2 == word.size();
    const bool is_single = is_closed && inside.find('{') == std::string_view::npos && !holds_one_of(rest, "{");
    if (!is_single || commas == 0 || commas >= most_words) return words.push_back(word);
    typos_.add(Typo::braces);
    while (!inside.empty()) words.push_back(concat({before, pop_piece(inside, ','), rest}));
}

void PathsHint::split_at_separators(const std::string& word, std::vector<std::string>& words) {
    std::size_t start = 0;
    for (std::size_t at = 0; at <= word.size(); ++at) {
        if (at < word.size() && !separates(word, at)) continue;
        if (at < word.size()) typos_.add(Typo::path_separator);
        if (at > start) words.push_back(word.substr(start, at - start));
        start = at + 1;
    }
}

// The owner of "app:app /data" and "/data:app", as chown(1) has it, the option of "/data:ro", and a "-" alone.
void PathsHint::remove_owners() {
    const bool several = meant_.size() > 1;
    for (std::string& word : meant_) {
        const auto colon = word.find(':', word.rfind('/') + 1);
        if (word == "-") {
            typos_.add(Typo::lone_dash);
            word.clear();
        } else if (colon != std::string::npos && (is_absolute(word) || (several && !holds_one_of(word, "/")))) {
            typos_.add(Typo::owner_of_path);
            word.erase(is_absolute(word) ? colon : 0);
        }
    }
    std::erase(meant_, std::string());
}

std::string PathsHint::for_word(const std::string& word) const {
    const bool is_meant = typos_.empty() || std::find(meant_.begin(), meant_.end(), word) != meant_.end();
    return describe_typos(is_meant ? typos_of_word(word) : typos_, name_, repaired_);
}

std::string PathsHint::for_value() const { return describe_typos(typos_, name_, repaired_); }

void add_path_hints(const RawValue& given, const std::vector<std::string>& words, std::vector<Operand>& operands) {
    const PathsHint hint(given);
    for (std::size_t i = 0; i < words.size(); ++i) operands[i].hint = hint.for_word(words[i]);
}

}  // namespace stepdown
