// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/check_paths.h"

#include "stepdown/base/path.h"
#include "stepdown/settings/options.h"
#include "stepdown/system/resolve.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace stepdown {
namespace {

bool is_first_change_checked_by_its_stage(const Plan& plan) {
    const bool edits = !plan.accounts.edits.empty();
    const bool creates = !plan.directories.paths.empty();
    const bool changes_owners = !plan.ownership.operands.empty();
    if (plan.directories.paths.size() > 1) return false;
    return edits ? !creates && !changes_owners : !creates || !changes_owners;
}

bool has_mistake_in_directories(const Plan& plan) {
    constexpr auto mkdir = static_cast<std::size_t>(Option::mkdir);
    return std::any_of(plan.errors.begin(), plan.errors.end(), [](const Message& each) { return each.place == mkdir; });
}

// Nothing of directory can be created, so operand, which is at or below it, is missing for that reason.
bool is_blocked_by(const DirectoryPreview& directory, const Operand& operand) {
    return directory.missing.empty() && !directory.problem.empty() && is_at_or_below(operand.path, directory.operand);
}

}  // namespace

std::string_view reason_to_wait(const Operand& operand, const Plan& plan,
                                const std::vector<DirectoryPreview>& directories) {
    const bool has_mistake = has_mistake_in_directories(plan);
    if (directories.empty() && !has_mistake) return "";
    const auto reached = reach("change the owner of", operand.path);
    const bool is_absent = reached ? !reached->missing.empty() : is_missing(reached.error());
    if (!is_absent) return "";
    const std::string path = reached ? reached->path() : "";
    for (const DirectoryPreview& each : directories) {
        const bool creates = std::find(each.missing.begin(), each.missing.end(), path) != each.missing.end();
        if (creates) return "is created first, for the user";
        if (plan.directories.errors == DirectoryErrors::fail && is_blocked_by(each, operand))
            return "cannot be created first";
    }
    return has_mistake ? "may be a directory to create first" : "";
}

Mistakes check_paths(const Plan& plan) {
    Mistakes mistakes;
    if (plan.unprivileged) return mistakes;  // nothing of root's can change, and one message at the end says so
    if (plan.errors.empty() && is_first_change_checked_by_its_stage(plan)) return mistakes;
    const auto directories = preview_directories(plan.directories);
    for (const DirectoryPreview& each : directories) {
        if (each.problem.empty() || plan.directories.errors == DirectoryErrors::warn) continue;
        mistakes.push_back(mistake_in(Option::mkdir, MessageId::directory_uncreated, each.problem));
    }
    OwnershipPlan present = plan.ownership;
    std::erase_if(present.operands,
                  [&](const Operand& each) { return !reason_to_wait(each, plan, directories).empty(); });
    const auto checked = check_operands(present);
    if (!checked) add_mistakes(mistakes, Option::chown, checked.error());
    return mistakes;
}

}  // namespace stepdown
