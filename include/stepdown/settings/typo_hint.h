// SPDX-License-Identifier: Apache-2.0
// Typos in values: quotes, blanks, comments and brackets that a shell, YAML or a template should have taken away.
//
// No shell need stand between stepdown and whoever writes a value. compose's list form and `docker run --env-file` keep
// quotes (docker-run(1)), a file from Windows ends its lines with a carriage return, and Helm writes a large number
// that is not quoted as 1.00064e+09. A legal value may look like a typo. A hint therefore decides nothing: it ends the
// message of a refusal, or of a path that does not exist. The kinds of typo stand here, with a sentence for each.
#pragma once

#include "stepdown/settings/command_line.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace stepdown {

// In the order in which a hint names them.
enum class Typo {
    another_setting,
    begins_with_equals,
    begins_with_blank,
    ends_with_blank,
    carriage_return,
    quotes,
    comment,
    last_separator,
    brackets,
    braces,
    path_separator,
    list_separator,
    user_separator,
    owner_of_path,
    lone_dash,
    third_part,
    rounded_number,
    // The author alone can put these right.
    expansion,
    pattern,
    nested_braces,
    shell_operator,
    windows_path,
};
inline constexpr std::size_t typo_count = static_cast<std::size_t>(Typo::windows_path) + 1;

class Typos {
  public:
    void add(Typo typo) { bits_ |= 1U << static_cast<unsigned>(typo); }
    void add(Typos more) { bits_ |= more.bits_; }
    [[nodiscard]] bool has(Typo typo) const { return (bits_ >> static_cast<unsigned>(typo) & 1U) != 0; }
    [[nodiscard]] bool empty() const { return bits_ == 0; }

  private:
    std::uint32_t bits_ = 0;
};

// The name of the setting as the user wrote it: "GOSU_USER" or "--user".
[[nodiscard]] std::string setting_name(const RawValue& given);

// A sentence for each typo and the remedy, without the last full stop: "Set <name> to <repaired>" ("Leave <name> out"
// where repaired is empty), or the remedy of the last typo that its author alone can put right. "" where typos is
// empty.
[[nodiscard]] std::string describe_typos(Typos typos, const std::string& name, std::string_view repaired);

// text without every quote: ', " and the ones that word processors make of them.
[[nodiscard]] std::string without_quotes(std::string_view text);

// Returns true if text begins or ends with a quote, as a value does that was quoted as a whole.
[[nodiscard]] bool is_quoted(std::string_view text);

// Returns true if the first word of text is a setting's variable, alone or with a value: "GOSU_CHOWN=/data".
[[nodiscard]] bool begins_with_setting(std::string_view text);

}  // namespace stepdown
