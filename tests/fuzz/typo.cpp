// SPDX-License-Identifier: Apache-2.0
// Names that are one typo from a setting's. The input is an entry of the environment.
#include "stepdown/settings/typo.h"

#include "stepdown/settings/options.h"

#include "fuzz/oracle.h"

#include <algorithm>

namespace {

using namespace stepdown;
using namespace stepdown::fuzz;

// The distance of Damerau, for one typo: a table of all prefixes.
std::size_t distance(const std::string& a, std::string_view b) {
    std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            std::size_t& best = table[i][j] = i + j;
            if (i > 0) best = std::min(best, table[i - 1][j] + 1);
            if (j > 0) best = std::min(best, table[i][j - 1] + 1);
            if (i > 0 && j > 0) best = std::min(best, table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (is_swap) best = std::min(best, table[i - 2][j - 2] + 1);
        }
    }
    return table[a.size()][b.size()];
}

// GOSU_ONE_FILE_SYSTEM: what a variable would be called that were named after its flag.
std::string variable_named_as(const OptionDeclaration& declared) {
    std::string name = "GOSU_" + std::string(declared.name());
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        if (c == '-') return '_';
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return name;
}

void check_typo(const std::string& assignment) {
    std::string entry = assignment;
    const std::vector<char*> environment{entry.data(), nullptr};
    const std::string name = entry.substr(0, entry.find('='));
    std::size_t nearest = 2;
    for (const auto& each : option_table) {
        const std::string_view variable(each.variable);
        if (variable.empty()) continue;
        if (name != variable && name == variable_named_as(each)) nearest = std::min<std::size_t>(nearest, 1);
        const bool is_far = name.size() > variable.size() + 1 || variable.size() > name.size() + 1;
        if (is_far) continue;
        nearest = std::min(nearest, distance(name, variable));
    }
    expect(typo_warnings(environment.data()).empty() == (nearest != 1), "a typo is seen, and nothing else", {name});
}

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view entry(reinterpret_cast<const char*>(data), size);
    if (entry.find('\0') != std::string::npos) return -1;
    check_typo(std::string(entry));
    return 0;
}
