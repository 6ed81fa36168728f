// SPDX-License-Identifier: Apache-2.0
// The recursive chown: gives whole trees to one owner, touching only what differs, never following a link.
#pragma once

#include "stepdown/base/choices.h"
#include "stepdown/base/result.h"
#include "stepdown/base/setting_name.h"
#include "stepdown/ownership/owner.h"
#include "stepdown/system/resolve.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stepdown {

// The settings that messages tell the user to change.
struct OwnershipSettings {
    SettingName chown;  // the operands
    SettingName errors;
    SettingName hard_links;
    SettingName mkdir;  // creates directories
    SettingName policy;
    bool operator==(const OwnershipSettings&) const = default;
};

// The entries that the walks leave alone, with everything below them.
struct Exclusions {
    std::vector<std::string> names;  // of entries below an operand, at any depth
    std::vector<Operand> paths;      // they need not exist
    std::string setting;             // that messages name: "GOSU_CHOWN_EXCLUDE"
    [[nodiscard]] bool empty() const { return names.empty() && paths.empty(); }
    bool operator==(const Exclusions&) const = default;
};

struct OwnershipPlan {
    std::vector<Operand> operands;
    Owner owner;
    Mounts mounts = Mounts::enter;
    ChownErrors errors = ChownErrors::fail;
    ChownPolicy policy = ChownPolicy::on_mismatch;
    HardLinks hard_links = HardLinks::automatic;
    OwnershipSettings settings{};
    Exclusions excluded{};
    bool operator==(const OwnershipPlan&) const = default;
};

// How to go about it; what is changed does not depend on it.
struct OwnershipRun {
    // How many threads are to work after the first entries. 0: as many as the machine is worth.
    std::size_t threads = 0;
    // How many entries are walked before a second thread is worth its making.
    std::uint64_t entries_alone = 2000;
    // How many directories one worker may hold open. 0: as many as the limit of open files leaves room for.
    std::size_t open_directories = 0;
    // If it is given, an operand that is refused or missing and entries that could not be changed are neither error nor
    // warning: "change the owner of 2 of 9 entries of /data" is added to it, and the reasons go to the log as info.
    std::vector<std::string>* unmet = nullptr;
};

// The outcome of one operand, or the outcome that it would have.
struct TreeReport {
    std::string path;             // absolute, without links
    std::uint64_t entries = 0;    // looked at, the operand itself included
    std::uint64_t changed = 0;    // given to the owner; in a preview: that would be
    std::uint64_t skipped = 0;    // left alone on purpose: devices, read-only mounts, planted hard links, exclusions
    std::uint64_t failed = 0;     // could not be changed or looked at
    std::size_t threads = 1;      // that worked on it
    std::uint64_t excluded = 0;   // those of the skipped that the plan excludes; what lies below one is not counted
    std::uint64_t copied_up = 0;  // those of the changed that an overlay had only in a lower layer
    std::uint64_t copied_up_bytes = 0;  // of their content
};

struct TreePreview {
    std::string operand;            // as it was given
    TreeReport tree;                // all 0 where the operand is refused, missing, or part of another operand's tree
    std::string note;               // "does not exist, which is allowed", "part of /data"; "" for an ordinary tree
    std::vector<Message> problems;  // what would fail and why, one message each
    std::vector<Message> warnings;  // what would only be said, likewise
    std::vector<std::string> excluded{};  // the excluded paths that exist, absolute and without links
};

// Returns true if the walk of tree leaves the entry at path, which is absolute and has no links, alone because plan
// excludes it or a directory above it.
[[nodiscard]] bool is_excluded(const OwnershipPlan& plan, const TreePreview& tree, const std::string& path);

// Gives every operand and everything below it to plan.owner (uid and gid), an operand's top directory last. Warnings
// and one info line per operand go to the log. Errors: all operands that are refused or missing, always, and before
// anything is changed; entries that could not be changed, where plan.errors says fail, after everything else was.
[[nodiscard]] Result<void> chown_trees(const OwnershipPlan& plan, const OwnershipRun& run = {});

// Only the first half of that: the errors for the operands that are refused or missing. Changes nothing. What is
// refused can change with the account files and the directories, so chown_trees asks again.
[[nodiscard]] Result<void> check_operands(const OwnershipPlan& plan);

// "change the owner of 2 of 9 entries of /data"; without figures where there are no entries, since path is refused.
[[nodiscard]] std::string change_in_words(const std::string& path, std::uint64_t changes, std::uint64_t entries);

// The same walk without a change: one preview per operand, in the order given. Nothing is logged.
[[nodiscard]] std::vector<TreePreview> preview_trees(const OwnershipPlan& plan, const OwnershipRun& run = {});

}  // namespace stepdown
