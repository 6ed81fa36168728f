#include "stepdown/identity/account_lines.h"

namespace stepdown {
namespace {

bool starts_an_entry(char c) { return c != '#' && c != '+' && c != '-' && c != ':'; }

bool is_entry(std::string_view line) {
    return !line.empty() && starts_an_entry(line.front()) && std::find(line.begin(), line.end(), '\0') == line.end();
}

}  // namespace

std::string_view pop_piece(std::string_view& text, char separator) {
    // No memchr(3): pieces are short, and there are hundreds of them.
    const auto* end = std::find(text.begin(), text.end(), separator);
    const std::string_view piece(text.begin(), end);
    text = std::string_view(end == text.end() ? end : end + 1, text.end());
    return piece;
}

std::optional<std::string_view> pop_account_line(std::string_view& text) {
    while (!text.empty()) {
        std::string_view line = pop_piece(text, '\n');
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (is_entry(line)) return line;
    }
    return std::nullopt;
}

}  // namespace stepdown
