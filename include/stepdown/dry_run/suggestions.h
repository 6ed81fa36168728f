// What to write where the user lacks a right.
#pragma once

#include "stepdown/dry_run/access_forecast.h"

#include <initializer_list>
#include <string>
#include <string_view>

namespace stepdown {

// Whether path is one of tops or below it.
[[nodiscard]] bool is_below(std::string_view path, std::initializer_list<std::string_view> tops);

// Whether path belongs to the image, to root or to the kernel: nobody expects the user to write there.
[[nodiscard]] bool is_systems(std::string_view path);

// The same of point, which is one of way: a directory on a volume inside /usr is the container's.
[[nodiscard]] bool is_systems(const Way& way, const WayPoint& point);

// Each piece of advice is a sentence without its full stop; "" for none.
class Adviser {
  public:
    // plan and what outlook was made of outlive it.
    Adviser(const Outlook& outlook, const Plan& plan) : outlook_(outlook), plan_(plan) {}

    // Against barrier, which is on way.
    [[nodiscard]] std::string against(const Way& way, const Barrier& barrier) const;

    // ", or write GOSU_GROUPS=@/app": a group that would let the user execute command, which is a path; "" for none.
    [[nodiscard]] std::string or_joining_for(const std::string& command) const;

    // Whether the object of way, which the user cannot use, is none to make a home of.
    [[nodiscard]] bool is_unfit_home(const Way& way) const;

    // Where HOME does not exist, or is unfit.
    [[nodiscard]] std::string another_home(const std::string& home) const;

    // Whether this process can change no owner.
    [[nodiscard]] bool is_powerless() const {
        const bool stays = !plan_.credentials || plan_.credentials->from == plan_.credentials->uid;
        return stays && plan_.identity.uid != 0;
    }

  private:
    [[nodiscard]] bool is_users(const Way& way, const WayPoint& point) const;
    [[nodiscard]] bool is_groups(const Barrier& barrier) const;
    [[nodiscard]] std::string joining(const WayPoint& point) const;
    [[nodiscard]] std::string joining_or(const WayPoint& point, std::string_view owned) const;
    [[nodiscard]] std::string new_directory_in(const std::string& parent) const;
    [[nodiscard]] std::string instead_of_owning(const WayPoint& shared) const;
    [[nodiscard]] std::string owning(const Way& way, const WayPoint& point) const;
    [[nodiscard]] std::string becoming_owner(const WayPoint& point) const;
    [[nodiscard]] std::string against_read_only(const Way& way, const Barrier& barrier) const;

    const Outlook& outlook_;
    const Plan& plan_;
};

}  // namespace stepdown
