// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/shell_words.h"

#include <algorithm>
#include <optional>

namespace stepdown {
namespace {

bool is_white_space(char c) { return white_space.find(c) != std::string_view::npos; }

// Reads one word from the front of a text.
class WordReader {
  public:
    explicit WordReader(std::string_view text) : rest_(text) {}

    // The next word, or nothing at the end of the text.
    Result<std::optional<std::string>> next() {
        skip_blanks();
        if (rest_.empty()) return std::optional<std::string>();
        std::string word;
        while (!rest_.empty() && !is_white_space(rest_.front())) TRY(read_piece(word));
        return std::optional(std::move(word));
    }

  private:
    // A continued line between words is no word of its own.
    void skip_blanks() {
        constexpr std::string_view continuation = "\\\n";
        while (true) {
            rest_.remove_prefix(std::min(rest_.find_first_not_of(white_space), rest_.size()));
            if (!rest_.starts_with(continuation)) return;
            rest_.remove_prefix(continuation.size());
        }
    }

    Result<void> read_piece(std::string& word) {
        const char c = pop();
        if (c == '\'') return read_single_quoted(word);
        if (c == '"') return read_double_quoted(word);
        if (c == '\\') return read_escaped(word);
        word += c;
        return {};
    }

    Result<void> read_single_quoted(std::string& word) {
        const auto end = rest_.find('\'');
        if (end == std::string_view::npos) return fail(MessageId::setting_invalid, "a ' is not closed");
        word.append(rest_.substr(0, end));
        rest_.remove_prefix(end + 1);
        return {};
    }

    Result<void> read_double_quoted(std::string& word) {
        constexpr std::string_view escapable = "\"\\$`\n";
        while (!rest_.empty()) {
            const char c = pop();
            if (c == '"') return {};
            const bool escapes = c == '\\' && !rest_.empty() && escapable.find(rest_.front()) != std::string_view::npos;
            if (escapes) {
                TRY(read_escaped(word));
            } else {
                word += c;
            }
        }
        return fail(MessageId::setting_invalid, "a \" is not closed");
    }

    Result<void> read_escaped(std::string& word) {
        if (rest_.empty()) return fail(MessageId::setting_invalid, "it ends with a backslash");
        const char c = pop();
        if (c != '\n') word += c;  // a backslash and a line end continue the line
        return {};
    }

    char pop() {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }

    std::string_view rest_;
};

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view text) {
    std::vector<std::string> words;
    WordReader reader(text);
    while (auto word = TRY(reader.next())) words.push_back(*std::move(word));
    return words;
}

bool is_plain(std::string_view text) {
    static constexpr std::string_view marks = "\"'#[]{};,:~$`*?&|<>=";
    const auto is_mark = [](char c) {
        return static_cast<signed char>(c) < 0 || marks.find(c) != std::string_view::npos;
    };
    return std::none_of(text.begin(), text.end(), is_mark) && text.find("GOSU_") == std::string_view::npos;
}

std::vector<std::string> split_list(std::string_view text) {
    constexpr std::string_view separators = ", \t\n\v\f\r";
    std::vector<std::string> entries;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
        if (text.empty()) return entries;
        const auto end = std::min(text.find_first_of(separators), text.size());
        entries.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

}  // namespace stepdown
