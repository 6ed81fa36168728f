// SPDX-License-Identifier: Apache-2.0
// A start that is killed between any two system calls leaves whole account files, and the next one finishes; one that
// a signal ends leaves nothing else, either.
#include "support/files/etc.h"
#include "support/process/expect.h"
#include "support/process/strace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

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

// A start to which strace(1) sends signal as it enters call for the count-th time.
Command signalled(const Etc& etc, const Words& words, const std::string& signal, const std::string& call, int count) {
    const std::string moment = "inject=" + call + ":signal=" + signal + ":when=" + std::to_string(count);
    return under_strace({"-o", "/dev/null", "-e", moment}, etc.stepdown(words));
}

// Before there are handlers the signal itself ends it.
bool is_ended_by_term(const Outcome& outcome) {
    const bool is_ended = outcome.signal == SIGTERM || outcome.exit_code == 128 + SIGTERM;
    EXPECT_TRUE(is_ended || outcome.exit_code == 0) << describe(outcome);
    return is_ended;
}

// Whether it came that far.
bool is_killed(const Etc& etc, const Words& words, const std::string& call, int count) {
    const Outcome outcome = run(signalled(etc, words, "SIGKILL", call, count));
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

TEST(AccountCrash, LeavesEachFileOldOrNew) {
    STEPDOWN_SKIP_IF(no_strace());
    EXPECT_GT(kill_at_every_call(renumbering), 50);
    EXPECT_GT(kill_at_every_call(addition), 50);
}

TEST(AccountSignal, LeavesNothingBesideAFile) {
    STEPDOWN_SKIP_IF(no_strace());
    for (const char* call : calls) {
        for (int count = 1;; ++count) {
            const Etc etc;
            const Outcome outcome = run(signalled(etc, addition.words, "SIGTERM", call, count));
            EXPECT_FALSE(status(etc / ".passwd.stepdown") || status(etc / ".group.stepdown")) << call << ' ' << count;
            if (!is_ended_by_term(outcome)) break;
        }
    }
}

// The limit lets a part of the line through, as a disk that fills up.
TEST(AccountSignal, LeavesNoPartOfALine) {
    STEPDOWN_SKIP_IF(no_strace());
    const rlim_t most = std::string(test_passwd).size() + 14;
    for (const char* call : {"write", "fstat", "ftruncate"}) {
        for (int count = 1;; ++count) {
            const Etc etc;
            ASSERT_EQ(::chmod((etc / "passwd").c_str(), 0664), 0);
            Command start = signalled(etc, {"--passwd-name=me", "true"}, "SIGTERM", call, count);
            const Outcome outcome = run(start.after(limit(RLIMIT_FSIZE, most, most)).after(ids(54321, 0)));
            EXPECT_EQ(etc.passwd(), test_passwd) << call << ' ' << count;
            if (!is_ended_by_term(outcome)) break;
        }
    }
}

}  // namespace
}  // namespace stepdown::test
