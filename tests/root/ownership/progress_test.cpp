// SPDX-License-Identifier: Apache-2.0
// What a long walk says, on a terminal and in a pipe. The walk is made long by strace's delay of one call.
#include "support/files/scratch_tree.h"
#include "support/process/skip.h"
#include "support/process/steps.h"
#include "support/process/strace.h"
#include "support/process/terminal.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <string>

namespace stepdown {
namespace {

using test::app;

class LongWalk : public test::ScratchTree {
  protected:
    void SetUp() override {
        ScratchTree::SetUp();
        if (IsSkipped()) return;
        STEPDOWN_SKIP_IF(test::no_strace());
        for (const char* name : {"data/a/file", "data/b/file", "data/c/file"}) file(name);
    }

    // The second reading of a directory takes that long.
    [[nodiscard]] test::Command slow(const char* microseconds, const test::Words& options = {}) const {
        test::Words words{OWN_PROGRAM, "1000:1001"};
        words.insert(words.end(), options.begin(), options.end());
        words.push_back(at("data"));
        const std::string delay = "inject=getdents64:when=2:delay_enter=" + std::string(microseconds);
        return under_strace({"-f", "-qq", "-o", "/dev/null", "-e", delay}, test::command(words));
    }

    static std::string on_a_terminal(test::Command command, unsigned short columns = 200) {
        const test::Terminal terminal = test::open_terminal();
        const int fd = terminal.slave.get();
        const winsize size{24, columns, 0, 0};
        EXPECT_EQ(::ioctl(fd, TIOCSWINSZ, &size), 0);
        command.in = command.out = command.err = test::Stream::given(fd);
        EXPECT_EQ(run(command.after(test::lead_session_on(fd))).exit_code, 0);
        return output_of(terminal);
    }
};

TEST_F(LongWalk, RewritesOneLineOnATerminalAndRemovesIt) {
    const std::string text = on_a_terminal(slow("2100000"));
    EXPECT_NE(text.find("\rstepdown: " + at("data") + ": "), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    EXPECT_TRUE(text.ends_with("\r\x1b[K")) << text;
    EXPECT_EQ(owner("data/c/file"), app);
}

TEST_F(LongWalk, FitsTheTerminal) {
    const std::string text = on_a_terminal(slow("2100000"), 70);
    const std::string line = text.substr(1, text.find('\x1b') - 1);
    EXPECT_TRUE(line.starts_with("stepdown: ") && line.ends_with("/s")) << line;
    EXPECT_EQ(line.size(), 69U) << line;
}

TEST_F(LongWalk, LogsItsEndInAPipe) {
    const auto ended = run(slow("2100000"));
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(ended.err.starts_with("stepdown: walked " + at("data") + ": 7 entries, 7 changed, ")) << ended.err;
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
}

TEST_F(LongWalk, IsLoggedInLinesOfJsonEvenOnATerminal) {
    const std::string text = on_a_terminal(slow("2100000", {"--json"}));
    EXPECT_TRUE(text.starts_with("{\"ts\":")) << text;
    EXPECT_NE(text.find("walked " + at("data")), std::string::npos) << text;
    EXPECT_NE(text.find("\"entries\":7,\"changed\":7,\"per_second\":"), std::string::npos) << text;
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
}

TEST_F(LongWalk, SaysNothingWhereOnlyErrorsAreSaid) {
    const test::Command command = slow("2100000", {"--error"});
    const auto ended = run(command);
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_EQ(ended.err, "");
    EXPECT_EQ(on_a_terminal(command), "");
}

TEST_F(LongWalk, IsTheOnlyOneThatSaysAnything) {
    const auto ended = test::run(test::command({OWN_PROGRAM, "1000:1001", at("data")}));
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_EQ(ended.out + ended.err, "");
    EXPECT_EQ(on_a_terminal(test::command({OWN_PROGRAM, "2000:2001", at("data")})), "");
}

}  // namespace
}  // namespace stepdown
