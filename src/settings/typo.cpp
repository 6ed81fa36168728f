// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/typo.h"

#include "stepdown/base/text.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace stepdown {
namespace {

bool is_setting(std::string_view name) {
    return std::any_of(option_table.begin(), option_table.end(),
                       [name](const auto& each) { return name == each.variable; });
}

// "GOSU_ONE_FILE_SYSTEM" for --one-file-system, whose variable has another name.
bool is_named_as_flag(std::string_view name, const OptionDeclaration& declared) {
    constexpr std::string_view prefix = "GOSU_";
    if (!name.starts_with(prefix)) return false;
    std::string expected = to_upper(declared.name());
    std::replace(expected.begin(), expected.end(), '-', '_');
    return name.substr(prefix.size()) == expected;
}

const OptionDeclaration* setting_meant_by(std::string_view name) {
    const auto* found = std::find_if(option_table.begin(), option_table.end(), [name](const auto& declared) {
        const std::string_view variable(declared.variable);
        return !variable.empty() && (is_one_edit_apart(name, variable) || is_named_as_flag(name, declared));
    });
    return found == option_table.end() ? nullptr : found;
}

// Returns true if name can be a setting's name with one typo: a typo within "GO" leaves "U_" at most one place away
// from its own. Environments are long, and this passes nearly every name over.
bool resembles_setting(std::string_view name) {
    if (name.starts_with("GO")) return true;
    const auto at = name.substr(0, 6).find("U_");
    return at != std::string_view::npos && at >= 2;
}

constexpr std::size_t longest_name = 32;  // of those that are compared; no option's is longer

// How many letters must be added, taken away, changed or swapped with a neighbour to make b of a: the distance of
// Damerau and Levenshtein, by the last three rows of its table. No letter takes part in two edits.
std::size_t typos(std::string_view a, std::string_view b) {
    using Row = std::array<std::size_t, longest_name + 1>;
    std::array<Row, 3> rows{};
    std::iota(rows[0].begin(), rows[0].end(), 0U);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        Row& row = rows[i % 3];
        const Row& last = rows[(i + 2) % 3];
        const Row& before_last = rows[(i + 1) % 3];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return rows[a.size() % 3][b.size()];
}

std::string_view without_dashes(std::string_view word) {
    word.remove_prefix(std::min(word.find_first_not_of('-'), word.size()));
    return word;
}

}  // namespace

const OptionDeclaration* closest_option(std::string_view word) {
    const std::string name = to_lower(without_dashes(word.substr(0, word.find('='))));
    if (name.size() < 2 || name.size() > longest_name) return nullptr;
    std::size_t fewest = std::max<std::size_t>(name.size() / 3, 1) + 1;
    const OptionDeclaration* nearest = nullptr;
    for (const OptionDeclaration& declared : option_table) {
        const std::string_view candidate = without_dashes(declared.long_flag());
        if (candidate.starts_with(name)) return &declared;
        const std::size_t distance = typos(name, candidate);
        if (distance >= fewest) continue;
        fewest = distance;
        nearest = &declared;
    }
    return nearest;
}

bool is_one_edit_apart(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > 1) return false;
    const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin());
    const std::string_view rest_a(in_a, a.end());
    const std::string_view rest_b(in_b, b.end());
    if (rest_b.empty()) return false;
    if (rest_a.size() < rest_b.size()) return rest_a == rest_b.substr(1);
    if (rest_a.substr(1) == rest_b.substr(1)) return true;
    return rest_a.size() > 1 && rest_a[0] == rest_b[1] && rest_a[1] == rest_b[0] &&
           rest_a.substr(2) == rest_b.substr(2);
}

[[gnu::cold]] Message unknown_setting(std::string_view name, const OptionDeclaration& meant) {
    return {MessageId::setting_unknown,
            concat({"unknown setting ", quote(name), ". Did you mean ", meant.variable, "?"})};
}

std::vector<Message> typo_warnings(StringVector environment) {
    std::vector<Message> warnings;
    for (; *environment != nullptr; ++environment) {
        const std::string_view entry(*environment);
        const std::string_view name = entry.substr(0, entry.find('='));
        if (!resembles_setting(name) || is_setting(name)) continue;
        const auto* meant = setting_meant_by(name);
        if (meant != nullptr) warnings.push_back(unknown_setting(name, *meant));
    }
    return warnings;
}

}  // namespace stepdown
