// SPDX-License-Identifier: Apache-2.0
// Plans from words, variables and a process.
#pragma once

#include "stepdown/plan/make_plan.h"

#include "support/plan/call.h"
#include "support/plan/identities.h"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace stepdown::test {

inline CapabilitySet capability_set(std::initializer_list<int> capabilities) {
    CapabilitySet set;
    for (const int capability : capabilities) set.add(capability);
    return set;
}

// NOLINTBEGIN(cert-err58-cpp): a test program that has no memory at its start may end there.
// As container engines start it, in the groups root and disk.
inline const Process container_root{0, 0, {0, 6}, capability_set({cap_chown, cap_setgid, cap_setuid})};
// With cap_drop: [ALL].
inline const Process bare_root{0, 0, {}, {}};
// docker run -u 1000:1000
inline const Process user_1000{1000, 1000, {1000}, {}};
// An OpenShift platform's arbitrary uid.
inline const Process arbitrary_user{100000, 0, {0}, {}};
// NOLINTEND(cert-err58-cpp)

// The start of a container, or a call inside it.
struct Start {
    std::vector<std::string> options;
    std::vector<std::string> variables;
    Process process = container_root;
    std::vector<std::string> environment = {"PATH=/usr/bin:/bin", "HOME=/root"};
    bool (*group_file_is_apart)() = [] { return false; };
};

// Errors: mistakes in the settings, or in the user.
inline Result<Plan> plan_of(const Start& start) {
    std::vector<std::string> words = start.options;
    words.emplace_back("app");
    const Call call(words, start.variables);
    const Strings environment(start.environment);
    const Settings settings = TRY(call.settings());
    const Accounts accounts = some_accounts();
    Plan plan = make_plan(settings, {accounts, start.process, environment.data(), start.group_file_is_apart});
    if (!plan.is_user_known) return refuse_mistakes(std::move(plan.errors));
    plan.command = nullptr;  // it points into call
    return plan;
}

inline void PrintTo(const Start& start, std::ostream* out) {
    *out << testing::PrintToString(start.options) << ' ' << testing::PrintToString(start.variables) << " as uid "
         << start.process.uid;
}

}  // namespace stepdown::test
