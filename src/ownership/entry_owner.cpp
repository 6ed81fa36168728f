// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/entry_owner.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/system/resolve.h"
#include "stepdown/system/user_namespace.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace stepdown {
namespace {

// No capability helps then; but who owns a file may give it another of its groups (chown(2)).
bool is_out_of_reach(Owner present, Owner wanted) {
    if (!has_no_mapping(present.uid, present.gid)) return false;
    return present.uid != wanted.uid || present.uid != ::geteuid();
}

}  // namespace

void EntryOwner::flush() {
    walk_.report().add(counts_);
    flushed_ += counts_.entries;
    counts_ = {};
}

std::uint64_t EntryOwner::flush_if_many() {
    constexpr std::uint64_t many = 256;
    if (counts_.entries >= many) flush();
    return flushed_ + counts_.entries;
}

EntryOwner::Found EntryOwner::handle_entry(const Directory& directory, NamePointer name) {
    const auto entry = as_owner_.look(directory.fd.get(), name);
    if (!entry) {
        failed(Operation::look, entry.error(), directory, name);
        return Found::done;
    }
    if (entry->is_directory()) return Found::directory;
    if (walk_.excludes(entry->id)) {
        leave_excluded(directory, name);
        return Found::done;
    }
    count_entry();
    const Verdict verdict = judge(*entry, walk_.rules());
    if (verdict == Verdict::right) return Found::done;
    if (directory.mount->holds(*entry)) {
        apply(verdict, directory, name, *entry);
    } else {
        // A file can be a mount of its own (./config.yml:/app/config.yml:ro), and old kernels tell it of a pin only.
        change_pinned(directory, name);
    }
    return Found::done;
}

void EntryOwner::apply(Verdict verdict, const Directory& directory, NamePointer name, const Entry& entry) {
    if (verdict == Verdict::change) return change_named(directory, name, entry);
    if (verdict == Verdict::change_pinned) return change_pinned(directory, name);
    leave_alone(verdict, directory, name);
}

void EntryOwner::leave_alone(Verdict verdict, const Directory& directory, std::string_view name) {
    if (verdict == Verdict::right) return;
    const Skipped kind = verdict == Verdict::device           ? Skipped::device
                         : verdict == Verdict::protected_file ? Skipped::protected_file
                                                              : Skipped::planted_link;
    left_alone(kind, directory, name);
}

void EntryOwner::leave_excluded(const Directory& directory, std::string_view name) {
    count_entry();
    count_skipped();
    ++counts_.excluded;
    walk_.report().add_excluded(EntryPath(directory.chain, name));
}

void EntryOwner::left_alone(Skipped why, const Directory& directory, std::string_view name) {
    walk_.report().add_skipped(why, EntryPath(directory.chain, name));
    count_skipped();
}

void EntryOwner::change_named(const Directory& directory, NamePointer name, const Entry& entry) {
    Mount& mount = *directory.mount;
    if (mount.is_given_up()) return;
    UniqueFd pin;
    if (walk_.mode() == Mode::change && mount.is_unverified()) {
        // So that what is looked at afterwards is what was changed.
        auto pinned = as_owner_.pin(directory.fd.get(), name);
        if (!pinned) return failed(Operation::look, pinned.error(), directory, name);
        pin = *std::move(pinned);
    }
    const int number =
        pin.valid() ? change(mount, pin.get(), "", entry) : change(mount, directory.fd.get(), name, entry);
    if (number == EACCES && !pin.valid()) return change_pinned(directory, name);
    settle(number, {directory, name, mount, entry, pin.get()});
}

// Looks again at what is going to be changed, and at nothing that a name may lead to a moment later.
void EntryOwner::change_pinned(const Directory& directory, NamePointer name) {
    const auto pin = as_owner_.pin(directory.fd.get(), name);
    if (!pin) return failed(Operation::look, pin.error(), directory, name);
    const auto entry = as_owner_.look_with_mount(pin->get());
    if (!entry) return failed(Operation::look, entry.error(), directory, name);
    // A directory that took the name's place is not ours to change here: its own names come first.
    if (entry->is_directory()) return;
    Mount* mount = mount_to_enter(directory, name, pin->get(), *entry);
    if (mount == nullptr) return;
    const Verdict verdict = judge(*entry, walk_.rules());
    // A socket in the tree is the application's; one that is a mount of its own is the host's.
    const bool is_mounted = mount != directory.mount;
    if (is_mounted && S_ISSOCK(entry->mode)) return left_alone(Skipped::mounted_socket, directory, name);
    if (verdict != Verdict::change && verdict != Verdict::change_pinned) {
        return leave_alone(verdict, directory, name);
    }
    if (mount->is_given_up()) return;
    if (verdict == Verdict::change_pinned) {
        const auto alone = only_name_.holds({directory.fd.get(), directory.mount->id(), name, pin->get()}, *entry);
        if (!is_alone(alone, directory, name)) return;
    }
    settle(change(*mount, pin->get(), "", *entry), {directory, name, *mount, *entry, pin->get()});
}

