// SPDX-License-Identifier: Apache-2.0
// Runs a test's body in a forked child: for what a process cannot take back.
#pragma once

#include <gtest/gtest.h>

#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

namespace stepdown::test {

// Says in the child that the body cannot run here, and why.
inline constexpr int cannot_run = 77;

// Expectations that fail in body are printed there and fail the caller's test. What the body returns ends the child:
// 0, or cannot_run, which skips the caller's test.
inline int in_child(const std::function<int()>& body) {
    ::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        const int result = body();
        ::fflush(nullptr);
        ::_exit(::testing::Test::HasFailure() ? 1 : result);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status)) << "the child was killed by signal " << WTERMSIG(status);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    EXPECT_TRUE(code == 0 || code == cannot_run) << "the child failed";
    return code;
}

// The same as nobody: uid 65534, without groups; as who runs the tests where that is not root.
inline int as_nobody(const std::function<int()>& body) {
    return in_child([&body] {
        const bool is_nobody = ::setgroups(0, nullptr) == 0 && ::setgid(65534) == 0 && ::setuid(65534) == 0;
        return is_nobody || ::geteuid() != 0 ? body() : cannot_run;
    });
}

}  // namespace stepdown::test
