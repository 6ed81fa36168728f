// Why an entry could not be worked, in words: only reasons that were checked.
#pragma once

#include "stepdown/ownership/entry.h"
#include "stepdown/ownership/report.h"

#include <optional>
#include <string>

namespace stepdown {

// What was found out about an entry that failed.
struct Facts {
    Owner wanted;
    std::string unmapped;       // as unmapped_target has it
    bool is_read_only = false;  // its mount, or its subvolume
    bool is_immutable = false;  // as far as the file system says
    bool is_unmapped = false;   // its owner or group
    bool may_be_unmapped = false;
    bool has_capability = false;  // CHOWN for a change, else one that lets root read any directory
    std::string file_system;      // as file_system_in_words has it
};

// The sentence that belongs behind the text of number, without its full stop. "" where nothing is known.
[[nodiscard]] std::string reason(Act act, int number, const Facts& facts);

// Whether an object of owner may have an owner or a group that this user namespace does not map, where is_unmapped
// cannot tell (overflow.h): the namespace has not every id, but the one that such an owner reads as.
[[nodiscard]] bool may_be_unmapped(Owner owner);

// Whether this thread has the capability that act needs.
[[nodiscard]] bool has_capability_for(Act act);

// "uid 5000 is not mapped in this user namespace", "" where both ids are mapped or that cannot be told.
[[nodiscard]] std::string unmapped_target(Owner owner);

// "file system (nfs4)", by the type of that mount; "file system" where it cannot be told.
[[nodiscard]] std::string file_system_in_words(std::optional<std::uint64_t> mount);

}  // namespace stepdown
