// SPDX-License-Identifier: Apache-2.0

#include "stepdown/identity/account_lines.h"

#include <algorithm>

namespace stepdown {
namespace {

bool starts_an_entry(char c) { return c != '#' && c != '+' && c != '-' && c != ':'; }

bool is_entry(std::string_view line) {
    return !line.empty() && starts_an_entry(line.front()) && std::find(line.begin(), line.end(), '\0') == line.end();
}

}  // namespace

bool lists(std::string_view members, std::string_view user) {
    members = members.substr(0, members.find_last_not_of(" \t\v\f\r") + 1);
    while (!members.empty()) {
        if (pop_piece(members, ',') == user) return true;
    }
    return false;
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
