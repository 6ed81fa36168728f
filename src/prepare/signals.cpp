// SPDX-License-Identifier: Apache-2.0

#include "stepdown/prepare/signals.h"

#include <unistd.h>

#include <array>
#include <csignal>

namespace stepdown {
namespace {

constexpr std::array handled{SIGTERM, SIGINT, SIGQUIT, SIGHUP};

// A signal that comes before it is known whether it was ignored on entry is remembered until that is.
using Flag = volatile std::sig_atomic_t;
Flag all_known = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): a handler has nothing else
std::array<Flag, NSIG> early{};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): likewise

// Ending here, rather than setting a flag, leaves no moment between the last look at the flag and execve(2).
[[noreturn]] void end_process(int signal) {
    constexpr int signal_exit_base = 128;
    ::_exit(signal_exit_base + signal);
}

extern "C" void on_signal(int signal) {
    if (all_known != 0) end_process(signal);
    early[static_cast<std::size_t>(signal)] = 1;
}

void handle(int signal) {
    struct sigaction end {};
    struct sigaction before {};
    end.sa_handler = on_signal;
    const bool was_ignored = ::sigaction(signal, &end, &before) == 0 && before.sa_handler == SIG_IGN;
    if (!was_ignored) return;
    ::sigaction(signal, &before, nullptr);
    early[static_cast<std::size_t>(signal)] = 0;
}

}  // namespace

void end_on_signals() {
    for (const int signal : handled) handle(signal);
    all_known = 1;
    for (const int signal : handled) {
        if (early[static_cast<std::size_t>(signal)] != 0) end_process(signal);
    }
}

HeldSignals::HeldSignals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : handled) ::sigaddset(&set, signal);
    ::sigprocmask(SIG_BLOCK, &set, &before_);
}

HeldSignals::~HeldSignals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace stepdown
