// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/preparation_plan.h"

#include "stepdown/base/text.h"

#include <unistd.h>

#include <algorithm>

namespace stepdown {
namespace {

Exclusions decide_exclusions(const ChownSetting& chown, Plan& plan) {
    const ExcludeSetting& excluded = chown.excluded;
    for (const std::string& hint : excluded.hints) plan.warnings.push_back({MessageId::exclusion_unused, hint});
    if (chown.operands.empty() && !excluded.paths.empty()) {
        plan.warnings.push_back(
            {MessageId::exclusion_unused, concat({excluded.name, " names ", quote(excluded.paths.front().path),
                                                  ", and no tree is listed whose owner is changed"})});
    }
    return {excluded.names, excluded.paths, excluded.name};
}

}  // namespace

void decide_directories(const Settings& settings, const Process& process, Plan& plan) {
    // Who is not root and stays the same user makes what it may: the rest is a setting not honoured.
    const bool powerless = process.uid != 0 && !plan.credentials;
    const bool lenient = powerless && settings.strictness == Strictness::lenient;
    plan.directories = {settings.directories,     plan.identity.uid,
                        plan.identity.gid,        lenient ? DirectoryErrors::warn : DirectoryErrors::fail,
                        settings.directory_hints, settings.names[Option::mkdir]};
}

void decide_ownership(const Settings& settings, const Process& process, Plan& plan) {
    plan.ownership.operands = settings.chown.operands;
    plan.ownership.owner = {plan.identity.uid, plan.identity.gid};
    plan.ownership.policy = settings.chown.policy;
    plan.ownership.hard_links = settings.chown.hard_links;
    plan.ownership.mounts = settings.chown.mounts;
    plan.ownership.settings = {settings.names.as_given(Option::chown), settings.names[Option::chown_errors],
                               settings.names[Option::chown_hardlinks], settings.names[Option::mkdir],
                               settings.names[Option::chown_policy]};
    if (!settings.chown.excluded.name.empty()) plan.ownership.excluded = decide_exclusions(settings.chown, plan);
    // Who is not root and stays the same user cannot change the owner of anything: wrong entries are a setting not
    // honoured.
    const bool powerless = process.uid != 0 && !process.effective.has(cap_chown);
    const bool lenient = powerless && settings.strictness == Strictness::lenient;
    plan.ownership.errors = settings.chown.errors.value_or(lenient ? ChownErrors::warn : ChownErrors::fail);
}

void decide_stdio(const Settings& settings, const Process& process, Plan& plan) {
    if (plan.identity.uid == process.uid || settings.stdio == StdioMode::keep) return;
    plan.stdio = StdioPlan{settings.stdio, process.uid, plan.identity.uid, process.effective.has(cap_chown)};
}

[[gnu::cold]] std::string terminal_warning(const TerminalRefusal& refusal, const Plan& plan) {
    if (refusal.writers == plan.identity.gid) return "";
    const std::vector<gid_t> groups = gids_of(plan.groups);
    if (refusal.writers && std::binary_search(groups.begin(), groups.end(), *refusal.writers)) return "";
    std::vector<std::string> names;
    for (const int fd : refusal.fds) names.emplace_back(fd == STDOUT_FILENO ? "/dev/stdout" : "/dev/stderr");
    const std::string open = "cannot let uid " + std::to_string(plan.identity.uid) + " open " + join(names, " and ");
    if (!refusal.is_foreign) return open + ": the capability CHOWN is missing. Add cap_add: [CHOWN]";
    return concat({open, ": the terminal is not known to be this start's alone. ",
                   sentence_to_set(plan.names[Option::stdio], "own"),
                   refusal.lacks_capability ? ", and add cap_add: [CHOWN]" : ""});
}

}  // namespace stepdown
