// SPDX-License-Identifier: Apache-2.0
// The lines of passwd(5) and group(5) as views of their text: what counts as an entry, and where its fields are.
#pragma once

#include "stepdown/base/text.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace stepdown {

inline constexpr std::size_t passwd_fields = 7;
inline constexpr std::size_t group_fields = 4;

// The fields of one entry; those that a short line lacks are empty.
template <std::size_t Count>
using AccountFields = std::array<std::string_view, Count>;

// The next line of text that is an entry, without its line end, taken off with all that stands before it; nothing at
// the end. Passed over are lines that are empty, that start with '#', '+', '-' or ':', and that hold a NUL byte.
[[nodiscard]] std::optional<std::string_view> pop_account_line(std::string_view& text);

// Returns true if the member list of a group(5) line, names between commas, holds user. Blanks at its end do not count:
// engines that give root the groups which list it take them away, too.
[[nodiscard]] bool lists(std::string_view members, std::string_view user);

// The first Count fields of line, which are separated by ':'. The last of them ends at the next ':' as well, so that
// further fields are ignored.
template <std::size_t Count>
AccountFields<Count> split_fields(std::string_view line) {
    AccountFields<Count> fields;
    for (auto& field : fields) field = pop_piece(line, ':');
    return fields;
}

// Calls visit with the fields of every entry until it returns true.
template <std::size_t Count, typename Visit>
void for_each_account(std::string_view text, Visit visit) {
    while (const auto line = pop_account_line(text)) {
        if (visit(split_fields<Count>(*line))) return;
    }
}

}  // namespace stepdown
