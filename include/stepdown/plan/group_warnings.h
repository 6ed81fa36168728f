// SPDX-License-Identifier: Apache-2.0
// Groups of this process that the command loses, and that whoever started the container may have meant it to have.
#pragma once

#include "stepdown/identity/groups.h"
#include "stepdown/settings/settings.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace stepdown {

// One warning for the groups that an /etc/group of its own mount keeps from being judged, with the value of the groups
// setting for them, and one for groups that are not mapped in this user namespace. groups are those of the command, and
// primary is its gid; what is among them is not lost. settings has the groups as they are set now.
[[nodiscard]] std::vector<Message> warnings_of_lost_groups(const Groups& groups, gid_t primary,
                                                           const Settings& settings);

// One note for each entry of the groups of settings that need not exist and does not.
[[nodiscard]] std::vector<std::string> notes_of_absent_groups(const Groups& groups, const Settings& settings);

}  // namespace stepdown
