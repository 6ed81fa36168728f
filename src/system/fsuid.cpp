#include "stepdown/system/fsuid.h"

#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace stepdown {
namespace {

// setfsuid(2) reports no errors: the uid in force is what it says when asked for an impossible one.
uid_t current() { return static_cast<uid_t>(::setfsuid(static_cast<uid_t>(-1))); }

}  // namespace

// Not asked of the kernel: it is the effective uid until somebody changes it, and only this class does.
FileIdentity::FileIdentity() : self_(::geteuid()), now_(self_) {}

bool FileIdentity::become(uid_t uid) {
    if (uid == now_) return true;
    // Coming back from another uid gives the capabilities back to uid 0 only.
    if (self_ != 0 || uid == static_cast<uid_t>(-1)) return false;
    change(uid);
    now_ = current();
    return now_ == uid;
}

void FileIdentity::become_self() {
    if (now_ == self_) return;
    change(self_);
    now_ = self_;
}

// A change of credentials clears the signal that whoever started us asked for (PR_SET_PDEATHSIG of prctl(2)).
void FileIdentity::change(uid_t uid) {
    if (!parent_death_signal_) {
        int signal = 0;
        parent_death_signal_ = ::prctl(PR_GET_PDEATHSIG, &signal) == 0 ? signal : 0;
    }
    ::setfsuid(uid);
    if (*parent_death_signal_ != 0) ::prctl(PR_SET_PDEATHSIG, *parent_death_signal_);
}

}  // namespace stepdown
