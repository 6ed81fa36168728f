// SPDX-License-Identifier: Apache-2.0
// Knowing that another process waits, without waiting for a time.
#pragma once

#include "stepdown/base/unique_fd.h"

#include "support/files/temporary.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace stepdown::test {

// A lock of fcntl(2), held by this process until the result goes: its children do not have it.
inline UniqueFd hold_lock(const std::string& path, short type = F_WRLCK) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    struct flock whole {};
    whole.l_type = type;
    EXPECT_EQ(::fcntl(fd.get(), F_SETLK, &whole), 0) << path;
    return fd;
}

// Returns when the child pauses between two tries: true; or has ended instead: false. Reaps nothing.
inline bool comes_to_pause(pid_t child) {
    siginfo_t ended{};
    while (::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0) {
        std::ifstream file("/proc/" + std::to_string(child) + "/syscall");
        long call = -1;
        if (file >> call && (call == SYS_clock_nanosleep || call == SYS_nanosleep)) return true;
    }
    return false;
}

}  // namespace stepdown::test
