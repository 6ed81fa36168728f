// SPDX-License-Identifier: Apache-2.0
// clock COMMAND [ARG]...: prints the microseconds from posix_spawn(3) to the end of COMMAND and the peak of its memory
// in KiB (ru_maxrss of getrusage(2), also of its children). What COMMAND prints is dropped. Linked statically, because
// the peak of a process starts with that of the program it was spawned from.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    int status = 0;
    struct rusage usage {};
    const auto begin = std::chrono::steady_clock::now();
    if (::posix_spawnp(&child, argv[1], &actions, nullptr, argv + 1, environ) != 0) return 127;
    if (::wait4(child, &status, 0, &usage) != child) return 127;
    const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - begin;
    std::printf("%.0f %ld\n", time.count(), usage.ru_maxrss);
    return status == 0 ? 0 : 1;
}
