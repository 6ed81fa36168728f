// SPDX-License-Identifier: Apache-2.0
// Starts that run out of something (setrlimit(2)): whatever is left of the start, it is whole.
#include "support/process/expect.h"
#include "support/process/forked.h"
#include "support/process/programs.h"
#include "support/process/starts.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <functional>
#include <string>

namespace stepdown::test {
namespace {

class Exhaustion : public testing::Test {
  protected:
    // In a process with an /etc of its own.
    static void for_each_start(const std::function<void(const TroubledStart&, const Traces&)>& body,
                               const std::string& more_passwd = "") {
        STEPDOWN_SKIP_IF(setup_error_of({private_mounts(), accounts({}, {})}));
        in_child([&] {
            private_mounts()();
            accounts({}, {})();
            const Traces traces(more_passwd);
            for (const TroubledStart& start : troubled_starts(traces)) {
                SCOPED_TRACE(start.name);
                body(start, traces);
            }
            return 0;
        });
    }
    static Outcome run_within(const TroubledStart& start, const Traces& traces, int resource, rlim_t value) {
        traces.reset();
        Outcome outcome = run(command_of(start).after(limit(resource, value, value)));
        expect_whole(outcome, start);
        traces.expect_nothing_half();
        if (outcome.exit_code == 0 && start.name == "everything") traces.expect_all();
        return outcome;
    }
};

// A sanitizer takes terabytes of addresses, and descriptors of its own.
#ifndef STEPDOWN_SANITIZED

// A line that takes more memory than the rest of a start.
std::string hungry_comment() { return "#" + std::string(200'000, 'x') + "\n"; }

TEST_F(Exhaustion, OfMemoryEndsAStartWhereverItComes) {
    const auto body = [](const TroubledStart& start, const Traces& traces) {
        int exhausted = 0;
        int ended_well = 0;
        for (rlim_t bytes = smallest_address_space(); ended_well < 10; bytes += 8192) {
            SCOPED_TRACE(std::to_string(bytes) + " bytes");
            const Outcome outcome = run_within(start, traces, RLIMIT_AS, bytes);
            if (outcome.exit_code != 0) {
                EXPECT_THAT(outcome.err, testing::HasSubstr("memory"));
            }
            ++(outcome.exit_code == 0 ? ended_well : exhausted);
            if (testing::Test::HasFailure()) return;
        }
        EXPECT_GT(exhausted, 20);
    };
    for_each_start(body, hungry_comment());
}

TEST_F(Exhaustion, OfDescriptorsEndsAStartWhereverItComes) {
    for_each_start([](const TroubledStart& start, const Traces& traces) {
        for (rlim_t count = 0; count <= 16; ++count) {
            SCOPED_TRACE(std::to_string(count) + " descriptors");
            const Outcome outcome = run_within(start, traces, RLIMIT_NOFILE, count);
            if (count <= 3) {
                EXPECT_NE(outcome.exit_code, 0);
            }
            if (count == 16) {
                EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
            }
        }
    });
}

// It forks, and says what it finds as far as it gets.
TEST_F(Exhaustion, EndsADryRunWithOneOfItsExitCodes) {
    const auto expect_ended = [](int resource, rlim_t value) {
        SCOPED_TRACE(std::to_string(resource) + " limited to " + std::to_string(value));
        const Outcome outcome = run(stepdown({"--dry-run", "-u", "app", "true"})
                                        .after(accounts(test_passwd + hungry_comment(), test_group))
                                        .after(limit(resource, value, value)));
        EXPECT_FALSE(outcome.timed_out);
        EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 125) << describe(outcome);
        return outcome.exit_code;
    };
    for (rlim_t count = 0; count <= 3; ++count) EXPECT_EQ(expect_ended(RLIMIT_NOFILE, count), 125);
    for (rlim_t count = 4; count <= 16; ++count) expect_ended(RLIMIT_NOFILE, count);
    const rlim_t smallest = smallest_address_space();
    int exhausted = 0;
    for (rlim_t bytes = smallest; bytes < smallest + 1'500'000; bytes += 8192) {
        if (expect_ended(RLIMIT_AS, bytes) != 0) ++exhausted;
    }
    EXPECT_GT(exhausted, 10);
    expect_ended(RLIMIT_FSIZE, 0);
}

#endif

// A process of a user, for as long as this lives.
class ProcessOf {
  public:
    explicit ProcessOf(uid_t uid) {
        std::array<int, 2> ready{};
        EXPECT_EQ(::pipe2(ready.data(), O_CLOEXEC), 0);
        const UniqueFd reader(ready[0]);
        UniqueFd writer(ready[1]);
        pid_ = ::fork();
        if (pid_ == 0) wait_as(uid, writer);
        writer = UniqueFd();
        char byte = 0;
        EXPECT_EQ(::read(reader.get(), &byte, 1), 1);
    }
    ProcessOf(const ProcessOf&) = delete;
    ProcessOf& operator=(const ProcessOf&) = delete;
    ~ProcessOf() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

  private:
    [[noreturn]] static void wait_as(uid_t uid, const UniqueFd& ready) {
        if (::setresuid(uid, uid, uid) != 0 || ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) ::_exit(1);
        if (::write(ready.get(), "x", 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }

    pid_t pid_ = -1;
};

// The user has a process too many from the change of the uid on, which execve(2) tells (EAGAIN).
TEST_F(Exhaustion, OfProcessesEndsAStartAtItsCommand) {
    for_each_start([](const TroubledStart& start, const Traces& traces) {
        const ProcessOf other(static_cast<uid_t>(std::stoul(start.ids)));
        const bool is_peer = start.argv0 != "stepdown";
        const Outcome outcome = run_within(start, traces, RLIMIT_NPROC, 0);
        EXPECT_EQ(outcome.exit_code, is_peer ? 1 : 126) << describe(outcome);
        EXPECT_THAT(outcome.err, testing::HasSubstr("esource temporarily unavailable"));
        EXPECT_EQ(run_within(start, traces, RLIMIT_NPROC, 1000).exit_code, 0);
    });
}

// The kernel sends SIGXFSZ where a file would grow over the limit. Entries that cannot be added are no reason not to
// start.
TEST_F(Exhaustion, OfFileSizeEndsNoStart) {
    for_each_start([](const TroubledStart& start, const Traces& traces) {
        for (const rlim_t bytes :
             {rlim_t{0}, rlim_t{1}, rlim_t{std::strlen(test_group)}, rlim_t{std::strlen(test_passwd) + 5}}) {
            SCOPED_TRACE(std::to_string(bytes) + " bytes");
            const Outcome outcome = run_within(start, traces, RLIMIT_FSIZE, bytes);
            EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
            EXPECT_EQ(messages(outcome).empty(), start.name != "everything") << outcome.err;
        }
    });
}

}  // namespace
}  // namespace stepdown::test
