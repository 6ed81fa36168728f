// SPDX-License-Identifier: Apache-2.0
// Commands as a shell would have read them.
#include "stepdown/launch/word_hint.h"

#include "support/files/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace stepdown::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

// A directory with the commands node, sh and env.
class WordHint : public testing::Test {
  protected:
    void SetUp() override {
        for (const char* name : {"node", "sh", "env"}) write_file(directory_ / name, "#!/bin/true\n", 0755);
    }
    [[nodiscard]] std::string at(const std::string& name) const { return directory_ / name; }
    [[nodiscard]] SearchPath path() const { return {directory_.path()}; }
    [[nodiscard]] std::string hint(const std::string& name) const { return word_hint(name, path()); }

  private:
    TemporaryDirectory directory_;
};

TEST_F(WordHint, SplitsWhatIsOneWord) {
    const std::string rule = "Each word of a command is a string of its own";
    EXPECT_EQ(hint("node server.js"), rule + ". Write [\"node\", \"server.js\"]");
    EXPECT_EQ(hint("node  server.js\n"), rule + ". Write [\"node\", \"server.js\"]");
    EXPECT_EQ(hint(at("node") + " a"), rule + ". Write [\"" + at("node") + "\", \"a\"]");
    EXPECT_EQ(hint("node " + std::string(300, 'x')), rule);
    EXPECT_EQ(hint("node a\x1b"), rule);
}

TEST_F(WordHint, LeavesToAShellWhatOnlyAShellReads) {
    const std::string before = "No shell reads the command. Write \"sh\", \"-c\" before it";
    for (const std::string name : {"node a && b", "node $HOME", "node 'a b'", "node a > b", "node *.js", "node a; b"}) {
        EXPECT_EQ(hint(name), before + ": [\"sh\", \"-c\", \"" + name + "\"]");
    }
    EXPECT_EQ(hint("node \"a b\""), before);
    EXPECT_EQ(hint("node a\nnode b;"), before);
    ASSERT_EQ(::unlink(at("sh").c_str()), 0);
    EXPECT_EQ(hint("node a && b"), "");
}

TEST_F(WordHint, TakesAwayBlanks) {
    EXPECT_EQ(hint("node\r"), "The name ends with a blank or a line end. Write node");
    EXPECT_EQ(hint("node "), "The name ends with a blank or a line end. Write node");
    EXPECT_EQ(hint(" node"), "The name begins with a blank or a line end. Write node");
}

TEST_F(WordHint, KnowsWhatIsBuiltIntoShells) {
    EXPECT_EQ(hint("exec"), "It is built into shells. Leave it out");
    EXPECT_THAT(hint("cd"), EndsWith("after sh -c: [\"sh\", \"-c\", \"...\"]"));
    EXPECT_EQ(hint("NODE_ENV=production"), "No shell sets variables here. Write env before it");
}

TEST_F(WordHint, IsNotGivenForWhatIsMerelyMissing) {
    for (const char* name : {"nodejs", "no such", "", " ", "=x", "1=x", "a-b=c", "/no/such file", "node-x"}) {
        EXPECT_EQ(hint(name), "") << name;
    }
}

// By the search that every start makes.
TEST_F(WordHint, EndsTheMessageThatACommandIsMissing) {
    for (const std::string& name :
         {std::string("node server.js"), at("node") + " server.js", std::string("node /srv/server.js")}) {
        const auto found = find_command(name, path());
        ASSERT_FALSE(found);
        EXPECT_THAT(found.error().message, HasSubstr(". Each word of a command is a string of its own. Write [\""));
        EXPECT_EQ(found.error().code, ExitCode::not_found);
    }
    EXPECT_THAT(find_command("nodejs", path()).error().message, EndsWith("PATH=" + path().front()));
}

TEST_F(WordHint, IsNotNeededForAFileWithABlank) {
    write_file(at("node server.js"), "#!/bin/true\n", 0755);
    EXPECT_EQ(*find_command("node server.js", path()), at("node server.js"));
}

}  // namespace
}  // namespace stepdown::test
