// SPDX-License-Identifier: Apache-2.0

#include "stepdown/pipeline/carry_out.h"

#include "stepdown/base/append.h"
#include "stepdown/base/log.h"
#include "stepdown/base/text.h"
#include "stepdown/plan/account_plan.h"
#include "stepdown/plan/capability_plan.h"
#include "stepdown/plan/check_paths.h"
#include "stepdown/plan/passwd_name_plan.h"
#include "stepdown/plan/preparation_plan.h"
#include "stepdown/plan/unprivileged.h"
#include "stepdown/settings/mistakes.h"

#include <utility>

namespace stepdown {
namespace {

void report(const Plan& plan) {
    for (const std::string& note : plan.notes) log_info(note);
    for (const Message& warning : plan.warnings) log_warn(warning);
    for (const IgnoredGroup& left : plan.groups.ignored) {
        const std::string name = left.name.empty() ? "" : " (" + escape(left.name) + ")";
        log_info("group " + std::to_string(left.gid) + name + " is left out: " + std::string(in_words(left.cause)));
    }
}

Mistakes all_mistakes(const Plan& plan) {
    Mistakes mistakes = plan.errors;
    append(mistakes, check_paths(plan));
    return mistakes;
}

// A program of a user that is not root seldom expects them.
void report_capabilities(const Plan& plan) {
    if (!log_enabled(LogLevel::debug) || !plan.platform_capabilities) return;
    const auto left = capabilities_after(plan);
    if (!left || left->empty()) return;
    log_debug(concat({"the command keeps the capabilities ", join(capability_names(*left), ", "), ". ",
                      sentence_to_set(plan.names[Option::caps], "none"), " if it is to have none"}));
}

enum class PasswdEntry { present, missing };

// Changes the account files. Returns present if the user has the entry that the plan gives it.
Result<PasswdEntry> change_accounts(const AccountPlan& plan) {
    PasswdEntry entry = PasswdEntry::present;
    // A refusal that ends the start comes before the first change.
    if (plan.strictness == Strictness::strict && plan.edits.size() > 1) {
        for (const FileEdit& edit : plan.edits) TRY(check_edit(edit));
    }
    for (const FileEdit& edit : plan.edits) {
        auto made = make_edit(edit);
        if (made) continue;
        if (plan.strictness == Strictness::strict) return Failure(std::move(made).error());
        log_warn(as_message(made.error()));
        if (adds_user({edit})) entry = PasswdEntry::missing;
        if (keeps_old_group(edit)) break;
    }
    return entry;
}

void hand_over_streams(const Plan& plan) {
    const auto refusal = hand_over_standard_streams(*plan.stdio);
    if (!refusal) return;
    if (const std::string warning = terminal_warning(*refusal, plan); !warning.empty())
        log_warn({MessageId::terminal_kept, warning});
}

Result<void> prepare_unprivileged(const Plan& plan) {
    Unmet unmet;
    TRY(create_directories(plan.directories, &unmet.directories));
    OwnershipRun run;
    run.unmet = &unmet.trees;
    TRY(chown_trees(plan.ownership, run));
    if (!unmet.empty()) log_warn({MessageId::preparation_impossible, TRY(judge_unmet(plan, unmet))});
    return {};
}

Result<void> prepare_paths(const Plan& plan) {
    if (plan.unprivileged) return prepare_unprivileged(plan);
    TRY(create_directories(plan.directories));
    return chown_trees(plan.ownership);
}

Result<std::string> prepare(Kernel& kernel, const Plan& plan) {
    if (plan.umask) set_umask(*plan.umask);  // created directories follow it
    TRY(prepare_paths(plan));
    if (plan.stdio) hand_over_streams(plan);
    if (plan.credentials) TRY(drop_privileges(kernel, *plan.credentials));
    if (plan.no_new_privileges) TRY(set_no_new_privs(kernel));
    // With the user's rights: what root may execute says nothing. What is wrong with a path, execve(2) tells.
    return is_path(*plan.command) ? *plan.command : find_command(*plan.command, plan.path);
}

}  // namespace

Failure carry_out(Kernel& kernel, const Plan& plan, StringVector environment) {
    if (plan.errors.empty()) {
        report(plan);
        report_capabilities(plan);
    }
    if (Mistakes mistakes = all_mistakes(plan); !mistakes.empty()) return refuse_mistakes(std::move(mistakes));
    const auto entry = change_accounts(plan.accounts);
    if (!entry) return Failure(entry.error());
    auto file = prepare(kernel, plan);
    if (!file) return Failure(std::move(file).error());
    const bool has_entry = *entry == PasswdEntry::present;
    const Environment changed(environment, has_entry ? plan.environment : plan.environment_without_entry);
    return exec_command(kernel, *file, plan.command, changed.data(), capabilities_setting(plan.credentials));
}

}  // namespace stepdown
