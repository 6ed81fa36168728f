// A start that is killed between any two system calls leaves whole account files, and the next one finishes.
#include "support/etc.h"
#include "support/expect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace stepdown::test {
namespace {

using testing::AnyOf;

struct Change {
    Words words;
    std::string passwd;
    std::string group;
};

const Change renumbering{{"-u", "app", "--uid=2000", "--gid=2001", "true"},
                         with(test_passwd, "app:x:1500:1500:", "app:x:2000:2001:"),
                         with(test_group, "app:x:1500:", "app:x:2001:")};
const Change addition{{"-u", "3000:3001", "--passwd-name=me", "true"},
                      test_passwd + std::string("me:x:3000:3001:me:/:/sbin/nologin\n"),
                      test_group + std::string("me:x:3001:\n")};

// Every call that opens, fills, gives away or exchanges a file.
const char* const calls[] = {"openat", "fcntl",  "newfstatat", "read",     "unlinkat", "write",
                             "fchown", "fchmod", "fsync",      "renameat", "close"};

// Killed by strace(1) as it enters call for the count-th time; whether it came that far.
bool is_killed(const Etc& etc, const Words& words, const std::string& call, int count) {
    Command command = etc.stepdown({});
    const std::string moment = "inject=" + call + ":signal=SIGKILL:when=" + std::to_string(count);
    command.argv = {"strace", "-o", "/dev/null", "-e", moment, programs().stepdown};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    command.file = "/usr/bin/strace";
    const Outcome outcome = run(command);
    EXPECT_TRUE(outcome.signal == SIGKILL || outcome.exit_code == 0) << describe(outcome);
    return outcome.signal == SIGKILL;
}

bool survives_being_killed(const Change& change, const std::string& call, int count) {
    const std::string moment = "killed at " + call + " " + std::to_string(count);
    const Etc etc;
    if (!is_killed(etc, change.words, call, count)) return false;
    EXPECT_THAT(etc.passwd(), AnyOf(test_passwd, change.passwd)) << moment;
    EXPECT_THAT(etc.group(), AnyOf(test_group, change.group)) << moment;
    expect_silent_success(run(etc.stepdown(change.words)));
    EXPECT_EQ(etc.passwd(), change.passwd) << moment;
    EXPECT_EQ(etc.group(), change.group) << moment;
    EXPECT_FALSE(status(etc / ".passwd.stepdown") || status(etc / ".group.stepdown")) << moment;
    return true;
}

// How often.
int kill_at_every_call(const Change& change) {
    int kills = 0;
    for (const char* call : calls) {
        for (int count = 1; survives_being_killed(change, call, count); ++count) ++kills;
    }
    return kills;
}

std::optional<std::string> no_strace() {
    if (::access("/usr/bin/strace", X_OK) == 0) return {};
    return "strace is not installed";
}

TEST(AccountCrash, LeavesEachFileOldOrNew) {
    STEPDOWN_SKIP_IF(no_strace());
    EXPECT_GT(kill_at_every_call(renumbering), 50);
    EXPECT_GT(kill_at_every_call(addition), 50);
}

}  // namespace
}  // namespace stepdown::test
