// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/path_settings.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/path_hint.h"
#include "stepdown/settings/shell_words.h"
#include "stepdown/settings/value_hint.h"

#include <utility>

namespace stepdown {
namespace {

Result<Operand> operand_from(const std::string& word, const RawValue& given) {
    const bool optional = word.starts_with('-');
    Operand operand{word.substr(optional ? 1 : 0), optional ? Presence::optional : Presence::required};
    if (operand.path.empty()) return refuse_value(given, "it holds an empty path. Separate paths by blanks");
    return operand;
}

// A name that is probably a typo excludes no entry, and nothing else would say so.
void add_name(Operand name, ExcludeSetting& excluded) {
    if (!name.hint.empty()) {
        excluded.hints.push_back(
            concat({excluded.name, " excludes only what has exactly the name ", quote(name.path), ". ", name.hint}));
    }
    excluded.names.push_back(std::move(name.path));
}

}  // namespace

Result<std::vector<Operand>> operands_from(const std::optional<RawValue>& given) {
    std::vector<Operand> operands;
    if (!given) return operands;
    const auto words = split_words(given->value);
    if (!words) return refuse_value(*given, words.error().message);
    if (words->empty() && given->origin == Origin::flag) return refuse_value(*given, "it names no path");
    for (const std::string& word : *words) operands.push_back(TRY(operand_from(word, *given)));
    if (!is_plain(given->value)) add_path_hints(*given, *words, operands);
    return operands;
}

Result<void> read_directories(const std::optional<RawValue>& given, Settings& settings) {
    std::vector<Operand> operands = TRY(operands_from(given));
    for (const Operand& operand : operands) {
        if (operand.presence == Presence::required) continue;
        return refuse_value(*given, "a leading - means \"if it exists\", and what is to be created need not. Write " +
                                        quote(operand.path) + ", or ./-NAME for a name that starts with -");
    }
    for (Operand& operand : operands) {
        settings.directory_hints.push_back(std::move(operand.hint));
        settings.directories.push_back(std::move(operand.path));
    }
    return {};
}

[[gnu::cold]] Result<ExcludeSetting> exclude_setting(const RawValue& given) {
    ExcludeSetting excluded;
    excluded.name = setting_name(given);
    for (Operand& word : TRY(operands_from(given))) {
        if (word.path == "." || word.path == "..") {
            return refuse_value(given, concat({"no entry has the name ", word.path,
                                               ". Write a path with a slash, such as ", word.path, "/"}));
        }
        if (word.path.find('/') == std::string::npos) {
            add_name(std::move(word), excluded);
        } else {
            excluded.paths.push_back(std::move(word));
        }
    }
    return excluded;
}

}  // namespace stepdown
