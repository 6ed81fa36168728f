// SPDX-License-Identifier: Apache-2.0
// Words of a shell, and lists. The input is a text to split; cut at NUL bytes it is words to quote, too.
#include "stepdown/settings/shell_words.h"

#include "stepdown/base/text.h"

#include "fuzz/oracle.h"

#include <wordexp.h>

#include <algorithm>

namespace {

using namespace stepdown;
using namespace stepdown::fuzz;

std::string in_single_quotes(const std::string& word) { return "'" + join(cut(word, "'"), "'\\''") + "'"; }

// Here and below a continued line stands after every byte: it is nothing.
constexpr std::string_view continuation = "\\\n";

std::string in_double_quotes(const std::string& word) {
    std::string quoted = "\"";
    for (const char c : word) {
        if (std::string_view("\"\\$`").find(c) != std::string_view::npos) quoted += '\\';
        quoted.append(1, c).append(continuation);
    }
    return quoted + "\"";
}

// A line end cannot be escaped so, and an empty word would be none.
std::string with_backslashes(const std::string& word) {
    if (word.empty() || word.find('\n') != std::string::npos) return in_single_quotes(word);
    std::string quoted;
    for (const char c : word) quoted.append("\\").append(1, c).append(continuation);
    return quoted;
}

void expect_same(const Result<std::vector<std::string>>& words, const std::vector<std::string>& meant,
                 std::string_view what, std::string_view text) {
    expect(words.has_value(), what, {text, words ? "" : words.error().message});
    expect(*words == meant, what, {text, join(*words, "|"), join(meant, "|")});
}

void check_round_trip(const std::vector<std::string>& words) {
    std::string single;
    std::string in_double;
    std::string escaped;
    for (const std::string& word : words) {
        single.append("\t ").append(in_single_quotes(word));
        in_double.append(in_double_quotes(word)).append(" \n");
        escaped.append(with_backslashes(word)).append("\r\\\n\v");
    }
    expect_same(split_words(single), words, "words in single quotes are the same words again", single);
    expect_same(split_words(in_double), words, "words in double quotes are the same words again", in_double);
    expect_same(split_words(escaped), words, "words after backslashes are the same words again", escaped);
}

// wordexp(3) is the C library's shell: it judges what holds nothing that a shell expands, and no other blanks. It takes
// ''a for two words, as no shell does.
void check_against_shell(const std::string& text) {
    if (text.find_first_of("$`*?[~|&;<>(){}\n\v\f\r") != std::string::npos) return;
    for (const auto* more : {"''", "\"\""}) {
        if (text.find(more) != std::string::npos) return;
    }
    if (text.find('\0') != std::string::npos) return;
    wordexp_t shell{};
    const int status = ::wordexp(text.c_str(), &shell, WRDE_NOCMD);
    std::vector<std::string> words;
    for (std::size_t i = 0; status == 0 && i < shell.we_wordc; ++i) words.emplace_back(shell.we_wordv[i]);
    if (status == 0) ::wordfree(&shell);
    const auto split = split_words(text);
    expect(split.has_value() == (status == 0), "what a shell takes is taken", {text});
    if (split) expect_same(split, words, "a shell splits the text so", text);
}

void check_list(const std::string& text) {
    constexpr std::string_view separators = ", \t\n\v\f\r";
    const auto is_separator = [&](char c) { return separators.find(c) != std::string_view::npos; };
    const auto entries = split_list(text);
    for (const std::string& entry : entries) {
        expect(!entry.empty() && std::none_of(entry.begin(), entry.end(), is_separator), "an entry is whole", {entry});
    }
    std::string without = text;
    without.erase(std::remove_if(without.begin(), without.end(), is_separator), without.end());
    expect(join(entries, "") == without, "no byte of an entry is lost", {text});
    expect(split_list(join(entries, ",")) == entries, "a joined list is the same list", {text});
}

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto words = split_words(text);
    if (words) check_round_trip(*words);
    expect(words || is_clean(words.error().message), "a refusal has a reason", {text});
    check_round_trip(cut(text, std::string_view("\0", 1)));
    check_against_shell(text);
    check_list(text);
    return 0;
}
