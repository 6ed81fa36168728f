#include "stepdown/prepare/signals.h"

#include <unistd.h>

#include <array>
#include <csignal>

namespace stepdown {
namespace {

constexpr std::array handled{SIGTERM, SIGINT, SIGQUIT, SIGHUP};

// Ending here, rather than setting a flag, leaves no moment between the last look at the flag and execve(2).
extern "C" void end_process(int signal) {
    constexpr int signal_exit_base = 128;
    ::_exit(signal_exit_base + signal);
}

void handle(int signal) {
    struct sigaction end {};
    struct sigaction before {};
    end.sa_handler = end_process;
    const bool was_ignored = ::sigaction(signal, &end, &before) == 0 && before.sa_handler == SIG_IGN;
    if (was_ignored) ::sigaction(signal, &before, nullptr);
}

}  // namespace

void end_on_signals() {
    // Blocked meanwhile, so that one that was ignored on entry cannot meet the handler before it is ignored again.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, &before);
    for (const int signal : handled) handle(signal);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace stepdown
