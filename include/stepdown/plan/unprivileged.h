// SPDX-License-Identifier: Apache-2.0
// Starting without the rights that settings need: what is skipped, what is refused, and what one message says of it.
#pragma once

#include "stepdown/identity/identity.h"
#include "stepdown/plan/plan.h"
#include "stepdown/settings/settings.h"

#include <string>
#include <vector>

namespace stepdown {

// Returns true if given, which could not be resolved because of fault, is one of the settings that process skips: the
// process is not root and cannot become another user, the setting is a variable or not set, and it is not badly
// written.
[[nodiscard]] bool is_skippable(const Process& process, const std::optional<RawValue>& given, const Fault& fault);

// The same for the new uid and gid, of which one at least is given. Settings that cannot be combined are never skipped.
[[nodiscard]] bool are_ids_skippable(const Settings& settings, const Process& process, const Error& error);

// The names of the capabilities that process lacks to change its uid, or its groups or gid.
[[nodiscard]] std::vector<std::string> missing_capabilities(const Process& process, bool uid_changes, bool gids_change);

// The labels of those settings of settings that only root can honour.
[[nodiscard]] std::vector<std::string> labels_for_root(const Settings& settings);

// Adds to plan one warning that labels are skipped, under strict an error; nothing where labels are none.
void note_skipped(const std::vector<std::string>& labels, const Settings& settings, const Process& process, Plan& plan);

// Why the user of settings cannot be changed to without the capabilities missing, and what to do if process is not
// root (needed_capabilities.h says what root is to do).
[[nodiscard]] std::string cannot_change_user(const std::vector<std::string>& missing, const Settings& settings,
                                             const Process& process);

// Sets plan.unprivileged, whose credentials are decided, where that holds.
void decide_unprivileged(const Settings& settings, const Process& process, Plan& plan);

// The parts of an unprivileged start that failed: clauses such as "create /data".
struct Unmet {
    std::vector<std::string> directories;
    std::vector<std::string> trees;
    [[nodiscard]] bool empty() const { return directories.empty() && trees.empty(); }
};

// The one message for unmet, as a warning. Error: the same as a refusal, where the plan says that such errors end the
// start (strict, and chown-errors).
[[nodiscard]] Result<std::string> judge_unmet(const Plan& plan, const Unmet& unmet);

}  // namespace stepdown
