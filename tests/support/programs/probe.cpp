// SPDX-License-Identifier: Apache-2.0
// A command for tests: prints what it was given and what it can do. Static and never instrumented, so that it runs
// under any uid, root file system and limit.
//   probe see [WORD]...   every inherited property, one a line: "key value"; strings as "LENGTH:BYTES", where \n
//                         stands for a line feed and a doubled backslash for one
//   probe ids             uids, gids, supplementary groups and HOME alone, by system calls: it needs no descriptor but
//   1 probe regain          tries every way back to uid 0 and gid 0, one line each: "call result" probe open PATH...
//   opens each for writing and writes "PATH\n" to it; exits with 0, or the errno of the first
//                         that could not be
//   probe serve PORT      serves one connection, which it makes itself, on 127.0.0.1; exits with 0, or the errno of
//                         what was refused
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

void print_text(const char* key, const char* text) {
    std::printf("%s %zu:", key, std::strlen(text));
    for (; *text != '\0'; ++text) {
        if (*text == '\n') {
            std::fputs("\\n", stdout);
        } else if (*text == '\\') {
            std::fputs("\\\\", stdout);
        } else {
            std::fputc(*text, stdout);
        }
    }
    std::fputc('\n', stdout);
}

void print_status() {
    std::FILE* status = std::fopen("/proc/self/status", "re");
    if (status == nullptr) return;
    char line[4096];
    while (std::fgets(line, sizeof line, status) != nullptr) {
        char* colon = std::strchr(line, ':');
        if (colon == nullptr) continue;
        *colon = ' ';
        for (char* tab = colon; *tab != '\0'; ++tab) {
            if (*tab == '\t') *tab = ' ';
        }
        std::fputs(line, stdout);
    }
    std::fclose(status);
}

void print_fds() {
    DIR* directory = ::opendir("/proc/self/fd");
    if (directory == nullptr) return;
    while (const dirent* entry = ::readdir(directory)) {
        const int fd = std::atoi(entry->d_name);
        if (entry->d_name[0] == '.' || fd == ::dirfd(directory)) continue;
        char target[PATH_MAX] = "";
        char link[64];
        std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (::readlink(link, target, sizeof target - 1) < 0) continue;
        std::printf("fd %d %s\n", fd, target);
    }
    ::closedir(directory);
}

void print_limits() {
    // C libraries differ in the type of getrlimit's first parameter, and in the value of RLIM_NLIMITS.
    constexpr int all = 16;
    for (int resource = 0; resource < all; ++resource) {
        rlimit limit{};
        ::syscall(SYS_prlimit64, 0, resource, nullptr, &limit);
        std::printf("rlimit %d %llu %llu\n", resource, static_cast<unsigned long long>(limit.rlim_cur),
                    static_cast<unsigned long long>(limit.rlim_max));
    }
}

int see(char** argv, char** environment) {
    print_status();
    print_fds();
    print_limits();
    for (; *argv != nullptr; ++argv) print_text("argv", *argv);
    for (; *environment != nullptr; ++environment) print_text("env", *environment);
    int death_signal = 0;
    ::prctl(PR_GET_PDEATHSIG, &death_signal);
    char directory[PATH_MAX] = "";
    print_text("cwd", ::getcwd(directory, sizeof directory) != nullptr ? directory : "");
    std::printf("pid %d\nppid %d\npdeathsig %d\n", ::getpid(), ::getppid(), death_signal);
    std::printf("sid %d\nnice %d\n", ::getsid(0), ::getpriority(PRIO_PROCESS, 0));
    return 0;
}

// setfsuid(2) and setfsgid(2) answer with the id that was there, and -1 changes nothing.
int ids() {
    uid_t uid[3];
    gid_t gid[3];
    ::getresuid(&uid[0], &uid[1], &uid[2]);
    ::getresgid(&gid[0], &gid[1], &gid[2]);
    std::printf("Uid %u %u %u %u\n", uid[0], uid[1], uid[2], static_cast<uid_t>(::setfsuid(static_cast<uid_t>(-1))));
    std::printf("Gid %u %u %u %u\n", gid[0], gid[1], gid[2], static_cast<gid_t>(::setfsgid(static_cast<gid_t>(-1))));
    gid_t groups[256];
    const int count = ::getgroups(sizeof groups / sizeof *groups, groups);
    std::printf("Groups");
    for (int i = 0; i < count; ++i) std::printf(" %u", groups[i]);
    std::fputc('\n', stdout);
    for (char** variable = environ; *variable != nullptr; ++variable) {
        if (std::strncmp(*variable, "HOME=", 5) == 0) print_text("env", *variable);
    }
    return count < 0 ? 1 : 0;
}

void report(const char* call, bool success) { std::printf("%s %s\n", call, success ? "worked" : "refused"); }

int regain() {
    report("setuid(0)", ::setuid(0) == 0);
    report("setreuid(0,0)", ::setreuid(0, 0) == 0);
    report("setreuid(-1,0)", ::setreuid(static_cast<uid_t>(-1), 0) == 0);
    report("setresuid(-1,0,-1)", ::setresuid(static_cast<uid_t>(-1), 0, static_cast<uid_t>(-1)) == 0);
    report("setresuid(0,0,0)", ::setresuid(0, 0, 0) == 0);
    ::setfsuid(0);
    report("setfsuid(0)", ::setfsuid(static_cast<uid_t>(-1)) == 0);
    report("setgid(0)", ::setgid(0) == 0);
    report("setresgid(-1,0,-1)", ::setresgid(static_cast<gid_t>(-1), 0, static_cast<gid_t>(-1)) == 0);
    ::setfsgid(0);
    report("setfsgid(0)", ::setfsgid(static_cast<gid_t>(-1)) == 0);
    const gid_t none = 0;
    report("setgroups(0)", ::setgroups(1, &none) == 0);
    return 0;
}

int open_each(char** paths) {
    for (; *paths != nullptr; ++paths) {
        const int fd = ::open(*paths, O_WRONLY | O_NOCTTY | O_CLOEXEC);
        if (fd < 0) return errno;
        if (::dprintf(fd, "%s\n", *paths) < 0) return errno;
        ::close(fd);
    }
    return 0;
}

int serve(const char* port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(std::atoi(port)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* where = reinterpret_cast<const sockaddr*>(&address);
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(server, where, sizeof address) != 0 || ::listen(server, 1) != 0) return errno;
    if (::connect(client, where, sizeof address) != 0) return errno;
    const int served = ::accept4(server, nullptr, nullptr, SOCK_CLOEXEC);
    char answer = '\0';
    if (served < 0 || ::write(served, "x", 1) != 1 || ::read(client, &answer, 1) != 1) return errno;
    return answer == 'x' ? 0 : EIO;
}

}  // namespace

int main(int argc, char** argv) {
    const char* mode = argc > 1 ? argv[1] : "see";
    if (std::strcmp(mode, "ids") == 0) return ids();
    if (std::strcmp(mode, "regain") == 0) return regain();
    if (std::strcmp(mode, "open") == 0) return open_each(argv + 2);
    if (std::strcmp(mode, "serve") == 0 && argc > 2) return serve(argv[2]);
    return see(argv, environ);
}
