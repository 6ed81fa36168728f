// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/environment_plan.h"

namespace stepdown {
namespace {

std::string starting_home(const PlanInputs& inputs) {
    const auto entry = inputs.accounts.user_with(inputs.process.uid);
    if (entry) return entry->home;
    return inputs.process.uid == 0 ? "/root" : "";
}

}  // namespace

std::vector<EnvironmentChange> environment_for(const Settings& settings, const PlanInputs& inputs, uid_t uid,
                                               const std::optional<User>& entry) {
    if (uid != inputs.process.uid) {
        AccountChange account{starting_home(inputs), std::nullopt, std::nullopt, settings.home};
        if (entry) {
            account.entry_name = entry->name;
            account.entry_home = entry->home;
        }
        return changes_for_new_user(account, inputs.environment);
    }
    std::vector<EnvironmentChange> changes;
    if (settings.home) changes.push_back({"HOME", settings.home});
    if (!settings.passwd_name || !entry) return changes;
    for (const char* name : {"USER", "LOGNAME"}) changes.push_back({name, entry->name});
    return changes;
}

std::string home_without_entry(const Settings& settings, const PlanInputs& inputs, uid_t uid) {
    const bool stays = uid == inputs.process.uid;
    const AccountChange account{stays ? "" : starting_home(inputs), std::nullopt, std::nullopt, settings.home};
    return *changes_for_new_user(account, inputs.environment).front().value;
}

}  // namespace stepdown
