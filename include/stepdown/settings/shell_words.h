// SPDX-License-Identifier: Apache-2.0
// How one value becomes several.
#pragma once

#include "stepdown/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// The characters that separate words: those of isspace(3) in the C locale.
inline constexpr std::string_view white_space = " \t\n\v\f\r";

// Splits text at white_space, with the quoting of POSIX shell words (XCU 2.2: '...', "..." and \) and no expansion of
// any kind. Errors: a quote that is not closed, a backslash at the end; the message is a reason, not a sentence.
[[nodiscard]] Result<std::vector<std::string>> split_words(std::string_view text);

// Returns true if text has none of the characters and words by which a typo in PATHS is recognised
// (settings/path_hint.h). A start whose paths are plain makes no hint.
[[nodiscard]] bool is_plain(std::string_view text);

// Splits text at commas and white space; empty entries are dropped ("docker,${EXTRA}" with EXTRA unset).
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

}  // namespace stepdown
