// SPDX-License-Identifier: Apache-2.0
// A command for tests: tries to get back what was given up. Static, so that it runs under any uid.
//   escape PID FILE PROGRAM   PID: a process of root's; FILE: a file of root's with mode 0600; PROGRAM: this one,
//                             set-uid to root. Each attempt is made by a process of its own. A line each: the ids, then
//                             "ATTEMPT worked" or "ATTEMPT refused", then the capabilities that could be had in the
//                             permitted or inheritable, and in the ambient set
//   escape effective          exits with 0 if the effective uid is 0, else with 1
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr auto same = static_cast<id_t>(-1);

struct Targets {
    pid_t process;
    const char* file;
    const char* program;
};

struct Attempt {
    const char* name;
    bool (*works)(const Targets& targets);
};

bool sets_groups(gid_t gid) { return ::setgroups(1, &gid) == 0; }

bool gets_root_by_execution(const Targets& targets) {
    ::execl(targets.program, targets.program, "effective", nullptr);
    return false;
}

const Attempt attempts[] = {
    {"setuid(0)", [](const Targets&) { return ::setuid(0) == 0; }},
    {"seteuid(0)", [](const Targets&) { return ::seteuid(0) == 0; }},
    {"setreuid(0,0)", [](const Targets&) { return ::setreuid(0, 0) == 0; }},
    {"setresuid(0,0,0)", [](const Targets&) { return ::setresuid(0, 0, 0) == 0; }},
    {"setresuid(-1,-1,0)", [](const Targets&) { return ::setresuid(same, same, 0) == 0; }},
    {"setfsuid(0)", [](const Targets&) { return ::setfsuid(0), ::setfsuid(same) == 0; }},
    {"setgid(0)", [](const Targets&) { return ::setgid(0) == 0; }},
    {"setegid(0)", [](const Targets&) { return ::setegid(0) == 0; }},
    {"setregid(0,0)", [](const Targets&) { return ::setregid(0, 0) == 0; }},
    {"setresgid(-1,-1,0)", [](const Targets&) { return ::setresgid(same, same, 0) == 0; }},
    {"setfsgid(0)", [](const Targets&) { return ::setfsgid(0), ::setfsgid(same) == 0; }},
    {"setgroups(0)", [](const Targets&) { return sets_groups(0); }},
    {"ptrace", [](const Targets& targets) { return ::ptrace(PTRACE_SEIZE, targets.process, nullptr, nullptr) == 0; }},
    {"kill", [](const Targets& targets) { return ::kill(targets.process, 0) == 0; }},
    {"read", [](const Targets& targets) { return ::open(targets.file, O_RDONLY | O_CLOEXEC) >= 0; }},
    {"set-uid program", gets_root_by_execution},
};

bool in_a_process_of_its_own(const Attempt& attempt, const Targets& targets) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(attempt.works(targets) ? 0 : 1);
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

struct Sets {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2]{};

    Sets() { ::syscall(SYS_capget, &header, data); }
    void write() { ::syscall(SYS_capset, &header, data); }
};

// Success takes nothing away, so that one process can try them all. The kernel passes over bits that it does not know.
bool gets(int capability) {
    const std::uint32_t bit = 1U << (static_cast<unsigned>(capability) % 32);
    const unsigned half = static_cast<unsigned>(capability) / 32;
    Sets permitted;
    permitted.data[half].permitted |= bit;
    permitted.data[half].effective |= bit;
    permitted.write();
    Sets inheritable;
    inheritable.data[half].inheritable |= bit;
    inheritable.write();
    const Sets now;
    return ((now.data[half].permitted | now.data[half].inheritable) & bit) != 0;
}

bool raises(int capability) { return ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0; }

void print_capabilities(const char* name, bool (*works)(int capability)) {
    std::uint64_t set = 0;
    for (int capability = 0; capability < 64; ++capability) {
        if (works(capability)) set |= std::uint64_t{1} << static_cast<unsigned>(capability);
    }
    std::printf("%s %016llx\n", name, static_cast<unsigned long long>(set));
}

void print_ids() {
    uid_t uid[3];
    gid_t gid[3];
    ::getresuid(&uid[0], &uid[1], &uid[2]);
    ::getresgid(&gid[0], &gid[1], &gid[2]);
    std::printf("uids %u %u %u gids %u %u %u\n", uid[0], uid[1], uid[2], gid[0], gid[1], gid[2]);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "effective") == 0) return ::geteuid() == 0 ? 0 : 1;
    if (argc != 4) return 2;
    const Targets targets{static_cast<pid_t>(std::atoi(argv[1])), argv[2], argv[3]};
    ::setvbuf(stdout, nullptr, _IOLBF, 4096);
    print_ids();
    for (const Attempt& attempt : attempts) {
        std::printf("%s %s\n", attempt.name, in_a_process_of_its_own(attempt, targets) ? "worked" : "refused");
    }
    print_capabilities("capset", gets);
    print_capabilities("ambient", raises);
    return 0;
}
