// SPDX-License-Identifier: Apache-2.0

#include "stepdown/launch/environment.h"

#include <algorithm>
#include <cstring>

namespace stepdown {
namespace {

bool defines(const char* entry, std::string_view name) {
    return std::strncmp(entry, name.data(), name.size()) == 0 && entry[name.size()] == '=';
}

std::string_view without_slashes(std::string_view path) { return path.substr(0, path.find_last_not_of('/') + 1); }

// Whichever of several the command would read.
bool says_root(StringVector environment, std::string_view name) {
    for (; *environment != nullptr; ++environment) {
        if (defines(*environment, name) && std::string_view(*environment).substr(name.size() + 1) == "root")
            return true;
    }
    return false;
}

std::string home_of(const AccountChange& account, StringVector environment) {
    if (account.home_setting) return *account.home_setting;
    if (account.entry_home && !account.entry_home->empty()) return *account.entry_home;
    const auto inherited = find_variable(environment, "HOME");
    const bool usable =
        inherited && !inherited->empty() && without_slashes(*inherited) != without_slashes(account.starting_home);
    return usable ? std::string(*inherited) : "/";
}

}  // namespace

std::optional<std::string_view> find_variable(StringVector environment, std::string_view name) {
    for (; *environment != nullptr; ++environment) {
        if (defines(*environment, name)) return std::string_view(*environment).substr(name.size() + 1);
    }
    return std::nullopt;
}

Environment::Environment(StringVector original, const std::vector<EnvironmentChange>& changes) {
    owned_.reserve(changes.size());  // entries_ points into the strings, so they must not move
    std::size_t count = 0;
    while (original[count] != nullptr) ++count;
    entries_.reserve(count + changes.size() + 1);
    std::vector<bool> done;
    for (const EnvironmentChange& change : changes) {
        owned_.push_back(change.name + "=" + change.value.value_or(""));
        done.push_back(!change.value);
    }
    for (; *original != nullptr; ++original) {
        const auto change =
            std::find_if(changes.begin(), changes.end(),
                         [original](const EnvironmentChange& candidate) { return defines(*original, candidate.name); });
        const auto index = static_cast<std::size_t>(change - changes.begin());
        if (change == changes.end()) {
            entries_.push_back(*original);
        } else if (change->value) {
            entries_.push_back(owned_[index].data());
            done[index] = true;
        }
    }
    for (std::size_t i = 0; i < owned_.size(); ++i) {
        if (!done[i]) entries_.push_back(owned_[i].data());
    }
    entries_.push_back(nullptr);
}

std::vector<EnvironmentChange> changes_for_new_user(const AccountChange& account, StringVector environment) {
    std::vector<EnvironmentChange> changes;
    changes.reserve(3);
    changes.push_back({"HOME", home_of(account, environment)});
    for (const char* name : {"USER", "LOGNAME"}) {
        if (account.entry_name) {
            changes.push_back({name, account.entry_name});
        } else if (says_root(environment, name)) {
            changes.push_back({name, std::nullopt});
        }
    }
    return changes;
}

}  // namespace stepdown
