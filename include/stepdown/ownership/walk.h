// What all who work on one tree's walk share, and the pieces their work comes in.
#pragma once

#include "stepdown/ownership/calls.h"
#include "stepdown/ownership/mount.h"
#include "stepdown/ownership/place.h"
#include "stepdown/ownership/policy.h"
#include "stepdown/ownership/report.h"

#include <atomic>
#include <list>
#include <memory>
#include <mutex>

namespace stepdown {

enum class Mode {
    change,
    inspect,   // counts what would be changed
    no_right,  // CAP_CHOWN is missing: what is wrong is an error, without asking the kernel
};

// One mount that the walk met.
struct Mount {
    std::uint64_t id = 0;
    MountKind kind = MountKind::ordinary;
    std::atomic<bool> broken{false};  // answered EROFS: no other change is tried there
};

// A directory whose names are being worked. It is changed and closed by whoever ends the last work on its names.
struct Directory {
    UniqueFd fd;  // invalid while the directory is parked
    PlaceRef place;
    Entry entry;  // as it was when it was opened
    Mount* mount = nullptr;
    bool is_top = false;               // a tree's top is left to the caller, to be changed after everything else
    std::atomic<int> works{1};         // on its names
    std::atomic<bool> is_cold{false};  // large, and looking at its entries waits for the disk
};

class Walk {
  public:
    Walk(Calls& calls, Rules rules, Mounts mounts, Mode mode, Report& report)
        : calls_(calls), rules_(std::move(rules)), mounts_(mounts), mode_(mode), report_(report) {}

    [[nodiscard]] Calls& calls() { return calls_; }
    [[nodiscard]] const Rules& rules() const { return rules_; }
    [[nodiscard]] Mounts mounts() const { return mounts_; }
    [[nodiscard]] Mode mode() const { return mode_; }
    [[nodiscard]] Report& report() { return report_; }
    [[nodiscard]] const Report& report() const { return report_; }

    // Whether it is to end at the next entry: everything else would fail as well.
    [[nodiscard]] bool stopped() const { return report_.hopeless(); }

    // The mount that fd, at path, is on. Said once a mount: that a read-only one is left alone.
    [[nodiscard]] Mount& mount(int fd, std::uint64_t id, const std::string& path);
    // The same for a tree's top, whose kind is known and which was asked for by name: entered in any case.
    [[nodiscard]] Mount& top_mount(std::uint64_t id, MountKind kind);

  private:
    Calls& calls_;
    const Rules rules_;
    const Mounts mounts_;
    const Mode mode_;
    Report& report_;
    std::mutex mutex_;  // guards known_
    std::list<Mount> known_;
};

// The number that tells the mount of a directory from others: device numbers where the kernel gives no mount ids.
[[nodiscard]] inline std::uint64_t mount_id(const Entry& directory) {
    return directory.mount.value_or(directory.id.device);
}

}  // namespace stepdown
