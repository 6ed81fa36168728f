// Signals while preparing.
#pragma once

namespace stepdown {

// Makes TERM, INT, QUIT and HUP end this process with 128+N at once, unless they were ignored on entry. As PID 1 the
// kernel would discard them otherwise (pid_namespaces(7)). Nothing has to be undone: every change is one system call,
// and execve(2) resets the handlers.
void end_on_signals();

}  // namespace stepdown
