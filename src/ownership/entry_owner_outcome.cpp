// SPDX-License-Identifier: Apache-2.0
// The outcome of a change that failed, or may have had no effect.
#include "stepdown/base/text.h"
#include "stepdown/ownership/entry_owner.h"
#include "stepdown/ownership/reason.h"
#include "stepdown/system/file_system.h"

#include <cerrno>

namespace stepdown {
namespace {

// The application may be deleting: what is gone needs no owner.
bool is_gone(int number) { return number == ENOENT || number == ESTALE; }

}  // namespace

// Only for what is printed.
ErrorText EntryOwner::describe(Operation operation, int number, std::string path, const Entry& entry,
                               const Mount& mount) {
    as_owner_.restore();
    Facts facts = find_facts(operation, entry, entry.mount ? entry.mount : mount.id(), walk_.rules().owner);
    facts.is_read_only = mount.kind() == MountKind::read_only || mount.given_up() == GivenUp::read_only;
    facts.chown = walk_.rules().setting;
    return {std::move(path), reason(operation, number, facts)};
}

void EntryOwner::failed(Operation operation, int number, const Directory& directory, std::string_view name) {
    if (is_gone(number) && operation != Operation::find_again) return;
    walk_.report().failed(operation, number, [&] {
        const auto entry = as_owner_.look(directory.fd.get(), std::string(name).c_str());
        return describe(operation, number, directory.chain.path(name), entry.value_or(directory.entry),
                        *directory.mount);
    });
}

void EntryOwner::failed(int number, const Attempt& attempt) {
    if (is_gone(number)) return;
    walk_.report().failed(Operation::change, number, [&] {
        return describe(Operation::change, number, attempt.directory.chain.path(attempt.name), attempt.entry,
                        attempt.mount);
    });
}

// Returns true if a change that succeeded was made, as far as can be told; CIFS, 9p and drvfs may only say so.
int EntryOwner::look_for_effect(const Attempt& attempt) {
    const auto after = as_owner_.look_afresh(attempt.pin);
    if (after && after->owner == walk_.rules().owner) {
        attempt.mount.had_effect();
    } else if (after && after->owner == attempt.entry.owner) {
        return no_effect;
    } else {
        attempt.mount.was_unclear();
    }
    return 0;
}

void EntryOwner::note_doubt(const Attempt& attempt) {
    Mount& mount = attempt.mount;
    if (mount.is_first_doubt(attempt.pin >= 0 ? attempt.pin : attempt.directory.fd.get())) {
        walk_.report().add_doubt(
            concat({"cannot tell whether an owner on ", quote(mount.path()), " can be changed: the ",
                    file_system_in_words(mount.id()), " may refuse that, or ignore it"}));
    }
    if (!may_be_unmapped(attempt.entry.owner) || walk_.is_mapping_doubted()) return;
    walk_.report().add_doubt(
        concat({"cannot tell whether the owner of ", quote(attempt.directory.chain.path(attempt.name)),
                " can be changed: it may be one that is not mapped in this user namespace"}));
}

void EntryOwner::settle_failure(int number, const Attempt& attempt) {
    Mount& mount = attempt.mount;
    // The directory's descriptor can say more of the mount than one that only pins.
    const int fd = &mount == attempt.directory.mount ? attempt.directory.fd.get() : attempt.pin;
    const GivenUp why = mount.failed(number, walk_.mode() == Mode::cannot_chown, fd);
    const bool is_first = why != GivenUp::no && walk_.give_up(mount, why);
    if (!is_first && (why == GivenUp::read_only || why == GivenUp::without_effect)) return;
    if (number == EINVAL) walk_.stop_if_unmapped();
    failed(number, attempt);
}

}  // namespace stepdown
