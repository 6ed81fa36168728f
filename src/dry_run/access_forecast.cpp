// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/access_forecast.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/ownership/exclusions.h"
#include "stepdown/plan/capability_plan.h"
#include "stepdown/system/denial.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace stepdown {
namespace {

mode_t owners_bit(Permission permission) {
    switch (permission) {
        case Permission::read: return S_IRUSR;
        case Permission::write: return S_IWUSR;
        case Permission::search:
        case Permission::execute: return S_IXUSR;
    }
    return S_IXUSR;
}

// Returns true for entries that a walk may skip: devices, and files with more than one name.
bool may_be_skipped(const PathStep& step) {
    return S_ISCHR(step.mode) || S_ISBLK(step.mode) || (!S_ISDIR(step.mode) && step.links > 1);
}

bool is_on_mount_of(const PathTrace& trace, const PathStep& step, const std::string& top) {
    for (const PathStep& each : trace.steps) {
        if (each.path == top) return each.mount == step.mount;
    }
    return true;
}

// Returns true if the walk of tree gives step, which it reaches, to the user, as far as the preview tells.
bool changes(const TreePreview& tree, const PathStep& step) {
    return tree.tree.changed > 0 && (tree.tree.skipped == 0 || !may_be_skipped(step));
}

}  // namespace

bool AccessForecast::is_reached(const TreePreview& tree, const PathTrace& trace, const PathStep& step) const {
    const std::string& top = tree.tree.path;
    if (top.empty() || !tree.problems.empty() || !is_at_or_below(step.path, top)) return false;
    if (plan_.ownership.policy == ChownPolicy::top && step.path != top) return false;
    if (ExcludedNames(plan_.ownership.excluded.names).lie_between(top, step.path)) return false;
    return plan_.ownership.mounts == Mounts::enter || is_on_mount_of(trace, step, top);
}

const TreePreview* AccessForecast::tree_of(const PathTrace& trace, const PathStep& step) const {
    const auto tree = std::find_if(findings_.trees.begin(), findings_.trees.end(),
                                   [&](const TreePreview& each) { return is_reached(each, trace, step); });
    return tree == findings_.trees.end() ? nullptr : &*tree;
}

bool AccessForecast::will_be_owned(const PathTrace& trace, const PathStep& step) const {
    if (step.read_only || step.uid == plan_.identity.uid) return false;
    return std::any_of(findings_.trees.begin(), findings_.trees.end(), [&](const TreePreview& tree) {
        return changes(tree, step) && is_reached(tree, trace, step) && !is_excluded(plan_.ownership, tree, step.path);
    });
}

std::vector<std::string> AccessForecast::exclusions_of(const std::string& path) const {
    std::vector<std::string> given;
    for (const Operand& each : plan_.ownership.excluded.paths) {
        const PathTrace excluded = trace_path(each.path);
        const PathStep* object = excluded.object();
        if (object == nullptr || !is_at_or_below(path, object->path)) continue;
        const bool counts = std::any_of(findings_.trees.begin(), findings_.trees.end(), [&](const TreePreview& tree) {
            return std::find(tree.excluded.begin(), tree.excluded.end(), object->path) != tree.excluded.end();
        });
        if (counts) given.push_back(each.path);
    }
    return given;
}

bool AccessForecast::is_refused(const PathTrace& trace, const PathStep& step, Permission permission,
                                const DeniedPermissions& now) const {
    if (!will_be_owned(trace, step)) return now[permission] != 0;
    if (permission == Permission::execute && step.no_exec) return true;
    const auto capabilities = capabilities_after(plan_);
    const bool has_capabilities = !capabilities || !capabilities->empty();
    return (step.mode & owners_bit(permission)) == 0 && (!has_capabilities || now[permission] != 0);
}

// Each step is asked about once, because traces have their first steps in common. A trace of one step is that of a
// descriptor, whose path may be another object's, too.
std::optional<std::vector<DeniedPermissions>> AccessForecast::denied_now(const PathTrace& trace) const {
    if (!trouble_.empty()) return std::nullopt;
    if (trace.steps.size() == 1) known_.erase(trace.steps.front().path);
    std::vector<const PathStep*> unknown;
    for (const PathStep& step : trace.steps) {
        if (!known_.contains(step.path)) unknown.push_back(&step);
    }
    const auto answers = user_.denied_permissions(unknown);
    if (!answers) {
        trouble_ = answers.error().message;
        return std::nullopt;
    }
    for (std::size_t i = 0; i < unknown.size(); ++i) known_[unknown[i]->path] = answers->at(i);
    std::vector<DeniedPermissions> all;
    for (const PathStep& step : trace.steps) all.push_back(known_[step.path]);
    return all;
}

