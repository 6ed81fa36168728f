// SPDX-License-Identifier: Apache-2.0
// One operand from its first look to the change of its top directory.
#pragma once

#include "stepdown/ownership/operand.h"
#include "stepdown/ownership/report.h"
#include "stepdown/ownership/walk_state.h"

namespace stepdown {

enum class Purpose { change, preview };

// The facts that hold for all trees of one plan. They are read from the system when they are first needed: a tree that
// is right at a glance costs none of it.
class OwnershipContext {
  public:
    OwnershipContext(const OwnershipPlan& plan, const OwnershipRun& run, Purpose purpose)
        : plan_(plan), run_(run), purpose_(purpose), protected_files_(find_protected_files(calls_)) {}

    [[nodiscard]] Syscalls& calls() { return calls_; }
    [[nodiscard]] const OwnershipPlan& plan() const { return plan_; }
    [[nodiscard]] const OwnershipRun& run() const { return run_; }
    [[nodiscard]] const std::vector<ProtectedFile>& protected_files() const { return protected_files_; }
    // The entries that the plan excludes, resolved once; null if it excludes none.
    [[nodiscard]] const ExcludedEntries* excluded();
    [[nodiscard]] Owners owners();
    [[nodiscard]] const Rules& rules();
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
    std::optional<Owners> owners_;
    std::optional<Rules> rules_;
    std::optional<bool> may_chown_;
};

// Changes the owners of tree and everything below it, or previews that. The failures are in the report.
void work_on(Tree& tree, OwnershipContext& context, Report& report);

}  // namespace stepdown
