// SPDX-License-Identifier: Apache-2.0
// Whose rights the kernel checks when this thread touches files.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <optional>

namespace stepdown {

// With CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH dropped, root may not enter a 0700 directory of another user. As that
// user it may: by the thread's file-system uid (setfsuid(2)), which needs CAP_SETUID and changes nothing on disk. The
// capabilities that concern files are gone meanwhile, CAP_CHOWN among them (capabilities(7)). A change of the uid
// clears the parent-death signal, so each switch sets that signal again (PR_SET_PDEATHSIG of prctl(2)).
//
// An object belongs to the thread that made it, and a thread has one of them at a time. The destructor restores the
// uid.
class FsuidSwitch {
  public:
    FsuidSwitch();
    FsuidSwitch(const FsuidSwitch&) = delete;
    FsuidSwitch& operator=(const FsuidSwitch&) = delete;
    ~FsuidSwitch() { restore(); }

    // Switches to uid. Returns false if that failed and the uid stays as it was: only root can switch to another uid.
    [[nodiscard]] bool switch_to(uid_t uid);
    // Goes back to own(). Takes no call if the thread is there already.
    void restore();

    // The effective uid of the process when this object was made.
    [[nodiscard]] uid_t own() const { return own_; }
    // The file-system uid that is in force now.
    [[nodiscard]] uid_t current() const { return current_; }

  private:
    void change(uid_t uid);

    uid_t own_;
    uid_t current_;
    std::optional<int> parent_death_signal_;  // asked for before the first change
};

// The result of call, a system call, as this process or, where that is refused (EACCES), as the owner of directory.
// directory is a descriptor, and O_PATH will do. -1 and errno say that neither succeeded. The thread may have the
// file-system uid of the owner afterwards.
template <typename Call>
int as_self_or_owner(FsuidSwitch& fsuid, int directory, Call call) {
    fsuid.restore();
    const int result = call();
    if (result >= 0 || errno != EACCES) return result;
    struct stat status {};
    if (::fstat(directory, &status) == 0 && fsuid.switch_to(status.st_uid)) return call();
    errno = EACCES;
    return result;
}

}  // namespace stepdown
