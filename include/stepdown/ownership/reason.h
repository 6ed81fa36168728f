// SPDX-License-Identifier: Apache-2.0
// Why an entry could not be worked, in words: only reasons that were checked.
#pragma once

#include "stepdown/ownership/entry.h"
#include "stepdown/ownership/report.h"

#include <optional>
#include <string>
#include <vector>

namespace stepdown {

// The facts about an entry that failed.
struct Facts {
    Owner wanted;
    std::string unmapped;         // as unmapped_target has it
    bool is_read_only = false;    // its mount, or its subvolume
    bool is_immutable = false;    // as far as the file system says
    bool has_no_mapping = false;  // its owner or group
    // The same where has_no_mapping cannot tell (system/user_namespace.h): this user namespace has not every id, but
    // the one that an unmapped owner reads as.
    bool may_have_no_mapping = false;
    bool has_capability = false;  // CHOWN for a change, else one that lets root read any directory
    std::string file_system;      // as file_system_in_words has it (system/file_system.h)
    SettingName chown{};          // the setting that the operands come from
};

// The sentence that belongs behind the text of number, without its full stop. "" where nothing is known.
[[nodiscard]] std::string reason(Operation operation, int number, const Facts& facts);

// Finds the facts about entry, whose mount has that id. They are this process's own, so the caller restores the uid
// that AsOwner may have left: another user has fewer capabilities.
[[nodiscard]] Facts find_facts(Operation operation, const Entry& entry, std::optional<std::uint64_t> mount,
                               Owner wanted);

// The capabilities for want of which entries of report failed, or would fail: CHOWN if may_chown is false, and those
// without which root cannot look into a directory that is closed to its owner, too.
[[nodiscard]] std::vector<std::string> missing_capabilities(const Report& report, bool may_chown);

// Returns true if owner reads as an id that is not mapped in this user namespace, and is mapped as well, so that nobody
// can tell whose the entry is.
[[nodiscard]] bool may_be_unmapped(Owner owner);

// "uid 5000 is not mapped in this user namespace", "" where both ids are mapped or that cannot be told.
[[nodiscard]] std::string unmapped_target(Owner owner);

}  // namespace stepdown