std::optional<Denial> AccessForecast::denial(const PathTrace& trace, std::span<const Permission> wanted) const {
    const auto now = denied_now(trace);
    if (!now) return std::nullopt;
    constexpr std::array pass{Permission::search};
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
        const PathStep& step = trace.steps[i];
        const bool is_object = &step == trace.object();
        if (!is_object && !S_ISDIR(step.mode)) continue;
        std::vector<Permission> lacking;
        for (const Permission permission : is_object ? wanted : std::span<const Permission>(pass)) {
            if (is_refused(trace, step, permission, now->at(i))) lacking.push_back(permission);
        }
        if (!lacking.empty()) return Denial{&step, std::move(lacking)};
    }
    return std::nullopt;
}

bool AccessForecast::will_be_created(const std::string& path) const {
    for (const DirectoryPreview& each : findings_.directories) {
        if (!each.problem.empty()) continue;
        for (const std::string& missing : each.missing) {
            if (missing == path) return true;
        }
    }
    return false;
}

bool AccessForecast::may_execute(const std::string& file) const {
    const PathTrace trace = trace_path(file);
    constexpr std::array run{Permission::execute};
    return trace.object() != nullptr && S_ISREG(trace.object()->mode) && !denial(trace, run);
}

std::string AccessForecast::first_executable(const std::string& name) const {
    if (is_path(name)) return may_execute(name) ? name : "";
    for (const std::string& directory : plan_.path) {
        std::string file = in_directory(directory, name);
        if (may_execute(file)) return file;
    }
    return "";
}

std::optional<FoundCommand> AccessForecast::find_executable(const std::string& name) const {
    FoundCommand launch{first_executable(name), {}};
    if (launch.file.empty() || !trouble_.empty()) return std::nullopt;
    auto content = user_.read_content(launch.file);
    if (!content) {
        trouble_ = content.error().message;
        return std::nullopt;
    }
    launch.content = *std::move(content);
    const Defect& defect = launch.content.defect;
    // A right that is lacking now may be there then.
    const bool is_closed = defect.number == EACCES && !defect.file.empty();
    if (is_closed ? !may_execute(defect.file) : defect.number != 0) return std::nullopt;
    const auto& scripts = launch.content.scripts;
    const bool is_barred = std::any_of(scripts.begin(), scripts.end(), [this](const Script& each) {
        return !may_execute(each.interpreter) || (!each.sought.empty() && first_executable(each.sought).empty());
    });
    return is_barred || !hidden_script(launch).empty() ? std::nullopt : std::optional(std::move(launch));
}

// The first denial that keeps the user from reading file; "" for none.
std::string AccessForecast::denial_of_reading(const std::string& file) const {
    constexpr std::array read{Permission::read};
    const PathTrace trace = trace_path(file);
    const uid_t uid = plan_.identity.uid;
    const auto found = denial(trace, read);
    if (!found) return "";
    return concat({describe_denial(trace, *found->step, found->permission(), uid), ". ",
                   as_sentence(suggest_fix(*found->step, found->permission(), uid))});
}

std::string AccessForecast::hidden_script(const FoundCommand& launch) const {
    for (const Script& each : launch.content.scripts) {
        std::string text = denial_of_reading(each.file);
        if (!text.empty()) return text;
    }
    return "";
}

std::string AccessForecast::unread_part(const FoundCommand& launch) const {
    const std::string& file = launch.content.unread;
    if (file.empty()) return "";
    const std::string text = denial_of_reading(file);
    if (!text.empty()) {
        return concat({"cannot tell whether ", quote(file), " is a script, which its interpreter has to read: ", text});
    }
    return concat({"cannot tell whether the kernel takes ", quote(file), " for a program: uid ",
                   std::to_string(plan_.identity.uid), " may read it only after the start has changed its owner"});
}

}  // namespace stepdown
