// SPDX-License-Identifier: Apache-2.0
// Looks at one entry after the other and gives to the owner what is not the owner's yet.
#pragma once

#include "stepdown/ownership/as_owner.h"
#include "stepdown/ownership/only_name.h"
#include "stepdown/ownership/walk_state.h"

#include <string_view>

namespace stepdown {

// Used by one thread of a walk. A failure is counted and reported, and the walk goes on; no function here returns one.
class EntryOwner {
  public:
    explicit EntryOwner(WalkState& walk) : walk_(walk), as_owner_(walk.calls()), only_name_(as_owner_) {}

    // The calls of this thread, which keep its file-system uid.
    [[nodiscard]] AsOwner& as_owner() { return as_owner_; }

    enum class Found {
        done,       // the entry was dealt with
        directory,  // it is a directory, which the walker enters
    };

    // Deals with a name that is, or may be, no directory; a directory is only found.
    [[nodiscard]] Found handle_entry(const Directory& directory, NamePointer name);

    // Gives what directory.fd refers to itself to the owner. A file or device that is an operand of its own can stand
    // for the directory: it was named by whoever started us, so even a device is changed; but nothing that may be a
    // planted link.
    void chown_directory(const Directory& directory);

    // The mount of entry, which fd refers to and which was found as name in directory; nothing where it is not to be
    // entered, and then it counts as skipped, or cannot be told, which is an error.
    [[nodiscard]] Mount* mount_to_enter(const Directory& directory, NamePointer name, int fd, const Entry& entry);

    // Each adds one to the counts of this thread, which the report gets with the next flush.
    void count_entry() { ++counts_.entries; }
    void count_skipped() { ++counts_.skipped; }
    // Reports that operation failed with number, an errno or no_effect, on name in directory, or on directory itself
    // for "".
    void failed(Operation operation, int number, const Directory& directory, std::string_view name = "");
    // Counts name, which the user excluded, as an entry and as skipped.
    void leave_excluded(const Directory& directory, std::string_view name);
    // Counts name as skipped, and says why in the tree's warnings.
    void left_alone(Skipped why, const Directory& directory, std::string_view name);
    // Adds what was counted here to the report.
    void flush();
    // The same once enough was counted, because each flush may wait for other threads. Returns the number of entries
    // that this thread saw in all.
    [[nodiscard]] std::uint64_t flush_if_many();

  private:
    // A change that was tried.
    struct Attempt {
        const Directory& directory;
        NamePointer name;  // in directory; "" for directory itself
        Mount& mount;
        const Entry& entry;  // as it was before
        int pin;             // refers to it; -1 where it was changed by its name
    };

    void apply(Verdict verdict, const Directory& directory, NamePointer name, const Entry& entry);
    void leave_alone(Verdict verdict, const Directory& directory, std::string_view name);
    void change_named(const Directory& directory, NamePointer name, const Entry& entry);
    void change_pinned(const Directory& directory, NamePointer name);
    [[nodiscard]] ErrnoOr<bool> is_no_planted_link(const Directory& operand);
    bool is_alone(const ErrnoOr<bool>& found, const Directory& directory, std::string_view name);
    [[nodiscard]] int change(Mount& mount, int fd, NamePointer name, const Entry& entry);
    void settle(int number, const Attempt& attempt);
    // Tells the report why a change that a preview cannot try may fail.
    void note_doubt(const Attempt& attempt);
    void settle_failure(int number, const Attempt& attempt);
    // 0, or no_effect.
    [[nodiscard]] int look_for_effect(const Attempt& attempt);
    void failed(int number, const Attempt& attempt);
    [[nodiscard]] ErrorText describe(Operation operation, int number, std::string path, const Entry& entry,
                                     const Mount& mount);

    WalkState& walk_;
    AsOwner as_owner_;
    OnlyName only_name_;
    Counts counts_;              // since the last flush
    std::uint64_t flushed_ = 0;  // entries
};

}  // namespace stepdown
