// SPDX-License-Identifier: Apache-2.0

#include "stepdown/prepare/account_files.h"

#include "stepdown/base/file.h"
#include "stepdown/base/output.h"
#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/prepare/account_lock.h"
#include "stepdown/prepare/replace_file.h"
#include "stepdown/prepare/signals.h"
#include "stepdown/system/denial.h"
#include "stepdown/system/file_system.h"
#include "stepdown/system/kernel.h"
#include "stepdown/system/mount.h"
#include "stepdown/system/path_trace.h"
#include "stepdown/system/resolve.h"
#include "stepdown/system/statx.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace stepdown {
namespace {

// The attributes that deny root, too, the replacement of a file.
constexpr std::uint64_t sealing = statx_attribute::immutable | statx_attribute::append;
constexpr int safely = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

// The place of a file: reached by the operand rule, and touched from then on by its name in that directory.
struct Location {
    UniqueFd directory;
    std::string name;
};

struct OpenFile {
    UniqueFd fd;
    struct stat status {};
};

// The replacement is refused here, and another change may be allowed. ENOTSUP: an attribute cannot be kept, and an
// append changes none.
bool is_refused(int number) {
    return number == EACCES || number == EPERM || number == EROFS || number == EBUSY || number == EXDEV ||
           number == EINVAL || number == ENOTSUP;
}

bool is_in_group_of_root() {
    const auto groups = LinuxKernel().groups();
    return ::getegid() == 0 || (groups && std::find(groups->begin(), groups->end(), gid_t{0}) != groups->end());
}

class EditOfFile {
  public:
    explicit EditOfFile(const FileEdit& edit)
        : edit_(edit), what_("cannot " + in_words(edit.edit) + " in " + quote(edit.path)) {}

    Result<void> make() {
        TRY(find());
        const auto lock = lock_accounts(TRY(directory_of(edit_.path)).get());
        if (!lock) return refusal(lock.error().message);
        const auto file = lock->valid() ? TRY(open_file(O_RDONLY)) : std::optional(TRY(open_and_lock()));
        const std::string before = file ? TRY(read_open_file(file->fd.get(), edit_.path)) : "";
        const std::string after = apply_edit(edit_.edit, before);
        if (after == before) return {};
        survive_output_signals();
        const HeldSignals held;  // ended in between, part of a line or of a file would stay for ever
        const auto original = file ? std::optional(Original{file->fd.get(), file->status}) : std::nullopt;
        const auto replaced = replace_file(place_.directory.get(), place_.name, original, after);
        if (replaced) return {};
        const int number = replaced.error().number;
        if (!is_refused(number) || !can_append(file)) {
            return number == ENOTSUP ? refusal(replaced.error().message) : refused_by(number);
        }
        return append(*file, std::string_view(after).substr(before.size()));
    }

    Result<void> check() {
        TRY(find());
        const auto file = TRY(open_file(O_RDONLY));
        const int number = denial_of_replacing(file);
        if (number == 0) return {};
        const bool may_append = can_append(file) && denial_errno(file->fd.get(), Permission::write) == 0 &&
                                !has(place_.name.c_str(), statx_attribute::immutable);
        return may_append ? Result<void>() : refused_by(number);
    }

  private:
    [[nodiscard]] Failure refusal(const std::string& reason) const {
        return fail(MessageId::account_file_unchanged, what_ + ": " + reason);
    }

    [[nodiscard]] Failure refused_by(int number) const {
        if (number == EBUSY) return refusal("the file is mounted from outside, and is changed there only");
        if (number == EPERM && has(place_.name.c_str(), sealing)) return is_sealed(edit_.path);
        if (number == EPERM && has("", sealing)) return is_sealed(parent_of(edit_.path));
        return system_error(what_, number, number == EACCES || number == EPERM ? advice_on(number) : "");
    }

    [[nodiscard]] Failure is_sealed(const std::string& path) const {
        return system_error(what_, EPERM, quote(path) + " is immutable or append-only (chattr(1))");
    }

    // attributes: those of the file or, for "", of its directory.
    [[nodiscard]] bool has(const char* name, std::uint64_t attributes) const {
        Statx status{};
        return kernel_statx(place_.directory.get(), name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, 0, status) == 0 &&
               (status.stx_attributes & attributes) != 0;
    }

    [[nodiscard]] std::string advice_on(int number) const {
        if (::geteuid() != 0) return advice_without_root();
        const int directory = place_.directory.get();
        return number == EACCES ? denial_in_directory(directory, parent_of(edit_.path), Permission::write)
                                : unexplained_refusal(file_system_of(directory));
    }

    // A line can be added to a file of group 0, which platforms give to every uid of theirs.
    [[nodiscard]] std::string advice_without_root() const {
        if (!is_addition(edit_.edit)) return "";
        const std::string path = quote(edit_.path);
        return concat({"Add to the Dockerfile: RUN chgrp 0 ", path, " && chmod g+w ", path,
                       is_in_group_of_root() ? "" : ", and start the container with gid 0"});
    }

    [[nodiscard]] bool can_append(const std::optional<OpenFile>& file) const { return file && is_addition(edit_.edit); }

