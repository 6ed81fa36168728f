// SPDX-License-Identifier: Apache-2.0
// One mount that a walk met: which it is, and when no other change is tried on it.
#pragma once

#include "stepdown/ownership/copy_up.h"
#include "stepdown/ownership/mount.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace stepdown {

// Why no other change is tried on a mount.
enum class GivenUp : std::uint8_t {
    no,
    read_only,       // it answered EROFS, and statfs(2) or btrfs says so
    full,            // 16 times ENOSPC or EDQUOT
    refused,         // 256 EPERM and no success, if CAP_CHOWN is missing or the file system may refuse owners
                     // (may_refuse_owners)
    without_effect,  // a change succeeded, and the owner stayed
};

// Safe to be used by several threads.
class Mount {
  public:
    // path: where it was met, for messages.
    Mount(std::optional<std::uint64_t> id, std::uint64_t device, MountKind kind, std::string path)
        : id_(id), device_(device), kind_(kind), path_(std::move(path)) {}

    // The id of statx(2) (STATX_MNT_ID), or of /proc/self/fdinfo before Linux 5.8; nothing where neither has it.
    [[nodiscard]] std::optional<std::uint64_t> id() const { return id_; }
    [[nodiscard]] MountKind kind() const { return kind_; }
    [[nodiscard]] const std::string& path() const { return path_; }

    // Returns true if entry is on this mount. A directory of another device is not: it is a subvolume of btrfs, which
    // can be read-only by itself. Where the kernel gives no ids, false, for nothing can be told.
    [[nodiscard]] bool holds(const Entry& entry) const;
    // Returns true if both can be treated alike: the same mount, or, without ids, the same device mounted the same way.
    [[nodiscard]] bool is_like(const Entry& entry, MountKind kind) const;

    // Returns what lacks_owner says of fd, which is on this mount. The kernel is asked once, so owner is the same in
    // every call.
    [[nodiscard]] bool lacks(Owner owner, int fd);

    // Returns what may_refuse_owners says of fd, which is on this mount. Only the first caller gets true.
    [[nodiscard]] bool is_first_doubt(int fd);

    // Returns bytes_to_copy_up of entry, which is on this mount; nothing where the mount is no overlay. The kernel is
    // asked once.
    [[nodiscard]] std::optional<std::uint64_t> bytes_to_copy_up(const Entry& entry) {
        return kind_ == MountKind::overlay ? bytes_to_upper(entry) : std::nullopt;
    }

    // Why nothing else is tried here; GivenUp::no while changes are tried.
    [[nodiscard]] GivenUp given_up() const { return given_up_.load(std::memory_order_relaxed); }
    [[nodiscard]] bool is_given_up() const { return given_up() != GivenUp::no; }
    // Gives the mount up. Returns false if that happened before, perhaps for another reason, which stays.
    bool give_up(GivenUp why);

    // Notes that a change succeeded. The flag is read before it is written, because a write takes its cache line from
    // every other thread.
    void succeeded() {
        if (!has_success_.load(std::memory_order_relaxed)) has_success_.store(true, std::memory_order_relaxed);
    }
    // Counts a change that failed with number, an errno or no_effect, on fd, which is on this mount. Returns why the
    // mount is to be given up. lacks_cap_chown: CAP_CHOWN is missing, so that no later change can succeed.
    [[nodiscard]] GivenUp failed(int number, bool lacks_cap_chown, int fd);

    // Returns true while the result of each successful change is checked: until one check saw the new owner, or 16
    // checks were unclear.
    [[nodiscard]] bool is_unverified() const { return looks_left_.load(std::memory_order_relaxed) > 0; }
    // Each notes what such a check saw: the new owner, or neither the new one nor the old one.
    void had_effect() { looks_left_.store(0, std::memory_order_relaxed); }
    void was_unclear() { looks_left_.fetch_sub(1, std::memory_order_relaxed); }

  private:
    [[nodiscard]] std::optional<std::uint64_t> bytes_to_upper(const Entry& entry);

    const std::optional<std::uint64_t> id_;
    const std::uint64_t device_;
    const MountKind kind_;
    const std::string path_;
    std::atomic<GivenUp> given_up_{GivenUp::no};
    std::atomic<bool> has_success_{false};
    std::atomic<std::uint64_t> full_{0};     // answers of ENOSPC and EDQUOT
    std::atomic<std::uint64_t> refused_{0};  // answers of EPERM
    std::atomic<int> looks_left_{16};
    std::once_flag is_asked_;
    bool lacks_owner_ = false;
    std::once_flag is_doubt_asked_;
    std::once_flag are_layers_asked_;
    OverlayLayers layers_;
};

}  // namespace stepdown
