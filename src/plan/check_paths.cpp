// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/check_paths.h"

#include <algorithm>

namespace stepdown {
namespace {

bool is_first_change_checked_by_its_stage(const Plan& plan) {
    const bool edits = !plan.accounts.edits.empty();
    const bool creates = !plan.directories.paths.empty();
    const bool changes_owners = !plan.ownership.operands.empty();
    if (plan.directories.paths.size() > 1) return false;
    return edits ? !creates && !changes_owners : !creates || !changes_owners;
}

}  // namespace

bool is_created_first(const Operand& operand, const std::vector<DirectoryPreview>& directories) {
    const auto reached = reach("change the owner of", operand.path);
    if (!reached || reached->missing.empty()) return false;
    const std::string path = reached->path();
    return std::any_of(directories.begin(), directories.end(), [&path](const DirectoryPreview& each) {
        return std::find(each.missing.begin(), each.missing.end(), path) != each.missing.end();
    });
}

Result<void> check_paths(const Plan& plan) {
    if (plan.unprivileged) return {};  // nothing of root's can change, and one message at the end says so
    if (is_first_change_checked_by_its_stage(plan)) return {};
    const auto directories = preview_directories(plan.directories);
    if (plan.directories.errors == DirectoryErrors::fail) {
        for (const DirectoryPreview& each : directories) {
            if (!each.problem.empty()) return fail(MessageId::directory_uncreated, each.problem);
        }
    }
    OwnershipPlan present = plan.ownership;
    if (!directories.empty()) {
        std::erase_if(present.operands, [&](const Operand& each) { return is_created_first(each, directories); });
    }
    return check_operands(present);
}

}  // namespace stepdown
