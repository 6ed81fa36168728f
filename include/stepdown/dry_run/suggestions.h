// SPDX-License-Identifier: Apache-2.0
// The suggestions for a denied permission.
#pragma once

#include "stepdown/dry_run/access_forecast.h"
#include "stepdown/dry_run/findings.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// Returns true if path is one of tops or below it.
[[nodiscard]] bool is_below(std::string_view path, std::initializer_list<std::string_view> tops);

// Returns true if path belongs to the image, to root or to the kernel. Nobody expects the user to write there.
[[nodiscard]] bool belongs_to_system(std::string_view path);

// The same for step, which is one of trace: a directory on a volume inside /usr is the container's.
[[nodiscard]] bool belongs_to_system(const PathTrace& trace, const PathStep& step);

// Finds the remedies for one plan. A remedy is given only if it works when it is carried out to the letter.
class Suggestions {
  public:
    // plan, and all that forecast was made of, outlive it.
    Suggestions(const AccessForecast& forecast, const Plan& plan) : forecast_(forecast), plan_(plan) {}

    // The remedies for denial, which is on trace: those that follow from the owner, the mode and the mount of its step.
    // Empty where nothing follows.
    [[nodiscard]] std::vector<Suggestion> suggestions_for(const PathTrace& trace, const Denial& denial) const;

    // ", or set GOSU_GROUPS=@/app": a group that would let the user execute command, which is a path; "" for none.
    [[nodiscard]] std::string or_join_group_for(const std::string& command) const;

    // The remedies for home, a HOME that does not exist; trace ends at the last directory on the way that does.
    [[nodiscard]] std::vector<Suggestion> suggestions_for_missing_home(const std::string& home,
                                                                       const PathTrace& trace) const;

    // A HOME that the user can write; empty if there is none.
    [[nodiscard]] std::vector<Suggestion> another_home() const;

    // Returns true if this process cannot change the owner of anything.
    [[nodiscard]] bool cannot_change_owner() const {
        const bool stays = !plan_.credentials || plan_.credentials->from == plan_.credentials->uid;
        return stays && plan_.identity.uid != 0;
    }

  private:
    [[nodiscard]] bool is_owned_by_user(const PathTrace& trace, const PathStep& step) const;
    [[nodiscard]] bool group_may_use(const Denial& denial) const;
    [[nodiscard]] Suggestion join_group(const PathStep& step) const;
    [[nodiscard]] std::vector<Suggestion> change_owner(const PathTrace& trace, const PathStep& step) const;
    [[nodiscard]] Suggestion own(const PathStep& step, std::string_view purpose = "") const;
    [[nodiscard]] Suggestion include_again(const PathTrace& trace, const PathStep& step,
                                           const std::vector<std::string>& excluding) const;
    [[nodiscard]] Suggestion change_owner_outside(const PathTrace& trace, const PathStep& step) const;
    [[nodiscard]] std::vector<Suggestion> on_read_only_mount(const PathTrace& trace, const Denial& denial) const;
    [[nodiscard]] std::vector<Suggestion> for_others_file(const PathTrace& trace, const Denial& denial) const;

    const AccessForecast& forecast_;
    const Plan& plan_;
};

// The problem and the suggestions: "/data: 0:0 0755, uid 1000 cannot write. Set GOSU_CHOWN=/data".
[[nodiscard]] std::string in_words(const DeniedPath& path);

}  // namespace stepdown
