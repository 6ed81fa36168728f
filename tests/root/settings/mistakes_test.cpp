// SPDX-License-Identifier: Apache-2.0
// A start with several mistakes reports all of them, before anything is changed.

#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <string>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// A start with a mistake in most settings, and a tree and a directory that could be prepared.
class SeveralMistakes : public testing::Test {
  protected:
    [[nodiscard]] Outcome start(const Words& options, const std::string& more = "GOSU_HOME=/") const {
        Words words = options;
        words.emplace_back("true");
        Command command = stepdown(words);
        command.with({"GOSU_USER=nosuch", "GOSU_GROUPS=nosuch,nothere", "GOSU_MKDIR=" + (tree_ / "new"),
                      "GOSU_CHOWN=" + tree_.path() + " /no/such", "GOSU_UMASK=x", "GOSU_CAPS=nosuch"});
        return run(command.with({more}));
    }
    [[nodiscard]] static Words texts() {
        return {
            "cannot use GOSU_USER=nosuch: there is no user nosuch in /etc/passwd. Write a name that is, or UID:GID",
            "cannot use GOSU_GROUPS=nosuch,nothere: there is no group nosuch in /etc/group. Write a name that is, or a "
            "gid. If it need not exist, write -nosuch",
            "cannot use GOSU_GROUPS=nosuch,nothere: there is no group nothere in /etc/group. Write a name that is, or "
            "a "
            "gid. If it need not exist, write -nothere",
            "cannot change the owner of /no/such: No such file or directory. Write -/no/such in GOSU_CHOWN if it "
            "need not exist, or set GOSU_MKDIR=/no/such to create it",
            "cannot use GOSU_UMASK=x: it must be an octal number from 0 to 0777, such as 0027",
            "cannot use GOSU_CAPS=nosuch: there is no capability nosuch. See capabilities(7)"};
    }
    [[nodiscard]] static Words ids() {
        return {"user-unknown", "group-unknown", "group-unknown", "path-missing", "setting-invalid", "setting-invalid"};
    }
    void expect_nothing_changed() const {
        EXPECT_EQ(owner(tree_.path()), Owner({0, 0}));
        EXPECT_FALSE(status(tree_ / "new"));
    }

  private:
    TemporaryDirectory tree_;
};

TEST_F(SeveralMistakes, AreALineEachInTheOrderOfTheOptions) {
    Words lines;
    for (const std::string& text : texts()) lines.push_back("stepdown: " + text);
    const Outcome outcome = start({});
    expect_refused(outcome);
    EXPECT_EQ(messages(outcome), lines);
    expect_nothing_changed();
}

TEST_F(SeveralMistakes, AreAnObjectEachInJson) {
    const Outcome outcome = start({}, "GOSU_LOG_FORMAT=json");
    EXPECT_EQ(outcome.exit_code, 125);
    Words texts_found;
    Words ids_found;
    for (const std::string& line : messages(outcome)) {
        rapidjson::Document object;
        object.Parse(line.c_str());
        ASSERT_TRUE(object.IsObject()) << line;
        EXPECT_STREQ(object["level"].GetString(), "error");
        texts_found.emplace_back(object["msg"].GetString());
        ids_found.emplace_back(object["id"].GetString());
    }
    EXPECT_EQ(texts_found, texts());
    EXPECT_EQ(ids_found, ids());
    expect_nothing_changed();
}

TEST_F(SeveralMistakes, AreTheProblemsOfADryRun) {
    const Outcome outcome = start({"--dry-run", "--json"});
    EXPECT_EQ(outcome.exit_code, 125);
    rapidjson::Document page;
    page.Parse(outcome.out.c_str());
    ASSERT_TRUE(page.IsObject()) << outcome.out;
    EXPECT_FALSE(page["succeeds"].GetBool());
    EXPECT_TRUE(page["user"].IsNull());
    Words texts_found;
    Words ids_found;
    for (const auto& each : page["problems"].GetArray()) {
        texts_found.emplace_back(each["msg"].GetString());
        ids_found.emplace_back(each["id"].GetString());
    }
    EXPECT_EQ(texts_found, texts());
    EXPECT_EQ(ids_found, ids());
}

TEST_F(SeveralMistakes, AreLinesOfADryRun) {
    const Outcome outcome = start({"--dry-run"});
    EXPECT_EQ(outcome.exit_code, 125);
    EXPECT_EQ(outcome.err, "");
    EXPECT_THAT(outcome.out, HasSubstr("user      not known\n"));
    std::string problems;
    for (const std::string& text : texts()) problems += "problem   " + text + "\n";
    EXPECT_THAT(outcome.out, HasSubstr("\n" + problems + "The start would fail.\n"));
}

std::string missing_paths(int count) {
    std::string paths;
    for (int i = 1; i <= count; ++i) paths += "/no/" + std::to_string(i) + " ";
    return paths;
}

TEST(ManyMistakes, AreAtMostTwentyLines) {
    const auto with = [](const Words& options, int count) {
        Words words = options;
        words.emplace_back("true");
        return run(stepdown(words).with({"GOSU_USER=nosuch", "GOSU_CHOWN=" + missing_paths(count)}));
    };
    const Words all = messages(with({}, 19));
    EXPECT_THAT(all, SizeIs(20));
    EXPECT_THAT(all.back(), HasSubstr("owner of /no/19"));
    const Words some = messages(with({}, 20));
    EXPECT_THAT(some, SizeIs(20));
    EXPECT_THAT(some[18], HasSubstr("owner of /no/18"));
    EXPECT_EQ(some.back(),
              "stepdown: cannot start: 2 more mistakes are not printed here. A dry run prints all of them");
    EXPECT_THAT(with({"--dry-run"}, 20).out, HasSubstr("owner of /no/20")) << "as the message says";
}

// Each stage looks at its own paths where it is the first and only one.
TEST(ManyMistakes, AreAllSaidOfOneStage) {
    const Outcome chown = run(stepdown({"true"}).with({"GOSU_USER=app", "GOSU_CHOWN=" + missing_paths(3) + "/no/1"}));
    EXPECT_THAT(messages(chown), SizeIs(3)) << chown.err;
    expect_refused(chown, {"/no/1:", "/no/2:", "/no/3:"});
    const Outcome mkdir = run(stepdown({"true"}).with({"GOSU_USER=app", "GOSU_MKDIR=/proc/a /proc/b"}));
    EXPECT_THAT(messages(mkdir), SizeIs(2)) << mkdir.err;
}

TEST(ManyMistakes, OfTheLogAreSaidInTheFormatThatIsUnderstood) {
    const Outcome outcome = run(stepdown({"--log-format=json", "--log-level=x", "-u", "nosuch", "true"}));
    EXPECT_EQ(outcome.exit_code, 125);
    EXPECT_THAT(messages(outcome), SizeIs(2));
    for (const std::string& line : messages(outcome)) EXPECT_EQ(line.front(), '{') << line;
}

TEST(ManyMistakes, AreSaidBesideAnAccountFileThatCannotBeRead) {
    const Outcome outcome = run(stepdown({"--umask=x", "-u", "app", "true"})
                                    .after(private_mounts())
                                    .after(bind_mount("/dev/null", "/etc/passwd")));
    const Words lines = messages(outcome);
    ASSERT_EQ(lines.size(), 2U) << outcome.err;
    EXPECT_THAT(lines[0], HasSubstr("--umask=x"));
    EXPECT_THAT(lines[1], HasSubstr("/etc/passwd"));
}

}  // namespace
}  // namespace stepdown::test
