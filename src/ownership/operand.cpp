// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/operand.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/ownership/refusal.h"
#include "stepdown/ownership/verdict.h"
#include "stepdown/system/path_trace.h"

#include <algorithm>
#include <cerrno>

namespace stepdown {
namespace {

constexpr std::size_t most_open_trees = 16;

Result<Tree> open_tree(Syscalls& calls, const Operand& operand, OperandRules& checks) {
    Resolved resolved = TRY(resolve("change the owner of", operand.path));
    Tree tree{std::move(resolved.fd), std::move(resolved.path), {}, MountKind::ordinary};
    const auto entry = calls.look_with_mount(tree.fd.get());
    if (!entry) return system_error("cannot change the owner of " + quote(tree.path), entry.error());
    tree.entry = *entry;
    const auto kind = kind_of_mount(tree.fd.get(), tree.entry.mount);
    if (!kind) return system_error("cannot change the owner of " + quote(tree.path), kind.error());
    tree.mount = *kind;
    TRY(checks.check(tree));
    return tree;
}

// A directory cannot be created below a file (ENOTDIR).
std::string missing_advice(const Operand& operand, int number, const OperandCheck& rules) {
    if (!operand.hint.empty()) return operand.hint;
    const std::string path = quote(operand.path);
    std::string optional = concat({"Write -", path, " in ", rules.chown, " if it need not exist"});
    if (number == ENOTDIR) return optional;
    return concat({optional, ", or ", clause_to_set(rules.mkdir, path), " to create it"});
}

CheckedOperand check_one(Syscalls& calls, const Operand& operand, OperandRules& checks, const OperandCheck& rules) {
    auto tree = open_tree(calls, operand, checks);
    if (tree) return {operand.path, *std::move(tree)};
    Error error = std::move(tree).error();
    if (!is_missing(error)) return {operand.path, std::move(error)};
    if (operand.presence == Presence::optional)
        return {operand.path, OmittedOperand{"does not exist, which is allowed"}};
    error.message.append(". ").append(missing_advice(operand, error.number, rules));
    return {operand.path, std::move(error)};
}

bool is_on_entered_mount(const PathStep& step) {
    const auto kind = kind_of_mount(step.fd.get(), step.mount);
    return kind && is_entered(*kind);
}

// A mount that lies in another one may be behind a third, which is not entered.
bool leads_over_entered_mounts(const Tree& inner, const Tree& outer) {
    const PathTrace trace = trace_path(inner.path);
    return trace.object() != nullptr && std::all_of(trace.steps.begin(), trace.steps.end(), [&](const PathStep& step) {
               return outer.path.starts_with(step.path) || is_on_entered_mount(step);
           });
}

// If the kernel does not tell the mounts of two trees, they count as different.
bool is_same_mount(const Tree& one, const Tree& other) {
    return one.entry.mount && one.entry.mount == other.entry.mount;
}

// Returns true if the walk of outer reaches inner under rules.
bool is_walked_by(const Tree& inner, const Tree& outer, const OperandCheck& rules) {
    if (rules.nested == Nested::on_their_own || !outer.entry.is_directory() || inner.entry.is_device()) return false;
    if (inner.path == outer.path || !is_at_or_below(inner.path, outer.path)) return false;
    if (rules.excluded != nullptr && rules.excluded->names.lie_between(outer.path, inner.path)) return false;
    if (is_same_mount(inner, outer) && inner.entry.id.device == outer.entry.id.device) return true;
    return rules.mounts == Mounts::enter && outer.mount != MountKind::read_only &&
           leads_over_entered_mounts(inner, outer);
}

// Why tree, the one at index, need not be walked: "" if it must.
std::string reason_to_omit(const std::vector<CheckedOperand>& all, std::size_t index, const OperandCheck& rules) {
    const Tree& tree = std::get<Tree>(all[index].outcome);
    for (std::size_t other = 0; other < all.size(); ++other) {
        const Tree* candidate = std::get_if<Tree>(&all[other].outcome);
        if (candidate == nullptr || other == index) continue;
        const bool same =
            candidate->entry.id == tree.entry.id && (is_same_mount(*candidate, tree) || candidate->path == tree.path);
        if (same && other < index) return "the same as " + quote(all[other].operand);
        if (!same && is_walked_by(tree, *candidate, rules)) return "part of " + quote(candidate->path);
    }
    return "";
}

// Under top, a change of the top directory alone would hide that an earlier walk did not end.
bool is_interrupted(const Tree& tree, Owner owner, OwnerMatch match) {
    return tree.entry.is_directory() && !proves_completion(tree.entry.owner) && !is_right(tree.entry, owner, match);
}

}  // namespace

std::vector<CheckedOperand> check_operands(Syscalls& calls, std::span<const Operand> operands,
                                           const OperandCheck& rules) {
    std::vector<CheckedOperand> all;
    all.reserve(operands.size());
    OperandRules checks(calls, rules);
    std::size_t open = 0;
    for (const Operand& operand : operands) {
        CheckedOperand& checked = all.emplace_back(check_one(calls, operand, checks, rules));
        auto* tree = std::get_if<Tree>(&checked.outcome);
        if (tree != nullptr && ++open > most_open_trees) tree->fd = UniqueFd();
    }
    std::vector<std::string> reasons(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (std::holds_alternative<Tree>(all[i].outcome)) reasons[i] = reason_to_omit(all, i, rules);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!reasons[i].empty()) all[i].outcome = OmittedOperand{std::move(reasons[i])};
    }
    return all;
}

Result<void> reopen(Syscalls& calls, Tree& tree) {
    if (tree.fd.valid()) return {};
    UniqueFd fd = TRY(resolve("change the owner of", tree.path)).fd;
    const auto entry = calls.look_with_mount(fd.get());
    if (!entry) return system_error("cannot change the owner of " + quote(tree.path), entry.error());
    if (!entry->same_file(tree.entry) || entry->mount != tree.entry.mount) {
        return refuse(tree.path, "another process put something else there meanwhile. Start again",
                      MessageId::owner_unchanged);
    }
    tree.fd = std::move(fd);
    return {};
}

void refuse_interrupted(std::vector<CheckedOperand>& all, Owner owner, OwnerMatch match, SettingName policy) {
    for (CheckedOperand& checked : all) {
        const auto* tree = std::get_if<Tree>(&checked.outcome);
        if (tree == nullptr || !is_interrupted(*tree, owner, match)) continue;
        const std::string gid = std::to_string(tree->entry.owner.gid);
        checked.outcome = refuse(tree->path,
                                 concat({"its gid ", gid, " is what an interrupted walk leaves. For one start ",
                                         clause_to_set(policy, "on-mismatch")}),
                                 MessageId::walk_interrupted)
                              .value();
    }
}

}  // namespace stepdown
