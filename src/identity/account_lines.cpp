#include "stepdown/identity/account_lines.h"

namespace stepdown {
namespace {

bool is_entry(std::string_view line) {
    return !line.empty() && std::string_view("#+-:").find(line.front()) == std::string_view::npos &&
           line.find('\0') == std::string_view::npos;
}

}  // namespace

std::string_view pop_piece(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
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
