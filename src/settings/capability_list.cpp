// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/capability_list.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/typo.h"

#include <algorithm>
#include <utility>

namespace stepdown {
namespace {

// Returns true if candidate is one typo away from name, or name is a piece of it.
bool may_be_meant(const std::string& candidate, const std::string& name) {
    return is_one_edit_apart(candidate, name) || (name.size() > 2 && candidate.find(name) != std::string::npos);
}

std::string advice_for(const std::string& entry) {
    constexpr std::string_view prefix = "CAP_";
    std::string name = to_upper(entry);
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
    const std::vector<std::string> known = capability_names(known_capabilities());
    const auto meant =
        std::find_if(known.begin(), known.end(), [&name](const auto& each) { return may_be_meant(each, name); });
    return meant == known.end() ? "See capabilities(7)" : "Did you mean " + *meant + "?";
}

}  // namespace

Result<CapabilitySet> parse_capabilities(const std::vector<std::string>& entries) {
    CapabilitySet set;
    if (std::find(entries.begin(), entries.end(), "none") != entries.end()) {
        if (entries.size() > 1)
            return fail(MessageId::setting_invalid, "\"none\" cannot be combined with other entries");
        return set;
    }
    Result<void> known;
    for (const std::string& entry : entries) {
        if (const auto capability = capability_named(entry)) {
            set.add(*capability);
        } else {
            const std::string reason = "there is no capability " + quote(entry) + ". " + advice_for(entry);
            add_error(known, fail(MessageId::setting_invalid, reason).value());
        }
    }
    TRY(std::move(known));
    return set;
}

}  // namespace stepdown
