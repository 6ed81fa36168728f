// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/preview.h"

#include "stepdown/base/append.h"
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
#include <cstddef>
#include <utility>

namespace stepdown {
namespace {

void preview_accounts(const AccountPlan& plan, Findings& findings) {
    const bool strict = plan.strictness == Strictness::strict;
    for (const FileEdit& edit : plan.edits) {
        const auto possible = check_edit(edit);
        if (possible) continue;
        (strict ? findings.problems : findings.warnings).push_back(as_message(possible.error()));
        if (adds_user({edit})) findings.entry_missing = true;
        if (keeps_old_group(edit)) break;
    }
}

// A problem ends the start, and a warning does not.
void add(Option option, Message message, bool ends, Findings& findings) {
    message.place = static_cast<std::size_t>(option);
    (ends ? findings.problems : findings.warnings).push_back(std::move(message));
}

void preview_the_directories(const Plan& plan, Findings& findings) {
    findings.directories = preview_directories(plan.directories);
    const bool warns = plan.directories.errors == DirectoryErrors::warn;
    for (const DirectoryPreview& each : findings.directories) {
        const bool is_told = each.problem.empty() || plan.unprivileged;
        if (!is_told) add(Option::mkdir, {MessageId::directory_uncreated, each.problem}, !warns, findings);
        if (!each.doubt.empty() && each.problem.empty()) {
            findings.warnings.push_back({MessageId::owner_untried, each.doubt});
        }
        if (!each.warning.empty()) findings.warnings.push_back({MessageId::setting_invalid, each.warning});
    }
}

void preview_the_trees(const Plan& plan, Findings& findings) {
    OwnershipPlan present = plan.ownership;
    present.operands.clear();
    for (const Operand& operand : plan.ownership.operands) {
        const std::string_view reason = reason_to_wait(operand, plan, findings.directories);
        findings.trees.push_back({operand.path, {}, std::string(reason), {}, {}});
        if (reason.empty()) present.operands.push_back(operand);
    }
    auto previews = preview_trees(present);
    auto next = previews.begin();
    for (TreePreview& tree : findings.trees) {
        if (tree.note.empty()) tree = std::move(*next++);
    }
    for (const TreePreview& tree : findings.trees) {
        // A refused operand has no entries, and always ends the start.
        const bool ends = tree.tree.entries == 0 || plan.ownership.errors == ChownErrors::fail;
        for (const Message& each : tree.problems) {
            if (!plan.unprivileged) add(Option::chown, each, ends, findings);
        }
        append(findings.warnings, tree.warnings);
    }
}

void preview_streams(const Plan& plan, Findings& findings) {
    const uid_t uid = plan.identity.uid;
    StdioPreview streams = preview_standard_streams(plan.stdio.value_or(StdioPlan{StdioMode::keep, uid, uid}));
    findings.streams = std::move(streams.words);
    const std::string warning = streams.refusal ? terminal_warning(*streams.refusal, plan) : "";
    if (!warning.empty()) findings.warnings.push_back({MessageId::terminal_kept, warning});
}

// One message for all that an unprivileged start could not do.
void judge_what_is_unmet(const Plan& plan, Findings& findings) {
    Unmet unmet;
    for (const DirectoryPreview& each : findings.directories) {
        if (!each.problem.empty()) unmet.directories.push_back(each.unmet);
    }
    for (const TreePreview& tree : findings.trees) {
        if (tree.problems.empty()) continue;
        const std::string& path = tree.tree.path.empty() ? tree.operand : tree.tree.path;
        unmet.trees.push_back(change_in_words(path, tree.tree.changed + tree.tree.failed, tree.tree.entries));
    }
    if (unmet.empty()) return;
    const auto message = judge_unmet(plan, unmet);
    (message ? findings.warnings : findings.problems)
        .push_back({MessageId::preparation_impossible, message ? *message : message.error().message});
}

// The user's own process says what stands in the way of command; which group passes that is known here.
std::string in_words(const Error& error, const char* command, const Suggestions& suggestions) {
    const bool is_barred = error.code == ExitCode::not_executable && command != nullptr && is_path(command);
    return error.message + (is_barred ? suggestions.or_join_group_for(command) : "");
}

// True: the process could become the user, so there is somebody to ask further.
bool try_to_launch(AsUser& user, const Plan& plan, const AccessForecast& forecast, Findings& findings) {
    auto found = user.find_command(*plan.command);
    const bool is_user = found || found.error().code != ExitCode::failure;
    const bool changes = std::any_of(findings.trees.begin(), findings.trees.end(),
                                     [](const TreePreview& tree) { return tree.tree.changed > 0; });
    // A directory of the command's may be one that is owned before.
    if (is_user && changes && *plan.command != nullptr) {
        if (auto later = forecast.find_executable(*plan.command)) found = *std::move(later);
    }
    const std::string hidden = found ? forecast.hidden_script(*found) : "";
    if (!hidden.empty()) {
        found = with_id(MessageId::command_not_executable,
                        system_error("cannot run " + quote(found->file), EACCES, hidden));
    }
    if (found) {
        const std::string unread = forecast.unread_part(*found);
        if (!unread.empty()) findings.warnings.push_back({MessageId::content_unknown, unread});
        findings.command = std::move(found->file);
    } else {
        findings.problems.push_back(
            {found.error().id, in_words(found.error(), *plan.command, Suggestions(forecast, plan))});
    }
    return is_user;
}

void preview_stages(Kernel& kernel, const Plan& plan, StringVector environment, Findings& findings) {
    findings.problems = plan.errors;
    if (!plan.is_user_known) return append(findings.problems, check_paths(plan));
    preview_accounts(plan.accounts, findings);
    preview_the_directories(plan, findings);
    preview_the_trees(plan, findings);
    if (plan.unprivileged) judge_what_is_unmet(plan, findings);
    preview_streams(plan, findings);
    // A plan with errors has no user to look with, and each error would be said twice.
    if (!plan.errors.empty()) return;
    AsUser user(kernel, plan.credentials, plan.path);
    const AccessForecast forecast(user, plan, findings);
    if (!try_to_launch(user, plan, forecast, findings)) return;
    findings.access = find_denied_paths(forecast, plan, findings, environment);
    // A path of which nothing is known may be one that the user lacks.
    if (!forecast.trouble().empty()) findings.problems.push_back({MessageId::launch_untried, forecast.trouble()});
}

}  // namespace

Findings preview(Kernel& kernel, const Plan& plan, StringVector environment) {
    Findings findings;
    preview_stages(kernel, plan, environment, findings);
    sort_by_option(findings.problems);
    return findings;
}

}  // namespace stepdown
