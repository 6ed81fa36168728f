#include "stepdown/settings/near_miss.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/options.h"

#include <algorithm>

namespace stepdown {
namespace {

bool is_setting(std::string_view name) {
    return std::any_of(option_table.begin(), option_table.end(),
                       [name](const auto& each) { return name == each.variable; });
}

const OptionDeclaration* setting_meant_by(std::string_view name) {
    const auto* found = std::find_if(option_table.begin(), option_table.end(), [name](const auto& declared) {
        const std::string_view variable(declared.variable);
        return !variable.empty() && one_slip_apart(name, variable);
    });
    return found == option_table.end() ? nullptr : found;
}

}  // namespace

bool one_slip_apart(std::string_view a, std::string_view b) {
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

std::vector<std::string> near_miss_warnings(StringVector environment) {
    std::vector<std::string> warnings;
    for (; *environment != nullptr; ++environment) {
        const std::string_view entry(*environment);
        const std::string_view name = entry.substr(0, entry.find('='));
        if (is_setting(name)) continue;
        const auto* meant = setting_meant_by(name);
        if (meant != nullptr) warnings.push_back(quote(name) + " is no setting. Is " + meant->variable + " meant?");
    }
    return warnings;
}

}  // namespace stepdown
