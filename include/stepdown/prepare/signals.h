// SPDX-License-Identifier: Apache-2.0
// Signals while preparing.
#pragma once

#include <csignal>

namespace stepdown {

// Makes TERM, INT, QUIT and HUP end this process with 128+N at once, unless they were ignored on entry. As PID 1 the
// kernel would discard them otherwise (pid_namespaces(7)). Nothing has to be undone: every change is one system call
// or holds the signals meanwhile, and execve(2) resets the handlers.
void end_on_signals();

// Holds the signals of end_on_signals back while it lives, for a change that takes more than one system call. One that
// came meanwhile ends the process when the object goes (sigprocmask(2)).
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
