// SPDX-License-Identifier: Apache-2.0
// Signals that end the preparation, and the changes they wait for.
#include "stepdown/prepare/signals.h"

#include "support/files/temporary.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace stepdown::test {
namespace {

int exit_code_of(void (*body)(const std::string&), const std::string& path) {
    const pid_t child = ::fork();
    if (child == 0) {
        body(path);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Signals, EndTheProcessAtOnce) {
    const TemporaryDirectory directory;
    const auto body = [](const std::string& path) {
        end_on_signals();
        ::raise(SIGTERM);
        write_file(path, "");
    };
    EXPECT_EQ(exit_code_of(body, directory / "after"), 128 + SIGTERM);
    EXPECT_FALSE(status(directory / "after"));
}

TEST(Signals, WaitWhileTheyAreHeld) {
    const TemporaryDirectory directory;
    const auto body = [](const std::string& path) {
        end_on_signals();
        const HeldSignals held;
        ::raise(SIGTERM);
        write_file(path, "");
    };
    EXPECT_EQ(exit_code_of(body, directory / "after"), 128 + SIGTERM);
    EXPECT_TRUE(status(directory / "after"));
}

TEST(Signals, ThatWereBlockedStayBlocked) {
    const auto body = [](const std::string& /*path*/) {
        sigset_t set;
        ::sigemptyset(&set);
        ::sigaddset(&set, SIGHUP);
        ::sigprocmask(SIG_BLOCK, &set, nullptr);
        { const HeldSignals held; }
        ::sigprocmask(SIG_BLOCK, nullptr, &set);
        ::_exit(::sigismember(&set, SIGHUP) == 1 && ::sigismember(&set, SIGTERM) == 0 ? 0 : 1);
    };
    EXPECT_EQ(exit_code_of(body, ""), 0);
}

}  // namespace
}  // namespace stepdown::test
