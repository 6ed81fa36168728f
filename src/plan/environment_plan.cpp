#include "stepdown/plan/environment_plan.h"

namespace stepdown {
namespace {

std::string starting_home(const Situation& situation) {
    const auto entry = situation.accounts.user_with(situation.process.uid);
    if (entry) return entry->home;
    return situation.process.uid == 0 ? "/root" : "";
}

}  // namespace

std::vector<EnvironmentChange> environment_for(const Settings& settings, const Situation& situation, uid_t uid,
                                               const std::optional<User>& entry) {
    if (uid != situation.process.uid) {
        AccountChange account{starting_home(situation), std::nullopt, std::nullopt, settings.home};
        if (entry) {
            account.entry_name = entry->name;
            account.entry_home = entry->home;
        }
        return changes_for_new_user(account, situation.environment);
    }
    std::vector<EnvironmentChange> changes;
    if (settings.home) changes.push_back({"HOME", settings.home});
    if (!settings.passwd_name || !entry) return changes;
    for (const char* name : {"USER", "LOGNAME"}) changes.push_back({name, entry->name});
    return changes;
}

std::string home_without_entry(const Settings& settings, const Situation& situation, uid_t uid) {
    const bool stays = uid == situation.process.uid;
    const AccountChange account{stays ? "" : starting_home(situation), std::nullopt, std::nullopt, settings.home};
    return *changes_for_new_user(account, situation.environment).front().value;
}

}  // namespace stepdown
