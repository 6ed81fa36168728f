#include "stepdown/plan/carry_out.h"

#include "stepdown/base/log.h"
#include "stepdown/base/text.h"

#include <sys/stat.h>

namespace stepdown {
namespace {

void report(const Plan& plan) {
    for (const std::string& warning : plan.warnings) log_warn(warning);
    for (const LeftOutGroup& left : plan.groups.left_out) {
        const std::string name = left.name.empty() ? "" : " (" + escape(left.name) + ")";
        log_info("group " + std::to_string(left.gid) + name + " is left out: " + left.reason);
    }
}

Result<std::string> prepare(Kernel& kernel, const Plan& plan) {
    TRY(own_trees(plan.ownership));
    if (plan.stdio) hand_over_standard_streams(*plan.stdio);
    if (plan.credentials) TRY(assume(kernel, *plan.credentials));
    if (plan.umask) ::umask(*plan.umask);
    // With the user's rights: what root may execute says nothing.
    return find_command(*plan.command, plan.path);
}

}  // namespace

Failure carry_out(Kernel& kernel, const Plan& plan, StringVector environment) {
    if (!plan.obstacles.empty()) return fail(plan.obstacles.front());
    report(plan);
    auto file = prepare(kernel, plan);
    if (!file) return Failure(std::move(file).error());
    const Environment changed(environment, plan.environment);
    return become(kernel, *file, plan.command, changed.data());
}

}  // namespace stepdown
