// SPDX-License-Identifier: Apache-2.0
// The facts that the walks of one plan share.
#pragma once

#include "stepdown/ownership/exclusions.h"
#include "stepdown/ownership/ownership.h"
#include "stepdown/ownership/protected_files.h"
#include "stepdown/ownership/syscalls.h"
#include "stepdown/ownership/verdict.h"
#include "stepdown/ownership/walk_state.h"

#include <optional>
#include <vector>

namespace stepdown {

enum class Purpose { change, preview };

// The facts that hold for all trees of one plan. They are read from the system when they are first needed: a tree that
// is right at a glance costs none of it.
class OwnershipContext {
  public:
    OwnershipContext(const OwnershipPlan& plan, const OwnershipRun& run, Purpose purpose)
        : plan_(plan), run_(run), purpose_(purpose), protected_files_(find_protected_files(calls_)) {}

    // The calls of all walks. They remember which calls this kernel lacks.
    [[nodiscard]] Syscalls& calls() { return calls_; }
    [[nodiscard]] const OwnershipPlan& plan() const { return plan_; }
    [[nodiscard]] const OwnershipRun& run() const { return run_; }
    // Found when this object was made, because operands are compared with them before any walk.
    [[nodiscard]] const std::vector<ProtectedFile>& protected_files() const { return protected_files_; }
    // The entries that the plan excludes, resolved once; null if it excludes none.
    [[nodiscard]] const ExcludedEntries* excluded();
    // ambiguous if the owner of the plan may stand for an id that this user namespace does not map. In the first user
    // namespace it is exact.
    [[nodiscard]] OwnerMatch owner_match();
    // The rules for every entry. HardLinks::automatic is replaced by what fs.protected_hardlinks says (proc(5)); a
    // value that cannot be read counts as 0.
    [[nodiscard]] const Rules& rules();
    // The mode of each walk. Without CAP_CHOWN nothing is tried, and each wrong owner is an error.
    [[nodiscard]] Mode mode();
    // Returns true if this process has CAP_CHOWN.
    [[nodiscard]] bool may_chown();

  private:
    const OwnershipPlan& plan_;
    const OwnershipRun& run_;
    const Purpose purpose_;
    Syscalls calls_;
    std::vector<ProtectedFile> protected_files_;
    std::optional<ExcludedEntries> excluded_;
    std::optional<OwnerMatch> owner_match_;
    std::optional<Rules> rules_;
    std::optional<bool> may_chown_;
};

}  // namespace stepdown
