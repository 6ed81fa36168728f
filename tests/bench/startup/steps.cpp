// SPDX-License-Identifier: Apache-2.0
// steps CONTENDERS COMMAND: the user instructions that each contender executes before it executes COMMAND, counted by
// single steps (ptrace(2)) over all of its threads and all programs that it executes on the way. callgrind counts the
// same, but writes nothing where its program ends in execve(2). An instruction that repeats itself (rep movs) is one.
#include "contenders.h"

#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>

namespace stepdown::bench {
namespace {

// The same addresses every time, and with them the same number.
pid_t start_traced(const CommandStart& call) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::personality(ADDR_NO_RANDOMIZE);
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::execve(call.file(), call.argv(), call.envp());
    ::_exit(127);
}

bool executes(pid_t process, const std::string& command) {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/" + std::to_string(process) + "/exe", error) == command;
}

std::uint64_t instruction_of(pid_t thread) {
    struct __ptrace_syscall_info info {};
    const auto size = reinterpret_cast<void*>(sizeof info);
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, size, &info) < 0) return 0;
    return info.instruction_pointer;
}

// What to hand on to a thread that stopped: a signal that is not the tracer's doing.
int signal_of(int status) {
    const int signal = WSTOPSIG(status);
    return signal == SIGTRAP || signal == SIGSTOP ? 0 : signal;
}

std::int64_t count(const Contender& contender, const std::string& command) {
    const pid_t child = start_traced(CommandStart(contender, command));
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return -1;
    const long options = PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, options);
    std::map<pid_t, std::uint64_t> at;
    std::int64_t instructions = 0;
    pid_t thread = child;
    while (status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8) || !executes(child, command)) {
        if (WIFSTOPPED(status)) ::ptrace(PTRACE_SINGLESTEP, thread, nullptr, signal_of(status));
        thread = ::waitpid(-1, &status, __WALL);
        if (thread < 0 || (thread == child && !WIFSTOPPED(status))) return -1;
        if (!WIFSTOPPED(status)) continue;
        const std::uint64_t now = instruction_of(thread);
        if (now != at[thread]) ++instructions;
        at[thread] = now;
    }
    ::kill(child, SIGKILL);
    while (::waitpid(-1, &status, __WALL) > 0) {
    }
    return instructions;
}

}  // namespace
}  // namespace stepdown::bench

int main(int argc, char** argv) {
    const auto contenders = argc == 3 ? stepdown::bench::read_contenders(argv[1]) : std::nullopt;
    if (!contenders) {
        std::fputs("usage: steps CONTENDERS COMMAND\n", stderr);
        return 2;
    }
    stepdown::bench::stay_on_one_core();
    for (const auto& contender : *contenders) {
        const std::int64_t instructions = contender.file.empty() ? 0 : stepdown::bench::count(contender, argv[2]);
        if (instructions < 0) return 1;
        std::printf("%s,%lld\n", contender.name.c_str(), static_cast<long long>(instructions));
    }
    return 0;
}
