// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/verdict.h"

#include <algorithm>

namespace stepdown {

bool is_protected(const Entry& entry, const Rules& rules) {
    const auto& all = rules.protected_files;
    return std::find(all.begin(), all.end(), entry.id) != all.end();
}

bool is_right(const Entry& entry, Owner owner, OwnerMatch match) {
    return entry.owner == owner && match == OwnerMatch::exact;
}

bool proves_completion(Owner owner) { return owner.gid != 1 && owner.gid != 2; }

std::vector<Owner> in_progress_owners(Owner target, Owner current) {
    if (target == current) return {};
    std::vector<Owner> candidates;
    // If target and current have the gids 1 and 2, the gid of current is used: it proves nothing either.
    if (target.gid != current.gid && !proves_completion(target) && !proves_completion(current)) {
        candidates.push_back({target.uid, current.gid});
    }
    for (const gid_t gid : {1U, 2U, 0U}) {
        if (gid != target.gid && gid != current.gid) candidates.push_back({target.uid, gid});
    }
    return candidates;
}

Verdict judge(const Entry& entry, const Rules& rules) {
    if (is_right(entry, rules.owner, rules.match)) return Verdict::right;
    if (is_protected(entry, rules)) return Verdict::protected_file;
    if (entry.is_device()) return Verdict::device;
    if (entry.is_directory() || rules.links == HardLinks::allow) return Verdict::change;
    return entry.links == 1 ? Verdict::change_pinned : Verdict::planted_link;
}

}  // namespace stepdown
