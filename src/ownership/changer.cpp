#include "stepdown/ownership/changer.h"

#include "stepdown/base/overflow.h"
#include "stepdown/base/resolve.h"
#include "stepdown/base/text.h"

#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>

namespace stepdown {
namespace {

// No capability helps then; but who owns a file may give it another of its groups (chown(2)).
bool is_out_of_reach(Owner present, Owner wanted) {
    if (!is_unmapped(present.uid, present.gid)) return false;
    return present.uid != wanted.uid || present.uid != ::geteuid();
}

}  // namespace

void Changer::flush() {
    walk_.report().add(counts_);
    flushed_ += counts_.entries;
    counts_ = {};
}

std::uint64_t Changer::flush_if_many() {
    constexpr std::uint64_t many = 256;
    if (counts_.entries >= many) flush();
    return flushed_ + counts_.entries;
}

Changer::Found Changer::treat(const Directory& directory, NamePointer name) {
    const auto entry = access_.look(directory.fd.get(), name);
    if (!entry) {
        failed(Act::look, entry.error(), directory, name);
        return Found::dealt_with;
    }
    if (entry->is_directory()) return Found::directory;
    count_entry();
    const Verdict verdict = judge(*entry, walk_.rules());
    if (verdict == Verdict::right) return Found::dealt_with;
    if (directory.mount->holds(*entry)) {
        apply(verdict, directory, name, *entry);
    } else {
        // A file can be a mount of its own (./config.yml:/app/config.yml:ro), and old kernels tell it of a pin only.
        change_pinned(directory, name);
    }
    return Found::dealt_with;
}

void Changer::apply(Verdict verdict, const Directory& directory, NamePointer name, const Entry& entry) {
    if (verdict == Verdict::change) return change_named(directory, name, entry);
    if (verdict == Verdict::change_pinned) return change_pinned(directory, name);
    leave_alone(verdict, directory, name);
}

void Changer::leave_alone(Verdict verdict, const Directory& directory, std::string_view name) {
    if (verdict == Verdict::right) return;
    const Spared kind = verdict == Verdict::device           ? Spared::device
                        : verdict == Verdict::protected_file ? Spared::protected_file
                                                             : Spared::planted_link;
    spare(kind, directory, name);
}

void Changer::spare(Spared what, const Directory& directory, std::string_view name) {
    walk_.report().spared(what, directory.place.path(name));
    count_skipped();
}

void Changer::change_named(const Directory& directory, NamePointer name, const Entry& entry) {
    Mount& mount = *directory.mount;
    if (mount.is_given_up()) return;
    UniqueFd pin;
    if (walk_.mode() == Mode::change && mount.is_untried()) {
        // So that what is looked at afterwards is what was changed.
        auto pinned = access_.pin(directory.fd.get(), name);
        if (!pinned) return failed(Act::look, pinned.error(), directory, name);
        pin = *std::move(pinned);
    }
    const int number =
        pin.valid() ? change(mount, pin.get(), "", entry) : change(mount, directory.fd.get(), name, entry);
    if (number == EACCES && !pin.valid()) return change_pinned(directory, name);
    settle(number, {directory, name, mount, entry, pin.get()});
}

// Looks again at what is going to be changed, and at nothing that a name may lead to a moment later.
void Changer::change_pinned(const Directory& directory, NamePointer name) {
    const auto pin = access_.pin(directory.fd.get(), name);
    if (!pin) return failed(Act::look, pin.error(), directory, name);
    const auto entry = access_.look_with_mount(pin->get());
    if (!entry) return failed(Act::look, entry.error(), directory, name);
    // A directory that took the name's place is not ours to change here: its own names come first.
    if (entry->is_directory()) return;
    Mount* mount = mount_to_enter(directory, name, pin->get(), *entry);
    if (mount == nullptr) return;
    const Verdict verdict = judge(*entry, walk_.rules());
    // A socket in the tree is the application's; one that is a mount of its own is the host's.
    const bool is_mounted = mount != directory.mount;
    if (is_mounted && S_ISSOCK(entry->mode)) return spare(Spared::mounted_socket, directory, name);
    if (verdict != Verdict::change && verdict != Verdict::change_pinned) {
        return leave_alone(verdict, directory, name);
    }
    if (mount->is_given_up()) return;
    if (verdict == Verdict::change_pinned) {
        const auto alone = is_the_only_name(directory.fd.get(), name, pin->get(), *entry);
        if (!is_alone(alone, directory, name)) return;
    }
    settle(change(*mount, pin->get(), "", *entry), {directory, name, *mount, *entry, pin->get()});
}

// entry, which was seen through pin, has one link. That may be root's own: a planted one can be gone since it was
// pinned. If the pinned one has its place when all removals are done, it had it when the links were counted. That it is
// found there once more is for who exchanges the directories above.
OrErrno<bool> Changer::is_the_only_name(int directory, NamePointer name, int pin, const Entry& entry) {
    const auto waited = access_.await_removals(directory, name);
    if (!waited && waited.error() != EROFS) return tl::unexpected(waited.error());
    if (Calls::has_its_name(directory, pin) == std::optional(false)) return false;
    const auto again = access_.look(directory, name);
    return again && again->same_file(entry) && again->links == 1;
}

Mount* Changer::mount_to_enter(const Directory& directory, NamePointer name, int fd, const Entry& entry) {
    if (directory.mount->holds(entry)) return directory.mount;
    // Neither openat2(2) nor this takes a subvolume for a mount of its own.
    const bool is_on_it = entry.mount && entry.mount == directory.mount->id();
    if (walk_.mounts() == Mounts::enter || is_on_it) {
        Mount& mount = walk_.mount(fd, entry, directory.place, name);
        if (is_entered(mount.kind())) return &mount;
    } else if (!entry.mount) {
        // It may be the host's, and nothing here can tell.
        failed(Act::find_mount, ENOSYS, directory, name);
        return nullptr;
    }
    count_skipped();
    return nullptr;
}

int Changer::change(Mount& mount, int fd, NamePointer name, const Entry& entry) {
    switch (walk_.mode()) {
        case Mode::change: return access_.change(fd, name, walk_.rules().owner);
        case Mode::inspect:
            if (mount.kind() == MountKind::read_only) return EROFS;
            if (mount.lacks(walk_.rules().owner, fd)) return EOVERFLOW;
            return entry.immutable || is_out_of_reach(entry.owner, walk_.rules().owner) ? EPERM : 0;
        case Mode::no_right: return EPERM;
    }
    return EPERM;
}

void Changer::settle(int number, const Attempt& attempt) {
    const bool is_looked_at = walk_.mode() == Mode::change && attempt.mount.is_untried();
    if (number == 0 && is_looked_at) number = look_for_effect(attempt);
    if (number != 0) return settle_failure(number, attempt);
    attempt.mount.succeeded();
    ++counts_.changed;
}

// What was found about the names of a file; the user is told where it is not true.
bool Changer::is_alone(const OrErrno<bool>& found, const Directory& directory, std::string_view name) {
    if (!found) failed(Act::count_names, found.error(), directory, name);
    if (found && !*found) leave_alone(Verdict::planted_link, directory, name);
    return found.value_or(false);
}

// Whether an operand is a directory, or no link to somebody else's file. Its links were counted after it was pinned, as
// those of a name in the walk are. A device too: that it was named does not say that it was meant.
OrErrno<bool> Changer::is_no_planted_link(const Directory& operand) {
    const Entry& entry = operand.entry;
    if (entry.is_directory() || walk_.rules().links == LinkRule::allow) return true;
    if (entry.links > 1) return false;
    const std::string path = operand.place.path();
    const auto parent = resolve("own", parent_of(path));
    return parent ? is_the_only_name(parent->fd.get(), basename(path).data(), operand.fd.get(), entry) : false;
}

void Changer::treat_self(const Directory& directory) {
    const Verdict verdict = judge(directory.entry, walk_.rules());
    if (verdict == Verdict::right) return;
    if (verdict == Verdict::protected_file) return failed(Act::enter_protected, EPERM, directory);
    Mount& mount = *directory.mount;
    if (mount.is_given_up() || !is_alone(is_no_planted_link(directory), directory, "")) return;
    const int fd = directory.fd.get();
    settle(change(mount, fd, "", directory.entry), {directory, "", mount, directory.entry, fd});
}

}  // namespace stepdown
