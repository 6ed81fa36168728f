// SPDX-License-Identifier: Apache-2.0
// The new uid and gid as they are given, and every mistake in them.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/identity/accounts.h"
#include "stepdown/settings/settings.h"
#include "stepdown/system/user_namespace.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace stepdown {

// The labels of uid and gid, if they are given.
[[nodiscard]] std::vector<std::string> labels_of_new_ids(const Settings& settings);

// Checks how the new uid and gid are combined with the user setting, without looking anything up. Errors: the user is
// not a name; it names a group, and a new gid is set.
[[nodiscard]] Result<void> check_new_ids(const Settings& settings);

// The account that gets new ids. settings has passed check_new_ids. Errors: the user is unknown, or is root, or has uid
// 0.
[[nodiscard]] Result<User> named_account(const Settings& settings, const Accounts& accounts);

// The id that given means; nothing if nothing is given, or if it begins with '-' and its path is missing. Errors: a
// value that refuse_value refuses, or an owner that cannot be read.
[[nodiscard]] Result<std::optional<id_t>> given_id(const std::optional<RawValue>& given, OverflowId which);

// Every reason why decide_renumbering fails, and what is wrong with the group of the user setting. Nothing else is
// looked at where the settings cannot be combined, or where the user is root.
[[nodiscard]] Mistakes renumbering_mistakes(const Settings& settings, const Accounts& accounts);

}  // namespace stepdown
