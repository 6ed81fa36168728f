// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/rootless_suggestions.h"

#include "stepdown/dry_run/suggested_setting.h"
#include "stepdown/identity/accounts.h"
#include "stepdown/identity/identity.h"
#include "stepdown/system/user_namespace.h"

#include <string>

namespace stepdown {

std::vector<Suggestion> rootless_suggestions(const Plan& plan, bool cannot_change_user) {
    const SettingName user = plan.names[Option::user];
    const std::string root(spec_of_root(read_accounts().value_or(Accounts())));
    std::vector<Suggestion> all;
    if (cannot_change_user) {
        all.push_back({Suggestion::Kind::user, "start the container as root, with " + with_value(user, root)});
    } else {
        all.push_back(suggest_value(user, root));
    }
    const bool offers_keep_id = !user.starts_with('-') && plan.accounts.strictness == Strictness::lenient;
    if (offers_keep_id) all.push_back({Suggestion::Kind::user, start_with_keep_id()});
    return all;
}

}  // namespace stepdown
