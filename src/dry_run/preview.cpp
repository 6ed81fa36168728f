#include "stepdown/dry_run/preview.h"

#include "stepdown/base/text.h"
#include "stepdown/dry_run/access_forecast.h"
#include "stepdown/dry_run/as_user.h"
#include "stepdown/dry_run/denied_paths.h"
#include "stepdown/dry_run/suggestions.h"
#include "stepdown/plan/account_plan.h"
#include "stepdown/plan/check_paths.h"
#include "stepdown/plan/passwd_name_plan.h"
#include "stepdown/plan/preparation_plan.h"
#include "stepdown/plan/unprivileged.h"

#include <algorithm>
#include <cerrno>

namespace stepdown {
namespace {

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

void inspect_accounts(const AccountPlan& plan, Findings& findings) {
    const bool strict = plan.strictness == Strictness::strict;
    for (const FileEdit& edit : plan.edits) {
        const auto possible = check_edit(edit);
        if (possible) continue;
        (strict ? findings.problems : findings.warnings).push_back(possible.error().message);
        if (adds_user({edit})) findings.entry_missing = true;
        if (keeps_old_group(edit)) break;
    }
}

void look_at_directories(const Plan& plan, Findings& findings) {
    findings.directories = inspect_directories(plan.directories);
    const bool warns = plan.directories.errors == DirectoryErrors::warn;
    for (const DirectoryInspection& each : findings.directories) {
        const bool is_told = each.problem.empty() || plan.unprivileged;
        if (!is_told) (warns ? findings.warnings : findings.problems).push_back(each.problem);
        if (!each.warning.empty()) findings.warnings.push_back(each.warning);
    }
}

void look_at_trees(const Plan& plan, Findings& findings) {
    OwnershipPlan present = plan.ownership;
    std::erase_if(present.operands, [&](const Operand& each) { return is_created_first(each, findings.directories); });
    auto inspections = inspect_trees(present);
    auto next = inspections.begin();
    for (const Operand& operand : plan.ownership.operands) {
        const bool is_present = next != inspections.end() && next->operand == operand.path;
        findings.trees.push_back(is_present ? std::move(*next++)
                                            : Inspection{operand.path, {}, "is created first, for the user", {}, {}});
    }
    for (const Inspection& tree : findings.trees) {
        // What was refused has no entries, and ends the start always.
        const bool ends = tree.tree.entries == 0 || plan.ownership.errors == ChownErrors::fail;
        if (!plan.unprivileged) append(ends ? findings.problems : findings.warnings, tree.problems);
        append(findings.warnings, tree.warnings);
    }
}

void preview_streams(const Plan& plan, Findings& findings) {
    const uid_t uid = plan.identity.uid;
    StdioPreview streams = preview_standard_streams(plan.stdio.value_or(StdioPlan{StdioMode::keep, uid, uid}));
    findings.streams = std::move(streams.words);
    const std::string warning = streams.refusal ? terminal_warning(*streams.refusal, plan) : "";
    if (!warning.empty()) findings.warnings.push_back(warning);
}

// What a start that is unprivileged could not do, as one message.
void look_at_unmet(const Plan& plan, Findings& findings) {
    Unmet unmet;
    for (const DirectoryInspection& each : findings.directories) {
        if (!each.problem.empty()) unmet.directories.push_back(each.unmet);
    }
    for (const Inspection& tree : findings.trees) {
        if (tree.problems.empty()) continue;
        const std::string& path = tree.tree.path.empty() ? tree.operand : tree.tree.path;
        unmet.trees.push_back(change_in_words(path, tree.tree.changed + tree.tree.failed, tree.tree.entries));
    }
    if (unmet.empty()) return;
    const auto message = judge_unmet(plan, unmet);
    (message ? findings.warnings : findings.problems).push_back(message ? *message : message.error().message);
}

// The user's own process says what stands in the way of command; which group passes that is known here.
std::string in_words(const Error& error, const char* command, const Adviser& adviser) {
    const bool is_barred = error.code == ExitCode::not_executable && command != nullptr && is_path(command);
    return error.message + (is_barred ? adviser.or_joining_for(command) : "");
}

// True: the process could become the user, so there is somebody to ask further.
bool try_to_launch(Kernel& kernel, const Plan& plan, const Outlook& outlook, Findings& findings) {
    auto found = probe_launch(kernel, plan.credentials, *plan.command, plan.path);
    const bool is_user = found || found.error().code != ExitCode::failure;
    const bool changes = std::any_of(findings.trees.begin(), findings.trees.end(),
                                     [](const Inspection& tree) { return tree.tree.changed > 0; });
    // A directory of the command's may be one that is owned before.
    if (is_user && changes && *plan.command != nullptr) {
        if (auto later = outlook.find_executable(*plan.command)) found = *std::move(later);
    }
    const std::string hidden = found ? outlook.hidden_script(*found) : "";
    if (!hidden.empty()) found = system_error("cannot run " + quote(found->file), EACCES, hidden);
    if (found) {
        const std::string unread = outlook.unread_part(*found);
        if (!unread.empty()) findings.warnings.push_back(unread);
        findings.command = std::move(found->file);
    } else {
        findings.problems.push_back(in_words(found.error(), *plan.command, Adviser(outlook, plan)));
    }
    return is_user;
}

}  // namespace

Findings inspect(Kernel& kernel, const Plan& plan, StringVector environment) {
    Findings findings;
    findings.problems = plan.obstacles;
    inspect_accounts(plan.accounts, findings);
    look_at_directories(plan, findings);
    look_at_trees(plan, findings);
    if (plan.unprivileged) look_at_unmet(plan, findings);
    preview_streams(plan, findings);
    // With an obstacle there is no user to look with: it would be said twice.
    if (!plan.obstacles.empty()) return findings;
    const Outlook outlook(kernel, plan, findings);
    if (!try_to_launch(kernel, plan, outlook, findings)) return findings;
    findings.access = find_missing_access(outlook, plan, findings, environment);
    // A path of which nothing is known may be one that the user lacks.
    if (!outlook.trouble().empty()) findings.problems.push_back(outlook.trouble());
    return findings;
}

}  // namespace stepdown
