// SPDX-License-Identifier: Apache-2.0
// A forecast of the user's permissions after the preparation: the permissions of today, and what changes until then.
#pragma once

#include "stepdown/dry_run/as_user.h"
#include "stepdown/dry_run/findings.h"
#include "stepdown/plan/plan.h"
#include "stepdown/system/path_trace.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// A denied permission.
struct Denial {
    const PathStep* step = nullptr;
    std::vector<Permission> lacking;  // what the user wants and lacks there, at least one
    [[nodiscard]] Permission permission() const { return lacking.front(); }
};

// Answers for one user and one plan. Each step of a path is asked about once, whoever asks for it again.
class AccessForecast {
  public:
    // All of them outlive it. The directories and trees of findings are previews already.
    AccessForecast(AsUser& user, const Plan& plan, const Findings& findings)
        : user_(user), plan_(plan), findings_(findings) {}

    // The first denial on trace, or at its object for one of wanted; nothing: none, or there is trouble.
    [[nodiscard]] std::optional<Denial> denial(const PathTrace& trace, std::span<const Permission> wanted) const;

    // The excluded paths that are path or above it, as the user gave them. Empty where no tree is changed.
    [[nodiscard]] std::vector<std::string> exclusions_of(const std::string& path) const;

    // The tree in which step, one of trace, lies; null for none. A walk of the whole tree comes to step, if no path is
    // excluded.
    [[nodiscard]] const TreePreview* tree_of(const PathTrace& trace, const PathStep& step) const;

    // Returns true if a directory will be created at path, or above it.
    [[nodiscard]] bool will_be_created(const std::string& path) const;

    // Returns true if step, which is one of trace, will belong to the user and does not yet.
    [[nodiscard]] bool will_be_owned(const PathTrace& trace, const PathStep& step) const;

    // The command that the user will find (find_command) and be able to execute, with the interpreters of a script and
    // the programs that env(1) looks for; nothing: there is none. What the user cannot read now is taken for good;
    // unread_part tells of it.
    [[nodiscard]] std::optional<FoundCommand> find_executable(const std::string& name) const;

    // The denial that keeps an interpreter from reading its script as the user, and the fix; "" if there is none.
    [[nodiscard]] std::string hidden_script(const FoundCommand& launch) const;

    // A warning if the user cannot read a part of launch now, so that nobody can tell whether the kernel takes it; ""
    // if everything was read.
    [[nodiscard]] std::string unread_part(const FoundCommand& launch) const;

    // The error of the first question that the user's process did not answer; "" for none. After it no other question
    // is asked, because a user who stops one process may stop all, and nothing is known of any denial.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

  private:
    [[nodiscard]] bool is_reached(const TreePreview& tree, const PathTrace& trace, const PathStep& step) const;
    [[nodiscard]] std::optional<std::vector<DeniedPermissions>> denied_now(const PathTrace& trace) const;
    [[nodiscard]] bool is_refused(const PathTrace& trace, const PathStep& step, Permission permission,
                                  const DeniedPermissions& now) const;
    [[nodiscard]] std::string first_executable(const std::string& name) const;
    [[nodiscard]] bool may_execute(const std::string& file) const;
    [[nodiscard]] std::string denial_of_reading(const std::string& file) const;

    AsUser& user_;
    const Plan& plan_;
    const Findings& findings_;
    mutable std::map<std::string, DeniedPermissions> known_;  // by the path of a step
    mutable std::string trouble_;
};

}  // namespace stepdown
