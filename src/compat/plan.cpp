#include "stepdown/compat/plan.h"

#include "stepdown/compat/identity.h"
#include "stepdown/plan/make_plan.h"

#include <algorithm>

namespace stepdown {
namespace {

// gosu has no default PATH, and refuses what it finds in a relative directory.
SearchPath search_path_of(Personality peer, StringVector environment) {
    const auto path = find_variable(environment, "PATH");
    if (peer == Personality::su_exec) return split_path(path.value_or(default_path));
    SearchPath directories = split_path(path.value_or(""));
    std::erase_if(directories, [](const std::string& directory) { return !directory.starts_with('/'); });
    return directories;
}

Result<PeerIdentity> resolve(Personality peer, const std::string& spec, const Situation& situation) {
    const CurrentIds current{situation.process.uid, situation.process.gid};
    return peer == Personality::gosu ? resolve_as_gosu(spec, situation.accounts, current)
                                     : resolve_as_su_exec(spec, situation.accounts, current);
}

}  // namespace

Result<Plan> make_peer_plan(Personality peer, const PeerCall& call, const Situation& situation) {
    PeerIdentity identity = TRY(resolve(peer, call.spec, situation));
    std::sort(identity.groups.begin(), identity.groups.end());
    identity.groups.erase(std::unique(identity.groups.begin(), identity.groups.end()), identity.groups.end());
    Plan plan;
    plan.identity = {identity.uid, identity.gid, std::nullopt, ""};
    plan.credentials = {situation.process.uid, identity.uid, identity.gid, std::move(identity.groups)};
    plan.environment = {{"HOME", std::move(identity.home)}};
    plan.command = call.command;
    plan.path = search_path_of(peer, situation.environment);
    return plan;
}

}  // namespace stepdown