Mount* EntryOwner::mount_to_enter(const Directory& directory, NamePointer name, int fd, const Entry& entry) {
    if (directory.mount->holds(entry)) return directory.mount;
    // Neither openat2(2) nor this takes a subvolume for a mount of its own.
    const bool is_on_it = entry.mount && entry.mount == directory.mount->id();
    if (walk_.mounts() == Mounts::enter || is_on_it) {
        Mount& mount = walk_.mount(fd, entry, EntryPath(directory.chain, name));
        if (is_entered(mount.kind())) return &mount;
    } else if (!entry.mount) {
        // It may be the host's, and nothing here can tell.
        failed(Operation::find_mount, ENOSYS, directory, name);
        return nullptr;
    }
    count_skipped();
    return nullptr;
}

int EntryOwner::change(Mount& mount, int fd, NamePointer name, const Entry& entry) {
    switch (walk_.mode()) {
        case Mode::change: return as_owner_.change(fd, name, walk_.rules().owner);
        case Mode::preview:
            if (mount.kind() == MountKind::read_only) return EROFS;
            if (mount.lacks(walk_.rules().owner, fd)) return EOVERFLOW;
            return entry.immutable || is_out_of_reach(entry.owner, walk_.rules().owner) ? EPERM : 0;
        case Mode::cannot_chown: return EPERM;
    }
    return EPERM;
}

void EntryOwner::settle(int number, const Attempt& attempt) {
    const bool is_looked_at = walk_.mode() == Mode::change && attempt.mount.is_unverified();
    if (number == 0 && is_looked_at) number = look_for_effect(attempt);
    if (number != 0) return settle_failure(number, attempt);
    if (walk_.mode() == Mode::preview) note_doubt(attempt);
    attempt.mount.succeeded();
    ++counts_.changed;
    if (const auto bytes = attempt.mount.bytes_to_copy_up(attempt.entry)) {
        ++counts_.copied_up;
        counts_.copied_up_bytes += *bytes;
    }
}

// Tells the user where a file may have other names, and returns whether it has none.
bool EntryOwner::is_alone(const ErrnoOr<bool>& found, const Directory& directory, std::string_view name) {
    if (!found) failed(Operation::count_names, found.error(), directory, name);
    if (found && !*found) leave_alone(Verdict::planted_link, directory, name);
    return found.value_or(false);
}

// A directory has one name. A device is looked at like a file: that it was named does not say that it was meant.
ErrnoOr<bool> EntryOwner::is_no_planted_link(const Directory& operand) {
    const Entry& entry = operand.entry;
    if (entry.is_directory() || walk_.rules().links == HardLinks::allow) return true;
    const std::string path = operand.chain.path();
    const auto parent = resolve("change the owner of", parent_of(path));
    if (!parent) return false;
    const auto above = as_owner_.look_with_mount(parent->fd.get());
    if (!above) return false;
    return only_name_.holds({parent->fd.get(), above->mount, basename(path).data(), operand.fd.get()}, entry);
}

void EntryOwner::chown_directory(const Directory& directory) {
    const Verdict verdict = judge(directory.entry, walk_.rules());
    if (verdict == Verdict::right) return;
    if (verdict == Verdict::protected_file) return failed(Operation::enter_protected, EPERM, directory);
    Mount& mount = *directory.mount;
    if (mount.is_given_up() || !is_alone(is_no_planted_link(directory), directory, "")) return;
    const int fd = directory.fd.get();
    settle(change(mount, fd, "", directory.entry), {directory, "", mount, directory.entry, fd});
}

}  // namespace stepdown
