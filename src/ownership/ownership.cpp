#include "stepdown/ownership/ownership.h"

#include "stepdown/base/log.h"
#include "stepdown/base/text.h"
#include "stepdown/ownership/tree.h"
#include "stepdown/system/path_trace.h"

#include <unistd.h>

#include <chrono>

namespace stepdown {
namespace {

using Clock = std::chrono::steady_clock;

// cap_add gives nothing to a process that is not root.
std::string chown_is_missing() {
    return concat({"capability CHOWN is missing. Start the container ",
                   ::geteuid() == 0 ? "with cap_add: [CHOWN]" : "as root, or own this in the Dockerfile"});
}

std::vector<Vetted> vet_all(Circumstances& circumstances) {
    const OwnershipPlan& plan = circumstances.plan();
    // A tree whose top is right is not walked, so nothing may count on its walk.
    const Nested nested = plan.policy == ChownPolicy::on_mismatch ? Nested::within_the_outer : Nested::on_their_own;
    const VettingRules rules{circumstances.protected_files(), plan.mounts, nested};
    return vet(circumstances.calls(), plan.operands, rules);
}

void log_outcome(const Report& report, Clock::duration took, void (*log_entry)(std::string_view)) {
    for (const std::string& note : report.notes()) log_info(note);
    for (const std::string& warning : report.warnings()) log_warn(warning);
    for (const std::string& error : report.errors()) log_entry(error);
    if (!log_enabled(LogLevel::info)) return;
    const TreeReport tree = report.result();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    const std::string seconds =
        std::to_string(milliseconds / 1000) + "." + std::to_string(1000 + milliseconds % 1000).substr(1);
    log_info("owned " + quote(tree.path) + ": " + with_thousands(tree.entries) + " entries, " +
             with_thousands(tree.changed) + " changed, " + with_thousands(tree.skipped) + " skipped, in " + seconds +
             " s, " + std::to_string(tree.threads) + (tree.threads == 1 ? " thread" : " threads"));
}

// Only where that keeps the walk from a change: elsewhere such mounts are skipped.
std::string read_only_mount(const Tree& tree) {
    const Way way = way_to(tree.path);
    if (!way.points.empty() && !way.points.back().read_only) return quote(tree.path) + " is a read-only subvolume";
    return (way.points.empty() ? quote(tree.path) : quote(mount_point(way, way.points.back()))) +
           " is mounted read-only";
}

// What a tree's report means for the start: nothing, or the error it ends with.
Result<void> judge_outcome(const Report& report, Circumstances& circumstances, const Tree& tree) {
    if (report.failures() == 0) return {};
    std::string text = quote(tree.path) + ": " + report.summary();
    if (tree.mount == MountKind::read_only) text += ". " + read_only_mount(tree);
    if (!circumstances.may_chown()) text += ". The " + chown_is_missing();
    if (circumstances.plan().errors == ChownErrors::warn) {
        log_warn(text);
        return {};
    }
    return fail("cannot own " + text + ". Write GOSU_CHOWN_ERRORS=warn to start all the same");
}

Result<void> own(Tree& tree, Circumstances& circumstances) {
    const auto start = Clock::now();
    TRY(reopen(circumstances.calls(), tree));
    Report report(tree.path);
    work_on(tree, circumstances, report);
    tree.fd = UniqueFd();
    auto* unmet = circumstances.run().unmet;
    log_outcome(report, Clock::now() - start, unmet == nullptr ? log_warn : log_info);
    if (unmet == nullptr) return judge_outcome(report, circumstances, tree);
    if (report.failures() > 0) unmet->push_back(change_in_words(tree.path, report.failures(), report.counts().entries));
    return {};
}

Result<void> first_refusal(std::vector<Vetted>& all) {
    for (Vetted& vetted : all) {
        if (auto* error = std::get_if<Error>(&vetted.outcome)) return Failure(std::move(*error));
    }
    return {};
}

// Takes the refused ones out of all.
void put_off_refusals(std::vector<Vetted>& all, std::vector<std::string>& unmet) {
    std::erase_if(all, [&unmet](const Vetted& vetted) {
        const auto* error = std::get_if<Error>(&vetted.outcome);
        if (error == nullptr) return false;
        unmet.push_back(change_in_words(vetted.operand, 0, 0));
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

Inspection inspect(Vetted& vetted, Circumstances& circumstances) {
    Inspection inspection{vetted.operand, {}, "", {}, {}};
    if (auto* error = std::get_if<Error>(&vetted.outcome)) inspection.problems.push_back(error->message);
    if (auto* left_out = std::get_if<LeftOut>(&vetted.outcome)) inspection.note = left_out->note;
    auto* tree = std::get_if<Tree>(&vetted.outcome);
    if (tree == nullptr) return inspection;
    if (auto opened = reopen(circumstances.calls(), *tree); !opened) {
        inspection.problems.push_back(std::move(opened).error().message);
        return inspection;
    }
    Report report(tree->path);
    work_on(*tree, circumstances, report);
    tree->fd = UniqueFd();
    inspection.tree = report.result();
    inspection.problems = report.errors();
    inspection.warnings = report.warnings();
    if (!inspection.problems.empty() && tree->mount == MountKind::read_only) {
        inspection.problems.push_back("cannot own " + quote(tree->path) + ": " + read_only_mount(*tree));
    }
    if (inspection.tree.changed > 0 && !circumstances.may_chown()) {
        inspection.problems.push_back("cannot own " + quote(tree->path) + ": the " + chown_is_missing());
    }
    return inspection;
}

}  // namespace

[[gnu::cold]] std::string change_in_words(const std::string& path, std::uint64_t changes, std::uint64_t entries) {
    if (entries == 0) return "change the owner of " + quote(path);
    return concat({"change the owner of ", with_thousands(changes), " of ", with_thousands(entries), " entries of ",
                   quote(path)});
}

Result<void> own_trees(const OwnershipPlan& plan, const OwnershipRun& run) {
    if (plan.operands.empty()) return {};
    Circumstances circumstances(plan, run, Purpose::change);
    auto all = vet_all(circumstances);
    if (run.unmet != nullptr) {
        put_off_refusals(all, *run.unmet);
    } else {
        TRY(first_refusal(all));
    }
    Result<void> outcome;
    for (Vetted& vetted : all) {
        auto* tree = std::get_if<Tree>(&vetted.outcome);
        if (tree == nullptr) {
            log_info(quote(vetted.operand) + ": " + std::get<LeftOut>(vetted.outcome).note);
            continue;
        }
        append(outcome, own(*tree, circumstances));
    }
    return outcome;
}

Result<void> check_operands(const OwnershipPlan& plan) {
    if (plan.operands.empty()) return {};
    const OwnershipRun run;
    Circumstances circumstances(plan, run, Purpose::inspect);
    auto all = vet_all(circumstances);
    return first_refusal(all);
}

[[gnu::cold]] std::vector<Inspection> inspect_trees(const OwnershipPlan& plan, const OwnershipRun& run) {
    if (plan.operands.empty()) return {};
    Circumstances circumstances(plan, run, Purpose::inspect);
    auto all = vet_all(circumstances);
    std::vector<Inspection> inspections;
    inspections.reserve(all.size());
    for (Vetted& vetted : all) inspections.push_back(inspect(vetted, circumstances));
    return inspections;
}

}  // namespace stepdown
