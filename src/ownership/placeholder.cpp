#include "stepdown/ownership/ownership.h"

namespace stepdown {

// Until the engine is here a tree that is named ends the start: passing it over would be worse.
Result<void> own_trees(const OwnershipPlan& plan) {
    if (plan.operands.empty()) return {};
    return fail("cannot own " + plan.operands.front().path + ": this build has no ownership engine");
}

std::vector<Inspection> inspect_trees(const OwnershipPlan& plan) {
    std::vector<Inspection> inspections;
    for (const Operand& operand : plan.operands) {
        inspections.push_back({operand.path, {}, "", {"this build has no ownership engine"}});
    }
    return inspections;
}

}  // namespace stepdown
