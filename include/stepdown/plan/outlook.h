// What the user will be able to do when the preparation is done: who may what now, and what changes until then.
#pragma once

#include "stepdown/base/kernel.h"
#include "stepdown/base/way.h"
#include "stepdown/plan/inspect.h"
#include "stepdown/plan/plan.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

// Whether path, which like top is absolute and without a '/' at its end, is top or below it.
[[nodiscard]] bool is_at_or_below(std::string_view path, std::string_view top);

struct Refusals;

// What stands in the user's way.
struct Barrier {
    const WayPoint* point = nullptr;
    std::vector<Right> lacking;  // what the user wants and lacks there, at least one
    [[nodiscard]] Right right() const { return lacking.front(); }
};

class Outlook {
  public:
    // plan and findings, whose directories and trees are inspected, outlive it.
    Outlook(Kernel& kernel, const Plan& plan, const Findings& findings)
        : kernel_(kernel), plan_(plan), findings_(findings) {}

    // The first barrier on way, or at its object for one of wanted; nothing: none, or the user cannot be become.
    [[nodiscard]] std::optional<Barrier> barrier(const Way& way, std::span<const Right> wanted) const;

    // Whether a directory will be created at path, or above it.
    [[nodiscard]] bool will_be_created(const std::string& path) const;

    // Whether point of way will belong to the user and does not yet.
    [[nodiscard]] bool will_be_owned(const Way& way, const WayPoint& point) const;

    // The command's file that the user will find (find_command) and be able to execute, with the interpreters of a
    // script and what env(1) looks for; nothing: there is none.
    [[nodiscard]] std::optional<std::string> find_executable(const std::string& name) const;

    // What keeps the interpreter of file, or of an interpreter that is a script, from reading it as the user, and the
    // advice; "" where nothing does, or where this process cannot tell a script either.
    [[nodiscard]] std::string hidden_script(const std::string& file) const;

  private:
    [[nodiscard]] bool is_refused(const Way& way, const WayPoint& point, Right right, const Refusals& now) const;
    [[nodiscard]] std::string first_executable(const std::string& name) const;
    [[nodiscard]] bool may_execute(const std::string& file) const;

    Kernel& kernel_;
    const Plan& plan_;
    const Findings& findings_;
};

}  // namespace stepdown
