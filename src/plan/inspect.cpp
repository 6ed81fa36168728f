#include "stepdown/plan/inspect.h"

#include "stepdown/launch/probe.h"
#include "stepdown/plan/account_plan.h"

namespace stepdown {
namespace {

void add_problems(std::vector<std::string>& all, const std::vector<std::string>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

void inspect_accounts(const AccountPlan& plan, Findings& findings) {
    const bool strict = plan.strictness == Strictness::strict;
    for (const FileEdit& edit : plan.edits) {
        const auto possible = check_edit(edit);
        if (possible) continue;
        (strict ? findings.problems : findings.warnings).push_back(possible.error().message);
        if (adds_user({edit})) findings.entry_missing = true;
    }
}

void try_to_launch(Kernel& kernel, const Plan& plan, Findings& findings) {
    // With an obstacle there is no user to look with: it would be said twice.
    if (!plan.obstacles.empty()) return;
    auto found = probe_launch(kernel, plan.credentials, *plan.command, plan.path);
    if (found) {
        findings.command = *std::move(found);
    } else {
        findings.problems.push_back(found.error().message);
    }
}

}  // namespace

Findings inspect(Kernel& kernel, const Plan& plan) {
    Findings findings;
    findings.problems = plan.obstacles;
    inspect_accounts(plan.accounts, findings);
    findings.trees = inspect_trees(plan.ownership);
    for (const Inspection& tree : findings.trees) {
        // What was refused has no entries, and ends the start always.
        const bool refused = tree.tree.entries == 0;
        if (refused || plan.ownership.errors == EntryErrors::fail) add_problems(findings.problems, tree.problems);
    }
    findings.streams = describe_standard_streams(
        plan.stdio.value_or(StdioPlan{StdioMode::keep, plan.identity.uid, plan.identity.uid}));
    try_to_launch(kernel, plan, findings);
    return findings;
}

}  // namespace stepdown
