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

// The application may be deleting: what is gone needs no owner.
bool is_gone(int number) { return number == ENOENT || number == ESTALE; }

// No capability helps then; but who owns a file may give it another of its groups (chown(2)).
bool is_out_of_reach(Owner present, Owner wanted) {
    if (!is_unmapped(present.uid, present.gid)) return false;
    return present.uid != wanted.uid || present.uid != ::geteuid();
}

}  // namespace

void Changer::failed(Act act, int number, const Directory& directory, std::string_view name) {
    if (is_gone(number) && act != Act::find_again) return;
    walk_.report().failed(act, number, directory.place.path(name));
}

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
    if (entry->mount && *entry->mount != directory.mount->id) {
        change_mounted(directory, name, *entry->mount);
        return Found::dealt_with;
    }
    apply(verdict, directory, name, *entry);
    return Found::dealt_with;
}

void Changer::apply(Verdict verdict, const Directory& directory, NamePointer name, const Entry& entry) {
    if (verdict == Verdict::change) return change_named(directory, name, entry);
    if (verdict == Verdict::change_pinned) return change_pinned(directory, *directory.mount, name);
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
    const int number = change(*directory.mount, directory.fd.get(), name, entry);
    if (number == EACCES) return change_pinned(directory, *directory.mount, name);
    settle(number, *directory.mount, directory, name);
}

// Looks again at what is going to be changed, and at nothing that a name may lead to a moment later.
void Changer::change_pinned(const Directory& directory, Mount& mount, NamePointer name) {
    const auto pin = access_.pin(directory.fd.get(), name);
    if (!pin) return failed(Act::look, pin.error(), directory, name);
    const auto entry = access_.look(pin->get(), "");
    if (!entry) return failed(Act::look, entry.error(), directory, name);
    // A directory that took the name's place is not ours to change here: its own names come first.
    if (entry->is_directory()) return;
    const Verdict verdict = judge(*entry, walk_.rules());
    // A socket in the tree is the application's; one that is a mount of its own is the host's.
    const bool is_mounted = &mount != directory.mount;
    if (is_mounted && S_ISSOCK(entry->mode)) return spare(Spared::mounted_socket, directory, name);
    if (verdict != Verdict::change && verdict != Verdict::change_pinned) {
        return leave_alone(verdict, directory, name);
    }
    if (verdict == Verdict::change_pinned) {
        const auto alone = is_the_only_name(directory.fd.get(), name, pin->get(), *entry);
        if (!is_alone(alone, directory, name)) return;
    }
    settle(change(mount, pin->get(), "", *entry), mount, directory, name);
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

Mount* Changer::mount_to_enter(const Directory& directory, NamePointer name, int fd, std::uint64_t id) {
    if (walk_.mounts() == Mounts::enter) {
        Mount& mount = walk_.mount(fd, id, directory.place.path(name));
        if (is_entered(mount.kind)) return &mount;
    }
    count_skipped();
    return nullptr;
}

// A file can be a mount of its own (./config.yml:/app/config.yml:ro).
void Changer::change_mounted(const Directory& directory, NamePointer name, std::uint64_t id) {
    const auto pin = access_.pin(directory.fd.get(), name);
    if (!pin) return failed(Act::look, pin.error(), directory, name);
    Mount* mount = mount_to_enter(directory, name, pin->get(), id);
    if (mount != nullptr) change_pinned(directory, *mount, name);
}

int Changer::change(const Mount& mount, int fd, NamePointer name, const Entry& entry) {
    // A mount that turned read-only answers the same for everything else in it.
    if (mount.broken.load(std::memory_order_relaxed)) return EROFS;
    switch (walk_.mode()) {
        case Mode::change: return access_.change(fd, name, walk_.rules().owner);
        case Mode::inspect:
            if (mount.kind == MountKind::read_only) return EROFS;
            return entry.immutable || is_out_of_reach(entry.owner, walk_.rules().owner) ? EPERM : 0;
        case Mode::no_right: return EPERM;
    }
    return EPERM;
}

void Changer::settle(int number, Mount& mount, const Directory& directory, NamePointer name) {
    if (number == 0) {
        if (!has_success_) walk_.report().succeeded();
        has_success_ = true;
        ++counts_.changed;
        return;
    }
    if (number == EROFS && mount.broken.exchange(true)) return;
    failed(Act::change, number, directory, name);
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
    if (!is_alone(is_no_planted_link(directory), directory, "")) return;
    Mount& mount = *directory.mount;
    settle(change(mount, directory.fd.get(), "", directory.entry), mount, directory, "");
}

}  // namespace stepdown
