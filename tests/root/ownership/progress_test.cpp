// SPDX-License-Identifier: Apache-2.0
// What a long walk says, on a terminal and in a pipe. The walk is made long by strace's delay of one call.
#include "support/files/scratch_tree.h"
#include "support/process/program.h"

#include <pty.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <vector>

namespace stepdown {
namespace {

using test::app;

class LongWalk : public test::ScratchTree {
  protected:
    void SetUp() override {
        ScratchTree::SetUp();
        if (!IsSkipped() && !test::can_trace()) GTEST_SKIP() << "needs strace, and the right to use it";
        for (const char* name : {"data/a/file", "data/b/file", "data/c/file"}) file(name);
    }

    // The second reading of a directory takes that long.
    [[nodiscard]] std::vector<std::string> slow(const char* microseconds) const {
        return {"strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "inject=getdents64:when=2:delay_enter=" + std::string(microseconds),
                OWN_PROGRAM,
                "1000:1001",
                at("data")};
    }

    static std::string on_a_terminal(const std::vector<std::string>& words) {
        int terminal = -1;
        const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
        if (child == 0) {
            std::vector<char*> argv;
            for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));  // NOLINT
            argv.push_back(nullptr);
            ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
            ::execvp(argv[0], argv.data());
            ::_exit(127);
        }
        std::string text;
        std::array<char, 4096> buffer{};
        for (ssize_t got = 0; (got = ::read(terminal, buffer.data(), buffer.size())) > 0;) {
            text.append(buffer.data(), static_cast<std::size_t>(got));
        }
        ::close(terminal);
        ::waitpid(child, nullptr, 0);
        return text;
    }
};

TEST_F(LongWalk, RewritesOneLineOnATerminalAndRemovesIt) {
    const std::string text = on_a_terminal(slow("2100000"));
    EXPECT_NE(text.find("\rstepdown: owning " + at("data") + ": "), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    EXPECT_TRUE(text.ends_with("\r\x1b[K")) << text;
    EXPECT_EQ(owner("data/c/file"), app);
}

TEST_F(LongWalk, LogsItsEndInAPipe) {
    const auto ended = test::run_program(slow("2100000"));
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(ended.err.starts_with("stepdown: walked " + at("data") + ": 7 entries seen, ")) << ended.err;
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
}

TEST_F(LongWalk, IsLoggedInLinesOfJsonEvenOnATerminal) {
    auto words = slow("2100000");
    words.insert(words.end() - 1, "--json");
    const std::string text = on_a_terminal(words);
    EXPECT_TRUE(text.starts_with("{\"ts\":")) << text;
    EXPECT_NE(text.find("walked " + at("data")), std::string::npos) << text;
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
}

TEST_F(LongWalk, SaysNothingWhereOnlyErrorsAreSaid) {
    auto words = slow("2100000");
    words.insert(words.end() - 1, "--error");
    const auto ended = test::run_program(words);
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.err, "");
    EXPECT_EQ(on_a_terminal(words), "");
}

TEST_F(LongWalk, IsTheOnlyOneThatSaysAnything) {
    const auto ended = test::run_program({OWN_PROGRAM, "1000:1001", at("data")});
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.out + ended.err, "");
    EXPECT_EQ(on_a_terminal({OWN_PROGRAM, "2000:2001", at("data")}), "");
}

}  // namespace
}  // namespace stepdown