    Result<void> find() {
        auto file = resolve("change", edit_.path);
        if (!file && !is_missing(file.error())) return not_found(file.error());
        const std::string path = file ? file->path : edit_.path;
        place_ = {TRY(directory_of(path)), std::string(basename(path))};
        return {};
    }

    [[nodiscard]] Result<UniqueFd> directory_of(const std::string& path) const {
        auto directory = resolve("change", parent_of(path));
        if (!directory) return not_found(directory.error());
        return std::move(directory->fd);
    }

    [[nodiscard]] Failure not_found(const Error& error) const {
        if (error.number != ELOOP) return system_error(what_, error.number);
        return refusal("it is reached through a symbolic link that a user other than root controls");
    }

    // Nothing: there is no such file.
    Result<std::optional<OpenFile>> open_file(int mode) {
        OpenFile file{UniqueFd(::openat(place_.directory.get(), place_.name.c_str(), mode | safely)), {}};
        if (!file.fd.valid() && errno == ENOENT) return std::optional<OpenFile>();
        if (!file.fd.valid() && errno == ELOOP) return refusal("it is a symbolic link that leads nowhere");
        if (!file.fd.valid() || ::fstat(file.fd.get(), &file.status) != 0) return refused_by(errno);
        if (!S_ISREG(file.status.st_mode)) return refusal("it is not a regular file");
        return std::optional(std::move(file));
    }

    // Whoever held the lock may have replaced the file: then it is the new one's that counts.
    Result<OpenFile> open_and_lock() {
        while (true) {
            auto file = TRY(open_file(O_RDWR | O_APPEND));
            if (!file) return refused_by(reason_against_new_files());
            auto locked = lock_file(file->fd.get());
            if (!locked) return refusal(locked.error().message);
            if (::fstat(file->fd.get(), &file->status) == 0 && is_still_there(*file)) return *std::move(file);
        }
    }

    // If no lock can be made, the file cannot be made either: they are in one directory, for a link that leads to no
    // file is refused.
    [[nodiscard]] int reason_against_new_files() const {
        const int number = denial_errno(place_.directory.get(), Permission::write);
        return number != 0 ? number : EACCES;
    }

    [[nodiscard]] bool is_still_there(const OpenFile& file) const {
        struct stat now {};
        return ::fstatat(place_.directory.get(), place_.name.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0 &&
               now.st_ino == file.status.st_ino && now.st_dev == file.status.st_dev;
    }

    // Of a file that was looked at under the lock. line brings the line end that the last line may lack.
    Result<void> append(const OpenFile& read, std::string_view line) {
        const auto file = TRY(open_file(O_WRONLY | O_APPEND));
        // The size, too: a reader's lock keeps ours away, and then another process may have added a line.
        if (!file || !is_still_there(read) || file->status.st_size != read.status.st_size)
            return refusal("another process is changing it. Start again");
        const ssize_t put = ::write(file->fd.get(), line.data(), line.size());
        const int number = put < 0 ? errno : ENOSPC;
        if (put == static_cast<ssize_t>(line.size())) return sync(file->fd.get());
        if (put > 0 && !take_back(*file, put)) return refusal("part of the line was written, and stays there");
        return system_error(what_, number);
    }

    // Only what is ours: nothing of what somebody who knows no lock wrote after it.
    static bool take_back(const OpenFile& file, ssize_t put) {
        struct stat now {};
        if (::fstat(file.fd.get(), &now) != 0 || now.st_size != file.status.st_size + put) return false;
        return ::ftruncate(file.fd.get(), file.status.st_size) == 0;
    }

    Result<void> sync(int fd) const {
        if (::fsync(fd) != 0) return system_error(what_, errno);
        return {};
    }

    // The errno with which the kernel refuses to put another file in the place of file, which may be missing; 0: none.
    [[nodiscard]] int denial_of_replacing(const std::optional<OpenFile>& file) const {
        if (has("", sealing) || has(place_.name.c_str(), sealing)) return EPERM;
        for (const Permission needed : {Permission::write, Permission::search}) {
            if (const int number = denial_errno(place_.directory.get(), needed); number != 0) return number;
        }
        if (!file) return 0;
        if (is_mount(*file)) return EBUSY;
        return ::geteuid() == 0 || ::geteuid() == file->status.st_uid ? 0 : EPERM;
    }

    [[nodiscard]] bool is_mount(const OpenFile& file) const {
        Statx status{};
        const bool known = kernel_statx(file.fd.get(), "", AT_EMPTY_PATH, 0, status) == 0;
        if (known && (status.stx_attributes & statx_attribute::mount_root) != 0) return true;
        return find_mount(file.fd.get()) != find_mount(place_.directory.get());  // before Linux 5.8
    }

    const FileEdit& edit_;
    std::string what_;
    Location place_;
};

Result<void> about_a_file(Result<void> outcome) {
    if (!outcome) outcome.error().id = MessageId::account_file_unchanged;
    return outcome;
}

}  // namespace

Result<void> make_edit(const FileEdit& edit) { return about_a_file(EditOfFile(edit).make()); }

Result<void> check_edit(const FileEdit& edit) { return about_a_file(EditOfFile(edit).check()); }

}  // namespace stepdown
