#include "stepdown/settings/path_hint.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/words.h"

#include <algorithm>
#include <array>

namespace stepdown {
namespace {

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

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
    const bool before_path = rest.starts_with('/') || rest.starts_with('~');
    if (word[at] == ':') return before_path && !is_windows_path(word);
    return word[at] == ';' || (word[at] == ',' && (rest.empty() || before_path));
}

// The slip of a word that its author alone can put right.
Slips slips_of_word(std::string_view word) {
    Slips slips;
    if (is_operator(word)) slips.add(Slip::shell_operator);
    if (is_windows_path(word)) slips.add(Slip::windows_path);
    if (path_in(word).starts_with('~') || holds(word, "$") || holds(word, "`") || holds(word, "{{")) {
        slips.add(Slip::expansion);
    } else if (holds(word, "{") && holds(word, "}")) {
        slips.add(Slip::nested_braces);
    }
    if (holds(word, "*") || holds(word, "?") || (holds(word, "[") && holds(word, "]"))) slips.add(Slip::pattern);
    return slips;
}

// words as PATHS has to spell them. No backslash is added, because a message shows one as two.
std::string spelt(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += ' ';
        const std::string_view mark = word.find_first_of(" \t\n\v\f\r\"'\\") == std::string::npos ? ""
                                      : holds(word, "\"")                                         ? "'"
                                                                                                  : "\"";
        text.append(mark).append(word).append(mark);
    }
    return text;
}

}  // namespace

PathsHint::PathsHint(const Given& given) : name_(setting_name(given)), value_(given.value) {
    auto words = split_words(value_);
    surrounded_ = is_quoted(value_) && (!words || words->size() == 1);
    if (!words && surrounded_) {
        slips_.add(Slip::quotes);
        words = split_words(without_quotes(value_));
    }
    if (words) read(*std::move(words));
    if (slips_.empty()) return;
    for (const std::string& word : meant_) slips_.add(slips_of_word(word));
    repaired_ = spelt(meant_);
}

void PathsHint::read(std::vector<std::string> words) {
    const auto comment =
        std::find_if(words.begin(), words.end(), [](const std::string& word) { return word.starts_with('#'); });
    if (comment != words.end()) slips_.add(Slip::comment);
    words.erase(comment, words.end());
    // "[/a, /b]", and not the pattern "/[ab]".
    if (!words.empty() && words.front().starts_with('[') && words.back().ends_with(']')) {
        slips_.add(Slip::brackets);
        words.front().erase(0, 1);
        words.back().pop_back();
    }
    const bool several = words.size() > 1;
    std::erase_if(words, [&](const std::string& word) {
        // "app:app /data", as chown(1) has it.
        const bool is_owner = several && holds(word, ":") && !holds(word, "/");
        if (is_owner) slips_.add(Slip::owner_of_path);
        if (word == "-") slips_.add(Slip::lone_dash);
        return is_owner || word == "-";
    });
    read_next(std::move(words));
    while (!pending_.empty()) {
        const std::string word = std::move(pending_.back());
        pending_.pop_back();
        if (!word.empty() && !split_quoted(word) && !expand_braces(word) && !split_at_separators(word)) take(word);
    }
}

void PathsHint::read_next(std::vector<std::string> words) {
    pending_.insert(pending_.end(), words.rbegin(), words.rend());
}

void PathsHint::take(std::string_view word) {
    // "/data:app" and "/data:ro", as chown(1) and volumes have them.
    const auto colon = word.find(':', word.rfind('/') + 1);
    if (is_absolute(word) && colon != std::string_view::npos) {
        slips_.add(Slip::owner_of_path);
        word = word.substr(0, colon);
    }
    meant_.emplace_back(word);
}

// "/a /b", and "a b" where the quotes surround the whole value; "/srv/my data" is one path on purpose.
bool PathsHint::split_quoted(std::string_view word) {
    const bool is_bare = !is_quoted(word);
    if (is_bare && (!holds(word, " ") || value_.find_first_of("\"'") == std::string_view::npos)) return false;
    auto pieces = split_words(without_quotes(word));
    if (!pieces) return false;
    const auto absolute = std::count_if(pieces->begin(), pieces->end(), is_absolute);
    const bool are_alike = absolute == std::ssize(*pieces) || (surrounded_ && absolute == 0);
    if (is_bare && !(are_alike && pieces->size() > 1)) return false;
    slips_.add(Slip::quotes);
    surrounded_ = false;
    read_next(*std::move(pieces));
    return true;
}

// "a{b,c}d" becomes "abd" and "acd". Nested braces, or more than one pair, stay.
bool PathsHint::expand_braces(std::string_view word) {
    const auto open = word.find('{');
    const auto close = word.find('}');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return false;
    std::string_view inside = word.substr(open + 1, close - open - 1);
    const std::string_view rest = word.substr(close + 1);
    constexpr std::ptrdiff_t most_words = 100;  // each has all that is outside the braces
    const auto commas = std::count(inside.begin(), inside.end(), ',');
    if (commas == 0 || commas >= most_words || holds(inside, "{") || holds(rest, "{")) return false;
    slips_.add(Slip::braces);
    std::vector<std::string> expanded;
    while (!inside.empty()) expanded.push_back(concat({word.substr(0, open), pop_piece(inside, ','), rest}));
    read_next(std::move(expanded));
    return true;
}

bool PathsHint::split_at_separators(std::string_view word) {
    std::vector<std::string> pieces(1);
    for (std::size_t at = 0; at < word.size(); ++at) {
        if (separates(word, at)) {
            pieces.emplace_back();
        } else {
            pieces.back() += word[at];
        }
    }
    if (pieces.size() == 1) return false;
    slips_.add(Slip::path_separator);
    read_next(std::move(pieces));
    return true;
}

std::string PathsHint::for_word(const std::string& word) const {
    const bool is_meant = slips_.empty() || std::find(meant_.begin(), meant_.end(), word) != meant_.end();
    return describe_slips(is_meant ? slips_of_word(word) : slips_, name_, repaired_);
}

std::string PathsHint::for_value() const { return describe_slips(slips_, name_, repaired_); }

}  // namespace stepdown
