// SPDX-License-Identifier: Apache-2.0
// The suggestions for a denied permission.
#pragma once

#include "stepdown/dry_run/access_forecast.h"

#include <initializer_list>
#include <string>
#include <string_view>

namespace stepdown {

// Returns true if path is one of tops or below it.
[[nodiscard]] bool is_below(std::string_view path, std::initializer_list<std::string_view> tops);

// Returns true if path belongs to the image, to root or to the kernel. Nobody expects the user to write there.
[[nodiscard]] bool belongs_to_system(std::string_view path);

// The same for step, which is one of trace: a directory on a volume inside /usr is the container's.
[[nodiscard]] bool belongs_to_system(const PathTrace& trace, const PathStep& step);

// Each piece of advice is a sentence without its full stop; "" for none.
class Suggestions {
  public:
    // plan, and all that forecast was made of, outlive it.
    Suggestions(const AccessForecast& forecast, const Plan& plan) : forecast_(forecast), plan_(plan) {}

    // The suggestion for denial, which is on trace.
    [[nodiscard]] std::string suggestion_for(const PathTrace& trace, const Denial& denial) const;

    // ", or set GOSU_GROUPS=@/app": a group that would let the user execute command, which is a path; "" for none.
    [[nodiscard]] std::string or_join_group_for(const std::string& command) const;

    // Returns true if the object of trace, which the user cannot use, is unfit to be a home.
    [[nodiscard]] bool is_unfit_home(const PathTrace& trace) const;

    // The suggestion for a HOME that does not exist or is unfit.
    [[nodiscard]] std::string another_home(const std::string& home) const;

    // Returns true if this process cannot change the owner of anything.
    [[nodiscard]] bool cannot_change_owner() const {
        const bool stays = !plan_.credentials || plan_.credentials->from == plan_.credentials->uid;
        return stays && plan_.identity.uid != 0;
    }

  private:
    [[nodiscard]] bool is_owned_by_user(const PathTrace& trace, const PathStep& step) const;
    [[nodiscard]] bool group_may_use(const Denial& denial) const;
    [[nodiscard]] std::string join_group(const PathStep& step) const;
    [[nodiscard]] std::string join_group_or(const PathStep& step, std::string_view owned) const;
    [[nodiscard]] std::string new_directory_in(const std::string& parent) const;
    [[nodiscard]] std::string instead_of_chown(const PathStep& shared) const;
    [[nodiscard]] std::string chown_suggestion(const PathTrace& trace, const PathStep& step) const;
    [[nodiscard]] std::string run_as_owner(const PathStep& step) const;
    [[nodiscard]] std::string suggestion_for_read_only(const PathTrace& trace, const Denial& denial) const;

    const AccessForecast& forecast_;
    const Plan& plan_;
};

}  // namespace stepdown
