// SPDX-License-Identifier: Apache-2.0
// Typos in PATHS: values that only a shell would take apart or expand. See settings/typo_hint.h.
#pragma once

#include "stepdown/settings/typo_hint.h"
#include "stepdown/system/resolve.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// The reading of one value of PATHS that its author probably meant.
class PathsHint {
  public:
    explicit PathsHint(const RawValue& given);

    // The hint for word, one of those that split_words makes of the value. It is meant for a word that names no file.
    // "" where the probable reading has the same word.
    [[nodiscard]] std::string for_word(const std::string& word) const;

    // The hint for the value as a whole, which has been refused; "" where no typo is recognised.
    [[nodiscard]] std::string for_value() const;

  private:
    void cut_off();
    // Takes away the first word that begins so, and all after it.
    void cut_from(bool (*begins)(std::string_view), Typo typo);
    // Each puts into words what word probably means.
    void split_quoted(const std::string& word, std::vector<std::string>& words);
    void expand_braces(const std::string& word, std::vector<std::string>& words);
    void split_at_separators(const std::string& word, std::vector<std::string>& words);
    void remove_owners();

    std::string name_;
    bool quoted_ = false;             // the value holds a quote
    bool surrounded_ = false;         // by quotes, and so one word
    std::vector<std::string> meant_;  // the words of the probable reading
    std::string repaired_;            // that reading as one value, where it differs from the value
    Typos typos_;                     // why it differs
};

// Gives each of operands its hint: the one for the word of given at the same place.
void add_path_hints(const RawValue& given, const std::vector<std::string>& words, std::vector<Operand>& operands);

}  // namespace stepdown
