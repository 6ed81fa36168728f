// SPDX-License-Identifier: Apache-2.0

#include "support/process/forked.h"

#include "support/process/pipe.h"

#include <grp.h>
#include <sys/wait.h>

#include <cstdio>

namespace stepdown::test {
namespace {

// The process that runs body.
pid_t fork_for(const std::function<int()>& body) {
    static_cast<void>(::fflush(nullptr));
    const pid_t child = ::fork();
    EXPECT_GE(child, 0);
    if (child != 0) return child;
    const int result = body();
    static_cast<void>(::fflush(nullptr));
    ::_exit(::testing::Test::HasFailure() ? 1 : result);
}

int result_of(pid_t child) {
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status)) << "the child was killed by signal " << WTERMSIG(status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

int in_child(const std::function<int()>& body) {
    const int result = result_of(fork_for(body));
    EXPECT_TRUE(result == 0 || result == cannot_run) << "the child failed";
    return result;
}

int as_nobody(const std::function<int()>& body) {
    return in_child([&body] {
        const bool is_nobody = ::setgroups(0, nullptr) == 0 && ::setgid(65534) == 0 && ::setuid(65534) == 0;
        return is_nobody || ::geteuid() != 0 ? body() : cannot_run;
    });
}

std::string stderr_of(const std::function<void()>& body) {
    Pipe pipe = make_pipe();
    const pid_t child = fork_for([&] {
        ::dup2(pipe.write.get(), STDERR_FILENO);
        body();
        return 0;
    });
    pipe.write = UniqueFd();
    const std::string text = read_all(pipe.read.get());
    EXPECT_EQ(result_of(child), 0) << "the child failed: " << text;
    return text;
}

}  // namespace stepdown::test
