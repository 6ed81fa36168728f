// SPDX-License-Identifier: Apache-2.0
// Which operands are never given away, whatever the settings say.
#pragma once

#include "stepdown/ownership/operand.h"
#include "stepdown/system/mountinfo.h"

#include <optional>
#include <vector>

namespace stepdown {

// For the operands of one plan. Reads from the system only what an operand asks for.
class OperandRules {
  public:
    OperandRules(Syscalls& calls, const OperandCheck& rules) : calls_(calls), rules_(rules) {}

    // Error: tree is the root directory, one of the system's own directories, or on a kernel file system (unless it is
    // a device, which is named for itself); or it is a protected file, or a directory above one. A directory counts as
    // above a protected file that is the root of a mount if it holds the source of that mount, in its own file system
    // or by a mount below it: the source decides what the next start mounts. Also an error: the tree is an excluded
    // path, or lies below one.
    [[nodiscard]] Result<void> check(const Tree& tree);

  private:
    [[nodiscard]] Result<void> check_protected(const Tree& tree) const;
    [[nodiscard]] Result<void> check_system_directory(const Tree& tree);
    [[nodiscard]] Result<void> check_sources(const Tree& tree);
    [[nodiscard]] Result<void> check_excluded(const Tree& tree);
    [[nodiscard]] static bool may_hold_source(const Tree& tree, const ProtectedFile& file);
    [[nodiscard]] const ProtectedFile* root() const;
    // The sentence that says what to write in the setting instead.
    [[nodiscard]] std::string advice() const;

    Syscalls& calls_;
    const OperandCheck& rules_;
    std::optional<std::vector<MountPoint>> mounts_;
};

// "cannot change the owner of /data: <reason>".
[[nodiscard]] Failure refuse(const std::string& path, const std::string& reason,
                             MessageId id = MessageId::path_protected);

}  // namespace stepdown
