// SPDX-License-Identifier: Apache-2.0
// A start waits for whoever changes the account files, and ends at once on a signal meanwhile.
#include "support/files/etc.h"
#include "support/process/expect.h"
#include "support/process/waiting.h"

#include <gtest/gtest.h>

#include <csignal>

namespace stepdown::test {
namespace {

const Words add_me{"-u", "3000:60", "--passwd-name=me", "true"};
const std::string line = "me:x:3000:60:me:/:/sbin/nologin\n";

TEST(AccountFileLock, IsWaitedFor) {
    const Etc etc;
    UniqueFd lock = hold_lock(etc / ".pwd.lock");
    Process start(etc.stepdown(add_me));
    ASSERT_TRUE(comes_to_pause(start.pid()));
    write_file(etc / "passwd", test_passwd + std::string("late:x:7000:7000::/:\n"));
    lock = UniqueFd();
    expect_silent_success(start.wait());
    EXPECT_EQ(etc.passwd(), test_passwd + std::string("late:x:7000:7000::/:\n") + line);
}

TEST(AccountFileLock, IsNotWaitedForAfterASignal) {
    const Etc etc;
    const UniqueFd lock = hold_lock(etc / ".pwd.lock");
    Process start(etc.stepdown(add_me));
    ASSERT_TRUE(comes_to_pause(start.pid()));
    start.send(SIGTERM);
    EXPECT_EQ(start.wait().exit_code, 128 + SIGTERM);
    EXPECT_EQ(etc.passwd(), test_passwd);
}

}  // namespace
}  // namespace stepdown::test
