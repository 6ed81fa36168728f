#include "stepdown/plan/preparation_plan.h"

namespace stepdown {
namespace {

HardLinks hard_links(ChownHardlinks setting) {
    switch (setting) {
        case ChownHardlinks::automatic: return HardLinks::automatic;
        case ChownHardlinks::allow: return HardLinks::allow;
        case ChownHardlinks::refuse: return HardLinks::refuse;
    }
    return HardLinks::automatic;
}

}  // namespace

void decide_directories(const Settings& settings, const Process& process, Plan& plan) {
    // Who is not root and stays the same user makes what it may: the rest is a setting not honoured.
    const bool powerless = process.uid != 0 && !plan.credentials;
    const bool lenient = powerless && settings.strictness == Strictness::lenient;
    plan.directories = {settings.directories, plan.identity.uid, plan.identity.gid,
                        lenient ? DirectoryErrors::warn : DirectoryErrors::fail};
}

void decide_ownership(const Settings& settings, const Process& process, Plan& plan) {
    plan.ownership.operands = settings.chown.operands;
    plan.ownership.owner = {plan.identity.uid, plan.identity.gid};
    const bool all = settings.chown.policy == ChownPolicy::on_mismatch;
    plan.ownership.policy = all ? Policy::on_mismatch : Policy::on_root_mismatch;
    plan.ownership.hard_links = hard_links(settings.chown.hardlinks);
    plan.ownership.mounts = settings.chown.one_file_system ? Mounts::stay : Mounts::enter;
    // Who is not root and stays the same user cannot own anything: wrong entries are a setting not honoured.
    const bool powerless = process.uid != 0 && !process.effective.has(cap_chown);
    const bool lenient = powerless && settings.strictness == Strictness::lenient;
    const ChownErrors errors = settings.chown.errors.value_or(lenient ? ChownErrors::warn : ChownErrors::fail);
    plan.ownership.errors = errors == ChownErrors::warn ? EntryErrors::warn : EntryErrors::fail;
}

void decide_stdio(const Settings& settings, const Process& process, Plan& plan) {
    if (plan.identity.uid == process.uid || settings.stdio == StdioSetting::keep) return;
    const StdioMode mode = settings.stdio == StdioSetting::own ? StdioMode::own : StdioMode::automatic;
    plan.stdio = StdioPlan{mode, process.uid, plan.identity.uid, process.effective.has(cap_chown)};
}

}  // namespace stepdown
