// trace FILE ARGV0 [ARG]...: the places in FILE that run before it executes another program, each once, in the order
// of their first run, as offsets from its lowest address. Found by single steps (ptrace(2)); the environment is handed
// on.
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <set>
#include <string>

namespace {

// Where the kernel put the first segment of the program that process has just become; 0 when that cannot be told.
unsigned long long base_of(pid_t process, const std::string& file) {
    std::ifstream maps("/proc/" + std::to_string(process) + "/maps");
    for (std::string line; std::getline(maps, line);) {
        if (line.ends_with(file)) return std::stoull(line, nullptr, 16);
    }
    return 0;
}

int trace(pid_t process, const std::string& file) {
    int status = 0;
    if (::waitpid(process, &status, 0) != process || !WIFSTOPPED(status)) return 1;
    ::ptrace(PTRACE_SETOPTIONS, process, nullptr, PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC);
    const auto base = base_of(process, file);
    std::set<unsigned long long> seen;
    while (base != 0 && WIFSTOPPED(status) && status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8)) {
        user_regs_struct registers{};
        ::ptrace(PTRACE_GETREGS, process, nullptr, &registers);
        if (seen.insert(registers.rip).second) std::printf("%016llx\n", registers.rip - base);
        ::ptrace(PTRACE_SINGLESTEP, process, nullptr, nullptr);
        if (::waitpid(process, &status, 0) != process) return 1;
    }
    ::kill(process, SIGKILL);
    return seen.empty() || WIFEXITED(status) ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: trace FILE ARGV0 [ARG]...\n", stderr);
        return 2;
    }
    const pid_t child = ::fork();
    if (child < 0) return 1;
    if (child != 0) return trace(child, argv[1]);
    ::personality(ADDR_NO_RANDOMIZE);
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::execv(argv[1], argv + 2);
    ::_exit(127);
}
