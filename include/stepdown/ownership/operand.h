// SPDX-License-Identifier: Apache-2.0
// Which of the paths given may be owned at all, and what each is. Nothing is changed here.
#pragma once

#include "stepdown/base/choices.h"
#include "stepdown/ownership/exclusions.h"
#include "stepdown/ownership/mount.h"
#include "stepdown/ownership/protected_files.h"
#include "stepdown/ownership/verdict.h"
#include "stepdown/system/resolve.h"

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace stepdown {

// An operand that is to be owned.
struct Tree {
    UniqueFd fd;       // O_PATH; invalid where check_operands did not keep it open
    std::string path;  // absolute, without links
    Entry entry;
    MountKind mount = MountKind::ordinary;
};

// An operand that needs nothing, and why: "does not exist, which is allowed", "part of /data".
struct OmittedOperand {
    std::string note;
};

struct CheckedOperand {
    std::string operand;  // as it was given
    std::variant<Tree, OmittedOperand, Error> outcome;
};

// The rule for a tree inside another tree: that one's walk covers it, or it has a walk of its own.
enum class Nested { within_the_outer, on_their_own };

struct OperandCheck {
    std::vector<ProtectedFile> protected_files;
    Mounts mounts = Mounts::enter;
    Nested nested = Nested::within_the_outer;
    SettingName chown{};                        // the setting that the operands come from
    SettingName mkdir{};                        // the setting that creates directories
    const ExcludedEntries* excluded = nullptr;  // null for none
    std::string_view exclude_setting;           // that messages name
};

// One CheckedOperand an operand, in the order given. Refused: what does not exist (unless optional), paths over links
// that root does not control, and what OperandRules refuses (refusal.h). Of duplicates the first stays. Only the first
// trees are kept open: any number of operands takes a few descriptors.
[[nodiscard]] std::vector<CheckedOperand> check_operands(Syscalls& calls, std::span<const Operand> operands,
                                                         const OperandCheck& rules);

// Refuses each tree whose top shows that an earlier walk did not end, unless it belongs to owner already: the policy
// top would hide that. policy is the setting that says so.
void refuse_interrupted(std::vector<CheckedOperand>& all, Owner owner, OwnerMatch match, SettingName policy);

// Opens tree again if it is not open. Error: another object is there than the one that was checked.
[[nodiscard]] Result<void> reopen(Syscalls& calls, Tree& tree);

}  // namespace stepdown
