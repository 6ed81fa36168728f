// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/ownership.h"

#include "stepdown/base/append.h"
#include "stepdown/base/log.h"
#include "stepdown/base/text.h"
#include "stepdown/ownership/reason.h"
#include "stepdown/ownership/refusal.h"
#include "stepdown/ownership/tree.h"
#include "stepdown/system/capability.h"
#include "stepdown/system/path_trace.h"

#include <unistd.h>

#include <chrono>

namespace stepdown {
namespace {

using Clock = std::chrono::steady_clock;

// cap_add gives nothing to a process that is not root.
std::string are_missing(const std::vector<std::string>& names) {
    return concat(
        {names.size() == 1 ? "capability " : "capabilities ", join(names, ", "),
         names.size() == 1 ? " is missing. " : " are missing. ",
         ::geteuid() == 0 ? sentence_to_add(names) : "Start the container as root, or run chown in the Dockerfile"});
}

std::vector<CheckedOperand> check_all(OwnershipContext& context) {
    const OwnershipPlan& plan = context.plan();
    // A tree whose top is right is not walked, so nothing may count on its walk.
    const Nested nested = plan.policy == ChownPolicy::on_mismatch ? Nested::within_the_outer : Nested::on_their_own;
    const OperandCheck rules{context.protected_files(), plan.mounts,         nested,
                             plan.settings.chown,       plan.settings.mkdir, context.excluded(),
                             plan.excluded.setting};
    auto all = check_operands(context.calls(), plan.operands, rules);
    if (plan.policy == ChownPolicy::top)
        refuse_interrupted(all, plan.owner, context.owner_match(), plan.settings.policy);
    return all;
}

// The warnings that the exclusions of a plan draw by themselves, apart from any walk.
std::vector<Message> warnings_of_exclusions(const std::vector<CheckedOperand>& all, OwnershipContext& context) {
    const ExcludedEntries* excluded = context.excluded();
    if (excluded == nullptr) return {};
    std::vector<Message> warnings = excluded->warnings;
    std::vector<FileId> tops;
    for (const CheckedOperand& checked : all) {
        if (std::holds_alternative<Error>(checked.outcome)) return warnings;
        if (const auto* tree = std::get_if<Tree>(&checked.outcome)) tops.push_back(tree->entry.id);
    }
    stepdown::append(warnings, warnings_of_strays(context.calls(), *excluded, tops, context.plan().excluded.setting));
    return warnings;
}

void log_exclusions(const std::vector<CheckedOperand>& all, OwnershipContext& context) {
    if (context.excluded() == nullptr) return;
    for (const std::string& note : context.excluded()->notes) log_info(note);
    for (const Message& warning : warnings_of_exclusions(all, context)) log_warn(warning);
}

void log_outcome(const Report& report, Clock::duration took, const OwnershipContext& context) {
    const bool are_errors_warnings = context.run().unmet == nullptr;
    for (const std::string& note : report.notes()) log_info(note);
    for (const std::string& warning : report.warnings(context.plan().settings.hard_links)) {
        log_warn({MessageId::entries_skipped, warning});
    }
    for (const std::string& error : report.errors()) {
        are_errors_warnings ? log_warn({MessageId::owner_unchanged, error}) : log_info(error);
    }
    const TreeReport tree = report.result();
    const std::string price = copy_up_warning(tree, context.plan().owner, Tense::past);
    if (!price.empty()) log_warn({MessageId::image_copied, price});
    if (!log_enabled(LogLevel::info)) return;
    if (tree.excluded > 0) log_info(exclusions_in_words(context.plan(), tree, report.first_excluded()));
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    const std::string seconds =
        std::to_string(milliseconds / 1000) + "." + std::to_string(1000 + milliseconds % 1000).substr(1);
    log_info("owned " + quote(tree.path) + ": " + with_thousands(tree.entries) + " entries, " +
             with_thousands(tree.changed) + " changed, " + with_thousands(tree.skipped) + " skipped, in " + seconds +
             " s, " + std::to_string(tree.threads) + (tree.threads == 1 ? " thread" : " threads"));
}

// Only where that keeps the walk from a change: elsewhere such mounts are skipped.
std::string read_only_mount(const Tree& tree) {
    const PathTrace trace = trace_path(tree.path);
    if (!trace.steps.empty() && !trace.steps.back().read_only) return quote(tree.path) + " is a read-only subvolume";
    return (trace.steps.empty() ? quote(tree.path) : quote(mount_point(trace, trace.steps.back()))) +
           " is mounted read-only";
}

// The consequence of a tree's report for the start: none, or the error that ends it.
Result<void> judge_outcome(const Report& report, OwnershipContext& context, const Tree& tree) {
    if (report.failures() == 0) return {};
    std::string text = quote(tree.path) + ": " + report.summary();
    MessageId id = MessageId::owner_unchanged;
    if (tree.mount == MountKind::read_only) {
        text += ". " + read_only_mount(tree);
        id = MessageId::mount_read_only;
    }
    const std::vector<std::string> missing = missing_capabilities(report, context.may_chown());
    if (!missing.empty()) {
        text += ". The " + are_missing(missing);
        id = MessageId::capability_missing;
    }
    if (context.plan().errors == ChownErrors::warn) {
        log_warn({id, text});
        return {};
    }
    const std::string advice = sentence_to_set(context.plan().settings.errors, "warn");
    return fail(id, concat({"cannot change the owner of ", text, ". ", advice, " to start all the same"}));
}

Result<void> own(Tree& tree, OwnershipContext& context) {
    const auto start = Clock::now();
    TRY(reopen(context.calls(), tree));
    Report report(tree.path);
    work_on(tree, context, report);
    tree.fd = UniqueFd();
    auto* unmet = context.run().unmet;
    log_outcome(report, Clock::now() - start, context);
    if (unmet == nullptr) return judge_outcome(report, context, tree);
    if (report.failures() > 0) unmet->push_back(change_in_words(tree.path, report.failures(), report.counts().entries));
    return {};
}

Result<void> refusals(std::vector<CheckedOperand>& all) {
    Result<void> errors;
    for (CheckedOperand& checked : all) {
        if (auto* error = std::get_if<Error>(&checked.outcome)) add_error(errors, std::move(*error));
    }
    return errors;
}

// Takes the refused ones out of all.
void put_off_refusals(std::vector<CheckedOperand>& all, std::vector<std::string>& unmet) {
    std::erase_if(all, [&unmet](const CheckedOperand& checked) {
        const auto* error = std::get_if<Error>(&checked.outcome);
        if (error == nullptr) return false;
        unmet.push_back(change_in_words(checked.operand, 0, 0));
        log_info(error->message);
        return true;
    });
}

// The errors of several trees are one message: the start ends once.
void append(Result<void>& all, Result<void>&& next) {
    if (next) return;
    if (all) {
        all = std::move(next);
    } else {
        all.error().message += "; " + next.error().message;
    }
}

TreePreview preview_tree(CheckedOperand& checked, OwnershipContext& context) {
    TreePreview preview{checked.operand, {}, "", {}, {}};
    if (auto* error = std::get_if<Error>(&checked.outcome)) preview.problems.push_back(as_message(*error));
    if (auto* ignored = std::get_if<OmittedOperand>(&checked.outcome)) preview.note = ignored->note;
    auto* tree = std::get_if<Tree>(&checked.outcome);
    if (tree == nullptr) return preview;
    if (auto opened = reopen(context.calls(), *tree); !opened) {
        preview.problems.push_back(as_message(opened.error()));
        return preview;
    }
    Report report(tree->path);
    work_on(*tree, context, report);
    tree->fd = UniqueFd();
    preview.tree = report.result();
    if (const ExcludedEntries* excluded = context.excluded()) {
        for (const ExcludedPath& each : excluded->paths) preview.excluded.push_back(each.path);
    }
    for (const std::string& error : report.errors()) preview.problems.push_back({MessageId::owner_unchanged, error});
    for (const std::string& each : report.warnings(context.plan().settings.hard_links)) {
        preview.warnings.push_back({MessageId::entries_skipped, each});
    }
    for (const std::string& each : report.doubts()) preview.warnings.push_back({MessageId::owner_untried, each});
    const std::string price = copy_up_warning(preview.tree, context.plan().owner, Tense::conditional);
    if (!price.empty()) preview.warnings.push_back({MessageId::image_copied, price});
    if (!preview.problems.empty() && tree->mount == MountKind::read_only) {
        preview.problems.push_back({MessageId::mount_read_only,
                                    "cannot change the owner of " + quote(tree->path) + ": " + read_only_mount(*tree)});
    }
    const std::vector<std::string> missing = missing_capabilities(report, context.may_chown());
    if (!missing.empty()) {
        preview.problems.push_back(
            {MessageId::capability_missing,
             concat({"cannot change the owner of ", quote(tree->path), ": the ", are_missing(missing)})});
    }
    return preview;
}

}  // namespace

[[gnu::cold]] std::string change_in_words(const std::string& path, std::uint64_t changes, std::uint64_t entries) {
    if (entries == 0) return "change the owner of " + quote(path);
    return concat({"change the owner of ", with_thousands(changes), " of ", with_thousands(entries), " entries of ",
                   quote(path)});
}

Result<void> chown_trees(const OwnershipPlan& plan, const OwnershipRun& run) {
    if (plan.operands.empty()) return {};
    OwnershipContext context(plan, run, Purpose::change);
    auto all = check_all(context);
    log_exclusions(all, context);
    if (run.unmet != nullptr) {
        put_off_refusals(all, *run.unmet);
    } else {
        TRY(refusals(all));
    }
    Result<void> outcome;
    for (CheckedOperand& checked : all) {
        auto* tree = std::get_if<Tree>(&checked.outcome);
        if (tree == nullptr) {
            log_info(quote(checked.operand) + ": " + std::get<OmittedOperand>(checked.outcome).note);
            continue;
        }
        append(outcome, own(*tree, context));
    }
    return outcome;
}

Result<void> check_operands(const OwnershipPlan& plan) {
    if (plan.operands.empty()) return {};
    const OwnershipRun run;
    OwnershipContext context(plan, run, Purpose::preview);
    auto all = check_all(context);
    return refusals(all);
}

[[gnu::cold]] std::vector<TreePreview> preview_trees(const OwnershipPlan& plan, const OwnershipRun& run) {
    if (plan.operands.empty()) return {};
    OwnershipContext context(plan, run, Purpose::preview);
    auto all = check_all(context);
    std::vector<TreePreview> previews;
    previews.reserve(all.size());
    const std::vector<Message> warnings = warnings_of_exclusions(all, context);
    for (CheckedOperand& checked : all) previews.push_back(preview_tree(checked, context));
    append(previews.front().warnings, warnings);
    return previews;
}

}  // namespace stepdown
