#include "stepdown/ownership/policy.h"

#include <algorithm>

namespace stepdown {

bool is_guarded(const Entry& entry, const Rules& rules) {
    return std::find(rules.guarded.begin(), rules.guarded.end(), entry.id) != rules.guarded.end();
}

Verdict judge(const Entry& entry, const Rules& rules) {
    if (entry.owner == rules.owner && rules.owners == Owners::distinct) return Verdict::right;
    if (is_guarded(entry, rules)) return Verdict::guarded;
    if (entry.is_device()) return Verdict::device;
    if (entry.is_directory() || rules.links == LinkRule::allow) return Verdict::change;
    return entry.links > 1 ? Verdict::planted_link : Verdict::change_pinned;
}

}  // namespace stepdown
