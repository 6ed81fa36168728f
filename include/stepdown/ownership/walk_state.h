// SPDX-License-Identifier: Apache-2.0
// The state that all threads of one tree's walk share, and the pieces of their work.
#pragma once

#include "stepdown/ownership/exclusions.h"
#include "stepdown/ownership/path_chain.h"
#include "stepdown/ownership/report.h"
#include "stepdown/ownership/syscalls.h"
#include "stepdown/ownership/verdict.h"
#include "stepdown/ownership/walked_mount.h"

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace stepdown {

enum class Mode {
    change,
    preview,       // counts what would be changed
    cannot_chown,  // CAP_CHOWN is missing: what is wrong is an error, without asking the kernel
};

// A directory whose names are being worked. It is changed and closed by whoever ends the last work on its names.
struct Directory {
    UniqueFd fd;
    PathChain chain;
    Entry entry;  // as it was when it was opened
    Mount* mount = nullptr;
    bool is_top = false;               // a tree's top is left to the caller, to be changed after everything else
    std::atomic<int> pending_work{1};  // parts of its names that are not done yet
    std::atomic<bool> is_cold{false};  // large, and looking at its entries waits for the disk
};

// An ancestor that directories met later are compared with, to find cycles.
struct Landmark {
    FileId id;
    std::int64_t born = 0;         // as in Entry
    const Mount* mount = nullptr;  // the same directory on two mounts is no cycle
    bool operator==(const Landmark&) const = default;
};

class WalkState {
  public:
    // calls and report outlive this object, and so does what rules points to.
    WalkState(Syscalls& calls, Rules rules, Mounts mounts, Mode mode, Report& report)
        : calls_(calls), rules_(std::move(rules)), mounts_(mounts), mode_(mode), report_(report) {}

    [[nodiscard]] Syscalls& calls() { return calls_; }
    [[nodiscard]] const Rules& rules() const { return rules_; }
    // Returns true if the user excluded entries of that name, or the file with that id.
    [[nodiscard]] bool excludes(NamePointer name) const {
        return rules_.excluded != nullptr && rules_.excluded->names.contains(name);
    }
    [[nodiscard]] bool excludes(const FileId& id) const {
        return rules_.excluded != nullptr && rules_.excluded->has(id);
    }
    // Returns whether it was called before: one doubt about ids that may not be mapped is enough.
    [[nodiscard]] bool is_mapping_doubted() { return mapping_doubted_.exchange(true); }
    [[nodiscard]] Mounts mounts() const { return mounts_; }
    [[nodiscard]] Mode mode() const { return mode_; }
    [[nodiscard]] Report& report() { return report_; }
    [[nodiscard]] const Report& report() const { return report_; }

    // Returns true if the walk ends at the next entry, because everything else would fail as well.
    [[nodiscard]] bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

    // The mount of entry, which fd refers to and which was found at path. The first time that a read-only one
    // is met, an info line says that it is left alone.
    [[nodiscard]] Mount& mount(int fd, const Entry& entry, EntryPath path);
    // The same for a tree's top, whose kind is known and which was asked for by name: entered in any case.
    [[nodiscard]] Mount& top_mount(const Entry& top, MountKind kind, const std::string& path);

    // From here on no change is tried on mount. The walk goes on if the tree has, or may have, another mount, and if
    // why is full or read_only: a subvolume of btrfs there may be neither. Returns false if mount was given up before.
    bool give_up(Mount& mount, GivenUp why);
    // Stops the walk if this user namespace lacks the uid or the gid that the tree is given to.
    void stop_if_unmapped();

    // Called after the walk and before the change of the top. Tells the report what was given up. Returns true if every
    // change was tried.
    [[nodiscard]] bool conclude();

    // Memory for what all threads remember of closed ancestors: false where that would be more than most_remembered
    // bytes. forget gives it back.
    static constexpr std::size_t most_remembered = std::size_t{8} << 20U;
    [[nodiscard]] bool remember(std::size_t bytes);
    void forget(std::size_t bytes) { remembered_.fetch_sub(bytes, std::memory_order_relaxed); }

  private:
    Syscalls& calls_;
    const Rules rules_;
    const Mounts mounts_;
    const Mode mode_;
    Report& report_;
    [[nodiscard]] std::string why(const Mount& mount) const;

    std::atomic<bool> stopped_{false};
    std::atomic<bool> mapping_doubted_{false};
    std::atomic<std::size_t> remembered_{0};
    std::mutex mutex_;                     // guards what follows
    std::list<Mount> known_;               // the top's first
    std::optional<std::string> unmapped_;  // of unmapped_target, once it was asked
};

}  // namespace stepdown
