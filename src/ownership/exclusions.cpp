// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/exclusions.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/system/path_trace.h"
#include "stepdown/system/resolve.h"

#include <algorithm>

namespace stepdown {
namespace {

// A path that is probably a typo is not silently missing.
void note_missing(const Operand& operand, const std::string& setting, ExcludedEntries& excluded) {
    const std::string text = concat({setting, " names ", quote(operand.path), ", which does not exist"});
    if (operand.hint.empty()) return excluded.notes.push_back(text);
    excluded.warnings.push_back({MessageId::exclusion_unused, concat({text, ". ", operand.hint})});
}

void find_path(Syscalls& calls, const Operand& operand, const std::string& setting, ExcludedEntries& excluded) {
    auto resolved = resolve("exclude", operand.path);
    if (!resolved && is_missing(resolved.error())) return note_missing(operand, setting, excluded);
    if (!resolved) return excluded.warnings.push_back(as_message(resolved.error()));
    const auto entry = calls.look(resolved->fd.get(), "");
    if (!entry) {
        const auto error = system_error("cannot exclude " + quote(operand.path), entry.error());
        return excluded.warnings.push_back(as_message(error.value()));
    }
    excluded.inodes.set(std::hash<std::uint64_t>()(entry->id.inode) % excluded.inodes.size());
    excluded.paths.push_back({operand.path, std::move(resolved->path), entry->id});
}

}  // namespace

ExcludedNames::ExcludedNames(std::vector<std::string> names) : names_(std::move(names)) {
    for (const std::string& name : names_) digests_.set(digest(name));
}

bool ExcludedNames::is_listed(std::string_view name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
}

bool ExcludedNames::lie_between(std::string_view top, std::string_view path) const {
    const auto names = components_of(path.substr(std::min(top.size(), path.size())));
    return std::any_of(names.begin(), names.end(), [this](const std::string& name) { return contains(name); });
}

const ExcludedPath* ExcludedEntries::find(const FileId& id) const {
    const auto found =
        std::find_if(paths.begin(), paths.end(), [&id](const ExcludedPath& each) { return each.id == id; });
    return found == paths.end() ? nullptr : &*found;
}

ExcludedEntries find_excluded(Syscalls& calls, const Exclusions& exclusions) {
    ExcludedEntries excluded;
    excluded.names = ExcludedNames(exclusions.names);
    for (const Operand& each : exclusions.paths) find_path(calls, each, exclusions.setting, excluded);
    return excluded;
}

std::vector<FileId> ids_on_the_way(Syscalls& calls, const std::string& path) {
    std::vector<FileId> ids;
    for (const PathStep& step : trace_path(path).steps) {
        if (const auto entry = calls.look(step.fd.get(), "")) ids.push_back(entry->id);
    }
    return ids;
}

const ExcludedPath* exclusion_of(Syscalls& calls, const std::string& path, const ExcludedEntries& excluded) {
    if (excluded.paths.empty()) return nullptr;
    for (const FileId& id : ids_on_the_way(calls, path)) {
        if (const ExcludedPath* found = excluded.find(id)) return found;
    }
    return nullptr;
}

std::vector<Message> warnings_of_strays(Syscalls& calls, const ExcludedEntries& excluded, std::span<const FileId> tops,
                                        std::string_view setting) {
    std::vector<Message> warnings;
    for (const ExcludedPath& each : excluded.paths) {
        const auto way = ids_on_the_way(calls, each.path);
        if (std::find_first_of(way.begin(), way.end(), tops.begin(), tops.end()) != way.end()) continue;
        warnings.push_back(
            {MessageId::exclusion_unused,
             concat({setting, " names ", quote(each.given),
                     ", which lies in no tree whose owner is changed. Take it out, or correct the path"})});
    }
    return warnings;
}

bool is_excluded(const OwnershipPlan& plan, const TreePreview& tree, const std::string& path) {
    const auto holds_path = [&path](const std::string& excluded) { return is_at_or_below(path, excluded); };
    return std::any_of(tree.excluded.begin(), tree.excluded.end(), holds_path) ||
           ExcludedNames(plan.excluded.names).lie_between(tree.tree.path, path);
}

std::string exclusions_in_words(const OwnershipPlan& plan, const TreeReport& tree, const std::string& first) {
    const std::string& setting = plan.excluded.setting;
    std::string text = tree.excluded == 1
                           ? concat({"left ", quote(first), " alone: ", setting, " names it"})
                           : concat({"left ", with_thousands(tree.excluded), " entries of ", quote(tree.path),
                                     " alone: ", setting, " names them. The first is ", quote(first)});
    if (plan.policy == ChownPolicy::on_root_mismatch) {
        text += ". A top that is right says nothing about them. After removing an exclusion, for one start " +
                clause_to_set(plan.settings.policy, "on-mismatch");
    }
    return text;
}

}  // namespace stepdown
