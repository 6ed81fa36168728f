// SPDX-License-Identifier: Apache-2.0

#include "stepdown/compat/plan.h"

#include "stepdown/compat/identity.h"
#include "stepdown/plan/make_plan.h"

#include <algorithm>

namespace stepdown {
namespace {

// gosu has no default PATH, and refuses what it finds in a relative directory.
SearchPath search_path_of(Applet applet, StringVector environment) {
    const auto path = find_variable(environment, "PATH");
    if (applet == Applet::su_exec) return split_path(path.value_or(default_path));
    SearchPath directories = split_path(path.value_or(""));
    std::erase_if(directories, [](const std::string& directory) { return !directory.starts_with('/'); });
    return directories;
}

Result<CompatIdentity> resolve(Applet applet, const std::string& spec, const PlanInputs& inputs) {
    const CurrentIds current{inputs.process.uid, inputs.process.gid};
    return applet == Applet::gosu ? resolve_as_gosu(spec, inputs.accounts, current)
                                  : resolve_as_su_exec(spec, inputs.accounts, current);
}

}  // namespace

Result<Plan> make_compat_plan(Applet applet, const CompatCommand& call, const PlanInputs& inputs) {
    CompatIdentity identity = TRY(resolve(applet, call.spec, inputs));
    std::sort(identity.groups.begin(), identity.groups.end());
    identity.groups.erase(std::unique(identity.groups.begin(), identity.groups.end()), identity.groups.end());
    Plan plan;
    plan.identity = {identity.uid, identity.gid, std::nullopt, ""};
    plan.credentials = {inputs.process.uid, identity.uid, identity.gid, std::move(identity.groups)};
    plan.environment = {{"HOME", std::move(identity.home)}};
    plan.command = call.command;
    plan.path = search_path_of(applet, inputs.environment);
    return plan;
}

}  // namespace stepdown
