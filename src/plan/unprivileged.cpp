// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/unprivileged.h"

#include "stepdown/base/text.h"
#include "stepdown/plan/new_ids.h"

namespace stepdown {

bool is_skippable(const Process& process, const std::optional<RawValue>& given, const Fault& fault) {
    const bool may_change = process.effective.has(cap_setuid) && process.effective.has(cap_setgid);
    const bool cannot_change_owner = process.uid != 0 && !may_change;
    return cannot_change_owner && !is_malformed(fault) && (!given || given->origin == Origin::variable);
}

bool are_ids_skippable(const Settings& settings, const Process& process, const Error& error) {
    return check_new_ids(settings) && is_skippable(process, settings.uid, error) &&
           is_skippable(process, settings.gid, error);
}

std::vector<std::string> missing_capabilities(const Process& process, bool uid_changes, bool gids_change) {
    std::vector<std::string> missing;
    if (uid_changes && !process.effective.has(cap_setuid)) missing.emplace_back("SETUID");
    if (gids_change && !process.effective.has(cap_setgid)) missing.emplace_back("SETGID");
    return missing;
}

std::vector<std::string> labels_for_root(const Settings& settings) {
    std::vector<std::string> labels;
    if (settings.user) labels.push_back(settings.user->label);
    if (settings.uid) labels.push_back(settings.uid->label);
    if (settings.gid) labels.push_back(settings.gid->label);
    if (settings.groups) labels.push_back(settings.groups->given.label);
    if (!settings.chown.operands.empty()) labels.push_back(settings.chown.label);
    return labels;
}

void note_skipped(const std::vector<std::string>& labels, const Settings& settings, const Process& process,
                  Plan& plan) {
    if (process.uid == 0 || labels.empty()) return;
    const bool only_chown = labels.size() == 1 && labels.front() == settings.chown.label;
    const bool tolerated = only_chown && settings.chown.errors == ChownErrors::warn;
    const std::string reason = "uid " + std::to_string(process.uid) + " is not root";
    if (settings.strictness == Strictness::strict && !tolerated) {
        plan.errors.push_back(
            mistake_in(Option::strict, MessageId::settings_skipped,
                       concat({"cannot honour ", join(labels, ", "), ": ", reason,
                               ". Start the container as root, or without ", settings.names[Option::strict]})));
    } else {
        plan.warnings.push_back({MessageId::settings_skipped,
                                 reason + ", so the command runs as that uid; skipped: " + join(labels, ", ")});
    }
}

[[gnu::cold]] std::string cannot_change_user(const std::vector<std::string>& missing, const Settings& settings,
                                             const Process& process) {
    const std::string names = join(missing, ", ");
    const std::string_view kind = missing.size() == 1 ? "capability " : "capabilities ";
    if (process.uid == 0) {
        return concat({"cannot use ", settings.user->label, ": root lacks the ", kind, names, " here"});
    }
    return concat({"cannot use ", settings.user->label, ": uid ", std::to_string(process.uid),
                   " is not root and lacks the ", kind, names, ". Call this as root, or leave ",
                   settings.names[Option::user], " out"});
}

void decide_unprivileged(const Settings& settings, const Process& process, Plan& plan) {
    if (process.uid == 0 || plan.credentials || process.effective.has(cap_chown)) return;
    std::vector<std::string> labels;
    for (const Option option : {Option::mkdir, Option::chown}) {
        if (const auto& given = settings.raw_value(option)) labels.push_back(given->label);
    }
    plan.unprivileged = Unprivileged{process.uid, join(labels, ", ")};
}

[[gnu::cold]] Result<std::string> judge_unmet(const Plan& plan, const Unmet& unmet) {
    const bool ends = (!unmet.directories.empty() && plan.directories.errors == DirectoryErrors::fail) ||
                      (!unmet.trees.empty() && plan.ownership.errors == ChownErrors::fail);
    std::vector<std::string> clauses = unmet.directories;
    clauses.insert(clauses.end(), unmet.trees.begin(), unmet.trees.end());
    std::string text = "uid " + std::to_string(plan.unprivileged->uid) + " is not root and cannot " +
                       join(clauses, ", nor ") +
                       ". The container starts as that uid because of USER in the Dockerfile, user: in compose, or "
                       "runAsUser in a pod. Prepare this in the image, or leave that out";
    if (!ends) return text;
    return fail(MessageId::preparation_impossible, concat({"cannot honour ", plan.unprivileged->labels, ": ", text}));
}

}  // namespace stepdown
