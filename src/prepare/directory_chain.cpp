// SPDX-License-Identifier: Apache-2.0

#include "stepdown/prepare/directory_chain.h"

#include "stepdown/base/file.h"
#include "stepdown/base/log.h"
#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/prepare/directory_refusal.h"
#include "stepdown/prepare/signals.h"
#include "stepdown/system/control.h"
#include "stepdown/system/fsuid.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <vector>

namespace stepdown {
namespace {

class Chain {
  public:
    Chain(const DirectoriesPlan& plan, int parent, std::span<const std::string> paths)
        : plan_(plan), parent_(parent), paths_(paths) {}

    Result<Made> make() {
        // A signal between two steps would leave root's directories behind for ever.
        const HeldSignals held;
        struct stat status {};
        if (::fstat(parent_, &status) != 0) return system_error(cannot_create(paths_.front()), errno);
        if (!only_we_rename_in(status)) return make_in_staging();
        if (TRY(make_in(parent_)) == Made::found_some) return Made::found_some;
        if (is_chain_ours()) return give_all();
        remove_from(parent_);
        return make_in_staging();
    }

  private:
    struct Directory {
        UniqueFd fd;
        struct stat status {};
    };
    // The staging directory, which nobody else can reach into.
    struct Staging {
        UniqueFd fd;
        std::string name;
        struct stat status {};
    };

    [[nodiscard]] bool only_we_rename_in(const struct stat& directory) const {
        if (plan_.uid == ::geteuid()) return true;  // nothing is given to anybody else
        const bool is_kept = !others_may_write(directory) || (directory.st_mode & S_ISVTX) != 0;
        return directory.st_uid == fsuid_.own() && is_kept;
    }

    // Before the directories are given away, a umask or a default ACL may let other users write in them.
    [[nodiscard]] bool is_chain_ours() const {
        return std::all_of(directories_.begin(), directories_.end() - 1, [this](const Directory& each) {
            return only_we_rename_in(each.status) || belongs_to_user(each.status);
        });
    }

    // A mount may have one owner for everything (uid= of vfat).
    [[nodiscard]] bool belongs_to_user(const struct stat& directory) const {
        return directory.st_uid == plan_.uid && directory.st_uid != fsuid_.own();
    }

    Result<Made> make_in(int place) {
        int where = place;
        for (const std::string& path : paths_) {
            auto made = make_one(where, path);
            if (!made || *made == Made::found_some) {
                remove_from(place);
                return made;
            }
            where = directories_.back().fd.get();
        }
        return Made::all;
    }

    Result<Made> make_one(int where, const std::string& path) {
        const std::string name(basename(path));
        if (make_directory(where, name, 0777) != 0) {
            if (errno == EEXIST) return Made::found_some;
            return refused(where, path, errno);
        }
        Directory made{open_made(where, name), {}};
        Result<void> outcome;
        if (!made.fd.valid() || ::fstat(made.fd.get(), &made.status) != 0) {
            outcome = system_error(cannot_create(path), errno);
        } else {
            outcome = check_new(made, path);
        }
        if (!outcome) {
            remove(where, name);
            return Failure(std::move(outcome).error());
        }
        directories_.push_back(std::move(made));
        return Made::all;
    }

    // The message is found with the rights of this process, and not with those of the parent's owner.
    Failure refused(int where, const std::string& path, int number) {
        fsuid_.restore();
        return refused_by_kernel(where, path, number);
    }

