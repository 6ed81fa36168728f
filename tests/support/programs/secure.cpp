// SPDX-License-Identifier: Apache-2.0
// secure FILE [ARGUMENT]...: executes FILE with AT_SECURE set (getauxval(3)), as SELinux does at the start of a
// container, and ends as that does. By ptrace(2), on amd64 only.
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

namespace {

constexpr unsigned long word = sizeof(long);

long peek(pid_t process, unsigned long address) { return ::ptrace(PTRACE_PEEKDATA, process, address, nullptr); }

// The address behind the words from address on that end with a null one.
unsigned long behind_null(pid_t process, unsigned long address) {
    while (peek(process, address) != 0) address += word;
    return address + word;
}

// On the stack of a new program: argc, argv, the environment, and the auxiliary vector.
bool set_secure(pid_t process) {
    user_regs_struct registers{};
    if (::ptrace(PTRACE_GETREGS, process, nullptr, &registers) != 0) return false;
    unsigned long at = behind_null(process, behind_null(process, registers.rsp + word));
    while (peek(process, at) != AT_SECURE) {
        if (peek(process, at) == AT_NULL) return false;
        at += 2 * word;
    }
    return ::ptrace(PTRACE_POKEDATA, process, at + word, 1L) == 0;
}

}  // namespace

int main(int count, char** argv) {
    if (count < 2) return 2;
    const pid_t process = ::fork();
    if (process == 0) {
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::execv(argv[1], argv + 1);
        ::_exit(127);
    }
    int status = 0;
    if (::waitpid(process, &status, 0) != process || !WIFSTOPPED(status) || !set_secure(process)) {
        std::fputs("secure: cannot set AT_SECURE\n", stderr);
        return 1;
    }
    ::ptrace(PTRACE_DETACH, process, nullptr, nullptr);
    return ::waitpid(process, &status, 0) == process && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
