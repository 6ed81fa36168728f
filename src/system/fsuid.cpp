// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/fsuid.h"

#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace stepdown {
namespace {

// setfsuid(2) reports no errors: the uid in force is what it says when asked for an impossible one.
uid_t kernel_fsuid() { return static_cast<uid_t>(::setfsuid(static_cast<uid_t>(-1))); }

}  // namespace

// Not asked of the kernel: it is the effective uid until somebody changes it, and only this class does.
FsuidSwitch::FsuidSwitch() : own_(::geteuid()), current_(own_) {}

bool FsuidSwitch::switch_to(uid_t uid) {
    if (uid == current_) return true;
    // Coming back from another uid gives the capabilities back to uid 0 only.
    if (own_ != 0 || uid == static_cast<uid_t>(-1)) return false;
    change(uid);
    current_ = kernel_fsuid();
    return current_ == uid;
}

void FsuidSwitch::restore() {
    if (current_ == own_) return;
    change(own_);
    current_ = own_;
}

// A change of credentials clears the signal that whoever started us asked for (PR_SET_PDEATHSIG of prctl(2)).
void FsuidSwitch::change(uid_t uid) {
    if (!parent_death_signal_) {
        int signal = 0;
        parent_death_signal_ = ::prctl(PR_GET_PDEATHSIG, &signal) == 0 ? signal : 0;
    }
    ::setfsuid(uid);
    if (*parent_death_signal_ != 0) ::prctl(PR_SET_PDEATHSIG, *parent_death_signal_);
}

}  // namespace stepdown
