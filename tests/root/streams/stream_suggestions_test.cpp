// SPDX-License-Identifier: Apache-2.0
// What a dry run says of standard streams that the user could not open by name.
#include "support/files/temporary.h"
#include "support/process/programs.h"
#include "support/process/steps.h"
#include "support/process/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// What a dry run says of standard error where that is fd.
std::string suggestion_for(int fd, const Words& words, const Step& step) {
    Command command = stepdown({"--dry-run", "-u", "1000:1000", "true"});
    command.argv.insert(command.argv.begin() + 1, words.begin(), words.end());
    command.err = Stream::given(fd);
    return run(command.after(step)).out;
}

TEST(SuggestionForAStream, NamesTheSettingThatGivesIt) {
    const Terminal terminal = open_terminal();
    const int fd = terminal.slave.get();
    EXPECT_THAT(suggestion_for(fd, {}, follow_session_leader_on(fd)),
                HasSubstr("Set GOSU_STDIO=own to let the user open it"));
    EXPECT_THAT(suggestion_for(fd, {"--stdio", "keep"}, lead_session_on(fd)), HasSubstr("Give --stdio auto to let"));
    EXPECT_THAT(suggestion_for(fd, {}, lead_session_on(fd)), Not(HasSubstr("access    std")));
}

TEST(SuggestionForAStream, NamesTheCapabilityThatATerminalNeeds) {
    const Terminal terminal = open_terminal();
    const int fd = terminal.slave.get();
    const auto advice = [&](const Step& session) {
        return suggestion_for(fd, {}, [&session] {
            session();
            without_capabilities({cap_chown})();
        });
    };
    EXPECT_THAT(advice(lead_session_on(fd)),
                HasSubstr("cannot write. Add cap_add: [CHOWN], because the capability CHOWN is missing\n"));
    EXPECT_THAT(advice(follow_session_leader_on(fd)),
                HasSubstr("Set GOSU_STDIO=own, and add cap_add: [CHOWN], because the capability CHOWN is missing\n"));
}

TEST(SuggestionForAStream, NamesNothingForAPipe) {
    EXPECT_THAT(run(stepdown({"--dry-run", "-u", "1000:1000", "true"}).after(without_capabilities({cap_chown}))).out,
                AllOf(HasSubstr("stdout    pipe, made writable for others\n"), Not(HasSubstr("access    std"))));
}

TEST(SuggestionForAStream, NamesNoSettingThatWouldNotGiveIt) {
    const TemporaryDirectory directory;
    ASSERT_EQ(::mkfifo((directory / "fifo").c_str(), 0600), 0);
    const UniqueFd fifo(::open((directory / "fifo").c_str(), O_RDWR | O_CLOEXEC));
    const Terminal terminal = open_terminal();
    ASSERT_EQ(::fchown(terminal.slave.get(), 2000, 0), 0);
    for (const int fd : {fifo.get(), terminal.slave.get()}) {
        const std::string advice = suggestion_for(fd, {"--stdio", "keep"}, [] {});
        EXPECT_THAT(advice, HasSubstr("uid 1000 cannot write. Have the program write to its descriptor 2"));
    }
}

}  // namespace
}  // namespace stepdown::test
