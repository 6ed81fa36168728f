// SPDX-License-Identifier: Apache-2.0
// Small text helpers: escaping for messages, strict numbers, joining.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// text with everything that could disturb a terminal or a log line replaced: control bytes (C0, DEL and C1), the
// backslash, invalid UTF-8, and Unicode's line separators, direction controls and invisible format characters become
// \n, \t, \\ or \xHH. The variation selectors, the soft hyphen and prepended marks pass: names may need them.
[[nodiscard]] std::string escape(std::string_view text);

// text itself where it is UTF-8, as JSON must be; else escaped.
[[nodiscard]] std::string as_utf8(std::string_view text);

// "/a path": escaped, between double quotes when it holds a blank or is empty, so that it reads as one word. Past
// 1,000 bytes it is cut, so that a message still has room for what it says about it.
[[nodiscard]] std::string quote(std::string_view text);

// A uid or gid: decimal digits only, 0 to 4294967294 (4294967295 is "no change" to chown(2) and setresuid(2)).
[[nodiscard]] std::optional<std::uint32_t> parse_id(std::string_view text);

// Returns true if text is one or more decimal digits and nothing else. It is a number then, in range or not, and never
// a name.
[[nodiscard]] bool is_number(std::string_view text);

// A file mode as four octal digits: "0027". mode holds the permissions of chmod(2), 0 to 07777.
[[nodiscard]] std::string octal(unsigned mode);

// The letters of ASCII in the other case, everything else as it is.
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);

// The clause with a capital letter, as the beginning of a sentence.
[[nodiscard]] std::string as_sentence(std::string clause);

// The parts in their order, with separator between each two of them.
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);

// The parts one after the other: smaller than a chain of + wherever there are many.
[[nodiscard]] std::string concat(std::initializer_list<std::string_view> parts);

// Takes the first piece off text, up to separator, which is taken off as well, and returns the piece. The last piece
// ends at the end of text, which is empty then. An empty text gives an empty piece.
std::string_view pop_piece(std::string_view& text, char separator);

// 1234567 as "1,234,567".
[[nodiscard]] std::string with_thousands(std::uint64_t number);

}  // namespace stepdown
