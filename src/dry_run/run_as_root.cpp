// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/run_as_root.h"

#include "stepdown/dry_run/suggested_setting.h"
#include "stepdown/identity/accounts.h"
#include "stepdown/identity/identity.h"
#include "stepdown/system/user_namespace.h"

#include <string>

namespace stepdown {

std::vector<Suggestion> run_as_root(const Plan& plan, bool stays) {
    const SettingName user = plan.names[Option::user];
    const std::string root(spec_of_root(read_accounts().value_or(Accounts())));
    std::vector<Suggestion> all;
    if (stays) {
        all.push_back({Suggestion::Kind::user, "start the container as root, with " + with_value(user, root)});
    } else {
        all.push_back(suggest_value(user, root));
    }
    const bool may_stay = !user.starts_with('-') && plan.accounts.strictness == Strictness::lenient;
    if (may_stay) all.push_back({Suggestion::Kind::user, start_with_keep_id()});
    return all;
}

}  // namespace stepdown