    // The uid that made the directory opens it.
    static UniqueFd open_made(int where, const std::string& name) {
        return UniqueFd(::openat(where, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    }

    Result<void> check_new(const Directory& made, const std::string& path) {
        const bool is_ours = made.status.st_uid == fsuid_.current() && !must_be_users_already_;
        if (!is_ours && !belongs_to_user(made.status)) return exchanged(path);
        const auto is_empty = is_empty_directory(made.fd.get());
        if (!is_empty) return system_error(cannot_create(path), is_empty.error());
        return *is_empty ? Result<void>() : exchanged(path);
    }

    static Failure exchanged(const std::string& path) {
        return fail(MessageId::directory_uncreated,
                    cannot_create(path) + ": another process put something else there meanwhile");
    }

    Result<Made> make_in_staging() {
        const Staging staging = TRY(make_staging());
        auto made = fill(staging);
        // The name may be another empty directory by now. Whoever could put it there could also remove it.
        remove(parent_, staging.name);
        if (!made || *made == Made::found_some) return made;
        return give_all();
    }

    Result<Staging> make_staging() {
        const auto now = std::chrono::system_clock::now().time_since_epoch().count();
        Staging staging;
        int made = -1;
        for (int attempt = 0; made != 0 && attempt < 3; ++attempt) {
            staging.name = ".stepdown-" + std::to_string(now + attempt);
            made = make_directory(parent_, staging.name, 0700);
            if (made != 0 && errno != EEXIST) break;
        }
        if (made != 0) return refused(parent_, paths_.front(), errno);
        staging.fd = open_made(parent_, staging.name);
        if (staging.fd.valid() && ::fstat(staging.fd.get(), &staging.status) == 0) return staging;
        const int number = errno;
        remove(parent_, staging.name);
        return system_error(cannot_create(paths_.front()), number);
    }

    // Any directory of ours that nobody else can write will do, so it need not be the one that was made.
    Result<Made> fill(const Staging& staging) {
        if (staging.status.st_uid == fsuid_.current() && !others_may_write(staging.status)) {
            if (TRY(make_in(staging.fd.get())) == Made::all) return put_in_place(staging);
            return exchanged(paths_.front());
        }
        if (!belongs_to_user(staging.status)) return exchanged(paths_.front());
        must_be_users_already_ = true;
        return make_in(parent_);
    }

    Result<Made> put_in_place(const Staging& staging) {
        const std::string name(basename(paths_.front()));
        const int from = staging.fd.get();
        int moved = as_self_or_owner(fsuid_, parent_, [&] {
            return static_cast<int>(
                ::syscall(SYS_renameat2, from, name.c_str(), parent_, name.c_str(), RENAME_NOREPLACE));
        });
        // NFS has no such flag, old kernels no such call, and a seccomp profile may forbid it. Without the flag a
        // directory replaces an empty directory, and nothing else (rename(2)).
        if (moved != 0 && (errno == EINVAL || errno == ENOSYS || errno == EPERM)) {
            moved = as_self_or_owner(fsuid_, parent_,
                                     [&] { return ::renameat(from, name.c_str(), parent_, name.c_str()); });
        }
        if (moved == 0) return Made::all;
        const int number = errno;
        remove_from(staging.fd.get());
        if (number == EEXIST || number == ENOTEMPTY || number == ENOTDIR) return Made::found_some;
        return refused(parent_, paths_.front(), number);
    }

    Result<Made> give_all() {
        for (std::size_t i = directories_.size(); i-- > 0;) {
            auto given = give(directories_[i], paths_[i]);
            if (given) continue;
            remove_from(parent_);  // or the next start would find them made, and not the user's
            return Failure(std::move(given).error());
        }
        return Made::all;
    }

    Result<void> give(const Directory& made, const std::string& path) {
        const struct stat& status = made.status;
        const bool keeps_group = belongs_to_user(status) || (status.st_mode & S_ISGID) != 0;
        const gid_t gid = keeps_group ? status.st_gid : plan_.gid;
        const std::string whose = std::to_string(plan_.uid) + ":" + std::to_string(gid);
        fsuid_.restore();
        const bool is_given = status.st_uid == plan_.uid && status.st_gid == gid;
        if (!is_given && ::fchown(made.fd.get(), plan_.uid, gid) != 0) {
            return refused_to_give(made.fd.get(), path, plan_.uid, gid, errno);
        }
        // CIFS, 9p and Windows' file systems may only say that they changed it.
        struct stat after {};
        const bool is_same =
            ::fstat(made.fd.get(), &after) == 0 && after.st_uid == status.st_uid && after.st_gid == status.st_gid;
        if (!is_given && is_same) return refused_to_give(made.fd.get(), path, plan_.uid, gid, 0);
        if (log_enabled(LogLevel::info)) log_info("created " + quote(path) + " for " + whose);
        return {};
    }

    int make_directory(int where, const std::string& name, mode_t mode) {
        return as_self_or_owner(fsuid_, where, [&] { return ::mkdirat(where, name.c_str(), mode); });
    }

    void remove(int where, const std::string& name) {
        as_self_or_owner(fsuid_, where, [&] { return ::unlinkat(where, name.c_str(), AT_REMOVEDIR); });
    }

    // Removes everything that was made. The first directory is in place.
    void remove_from(int place) {
        while (!directories_.empty()) {
            const std::size_t last = directories_.size() - 1;
            remove(last == 0 ? place : directories_[last - 1].fd.get(), std::string(basename(paths_[last])));
            directories_.pop_back();
        }
    }

    const DirectoriesPlan& plan_;
    int parent_;
    std::span<const std::string> paths_;
    std::vector<Directory> directories_;
    bool must_be_users_already_ = false;  // a new directory has to belong to the user as soon as it is made
    FsuidSwitch fsuid_;
};

}  // namespace

Result<Made> make_chain(const DirectoriesPlan& plan, int parent, std::span<const std::string> paths) {
    return Chain(plan, parent, paths).make();
}

}  // namespace stepdown
