// SPDX-License-Identifier: Apache-2.0
// Signals while preparing.
#pragma once

#include <csignal>

namespace stepdown {

// Makes TERM, INT, QUIT and HUP end this process with 128+N at once, unless they were ignored on entry. As PID 1 the
// kernel would discard them otherwise (pid_namespaces(7)). Nothing has to be undone: every change is one system call
// or holds the signals meanwhile, and execve(2) resets the handlers.
void end_on_signals();

// While it lives those signals wait: for a change of more than one system call.
class HeldSignals {
  public:
    HeldSignals();
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;
    ~HeldSignals();

  private:
    sigset_t before_{};
};

}  // namespace stepdown
