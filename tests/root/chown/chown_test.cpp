// SPDX-License-Identifier: Apache-2.0
// GOSU_CHOWN through the binary: operands, links, errors. What the walk itself does is tested where it is built.
// The rules are in include/stepdown/ownership, and the words of the setting in src/docs/settings.md.
#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstring>
#include <filesystem>

namespace stepdown::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

const Owner root{0, 0};
const Owner app{1500, 1500};

Command chown_suggestion(const std::string& paths, const Words& options = {}) {
    Words words{"-u", "app", "-c", paths};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"/bin/echo", "ran"});
    return stepdown(words);
}

void expect_owned(const Outcome& outcome) {
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_EQ(outcome.out, "ran\n");
    EXPECT_EQ(outcome.err, "");
}

TEST(Chown, OwnsATreeAndLeavesWhatItsLinksLeadTo) {
    const TemporaryDirectory elsewhere;
    write_file(elsewhere / "secret", "");
    make_directory(elsewhere / "directory");
    write_file(elsewhere / "directory/secret", "");
    const TemporaryDirectory tree;
    make_directory(tree / "sub");
    write_file(tree / "sub/file", "");
    make_link(elsewhere / "secret", tree / "planted");
    make_link(elsewhere / "directory", tree / "sub/planted");
    make_link("/", tree / "top");
    make_link("..", tree / "sub/cycle");
    expect_owned(run(chown_suggestion(tree.path())));
    for (const std::string& path : {tree.path(), tree / "sub", tree / "sub/file", tree / "planted",
                                    tree / "sub/planted", tree / "top", tree / "sub/cycle"}) {
        EXPECT_EQ(owner(path), app) << path;
    }
    for (const char* name : {"secret", "directory", "directory/secret"})
        EXPECT_EQ(owner(elsewhere / name), root) << name;
    EXPECT_EQ(owner("/"), root);
}

TEST(Chown, GivesTheUsersPrimaryGroup) {
    const TemporaryDirectory tree;
    write_file(tree / "file", "");
    give(tree / "file", {1500, 0});
    Command command = stepdown({"-u", "app:docker", "-c", tree.path(), "true"});
    expect_silent_success(run(command));
    EXPECT_EQ(owner(tree / "file"), Owner({1500, 999}));
}

TEST(Chown, TouchesNothingThatIsRight) {
    const TemporaryDirectory tree;
    write_file(tree / "tool", "", 04755);
    give(tree / "tool", app);
    ASSERT_EQ(::chmod((tree / "tool").c_str(), 04755), 0);
    give(tree.path(), app);
    const auto before = status(tree / "tool");
    expect_owned(run(chown_suggestion(tree.path())));
    const auto after = status(tree / "tool");
    EXPECT_EQ(after->st_mode & 07777U, 04755U);
    EXPECT_EQ(after->st_ctim.tv_sec, before->st_ctim.tv_sec);
    EXPECT_EQ(after->st_ctim.tv_nsec, before->st_ctim.tv_nsec);
}

TEST(Chown, TrustsATopThatIsRightWhereThePolicySaysSo) {
    const TemporaryDirectory tree;
    write_file(tree / "file", "");
    give(tree.path(), app);
    expect_owned(run(chown_suggestion(tree.path(), {"--chown-policy", "on-root-mismatch"})));
    EXPECT_EQ(owner(tree / "file"), root);
    give(tree.path(), root);
    expect_owned(run(chown_suggestion(tree.path(), {"--chown-policy", "on-root-mismatch"})));
    EXPECT_EQ(owner(tree / "file"), app);
    EXPECT_EQ(owner(tree.path()), app);
}

TEST(Chown, ChangesTheListedPathAloneWhereThePolicySaysSo) {
    const TemporaryDirectory tree;
    write_file(tree / "file", "");
    Command command = stepdown({"true"});
    expect_silent_success(run(command.with({"GOSU_USER=app", "GOSU_CHOWN=" + tree.path(), "GOSU_CHOWN_POLICY=top"})));
    EXPECT_EQ(owner(tree.path()), app);
    EXPECT_EQ(owner(tree / "file"), root);
}

// A tree with a cache and a repository, which are excluded, and a file.
class PartlyExcluded : public testing::Test {
  protected:
    PartlyExcluded() {
        for (const char* name : {"cache", "sub", "sub/.git"}) make_directory(tree_ / name);
        for (const char* name : {"cache/file", "sub/.git/config", "sub/file"}) write_file(tree_ / name, "");
    }
    // Starts, or looks at, a chown of the tree without the two.
    [[nodiscard]] Command start(Words words) const {
        words.emplace_back("true");
        return stepdown(words).with(
            {"GOSU_USER=app", "GOSU_CHOWN=" + tree_.path(), "GOSU_CHOWN_EXCLUDE=.git " + (tree_ / "cache")});
    }
    TemporaryDirectory tree_;
};

TEST_F(PartlyExcluded, ChangesTheRest) {
    expect_silent_success(run(start({})));
    for (const std::string& path : {tree_.path(), tree_ / "sub", tree_ / "sub/file"}) EXPECT_EQ(owner(path), app);
    for (const char* name : {"cache", "cache/file", "sub/.git", "sub/.git/config"})
        EXPECT_EQ(owner(tree_ / name), root);
}

TEST_F(PartlyExcluded, IsToldOfInALineAtInfo) {
    const Outcome outcome = run(start({"--log-level=info"}));
    EXPECT_THAT(outcome.err,
                HasSubstr("left 2 entries of " + tree_.path() + " alone: GOSU_CHOWN_EXCLUDE names them. "));
}

TEST_F(PartlyExcluded, IsShownByADryRun) {
    const Outcome text = run(start({"--dry-run"}));
    EXPECT_EQ(text.exit_code, 0) << describe(text);
    EXPECT_THAT(text.out, HasSubstr("3 of 5 entries would change, 2 skipped (2 for GOSU_CHOWN_EXCLUDE)\n"));
    const Outcome json = run(start({"--dry-run", "--json"}));
    EXPECT_THAT(json.out, HasSubstr(R"("entries":5,"changes":3,"skipped":2,"excluded":2,)"));
    EXPECT_EQ(owner(tree_.path()), root);
}

TEST_F(PartlyExcluded, RefusesAnOperandThatIsExcludedBeforeAnythingIsMade) {
    const std::string cache = tree_ / "cache";
    const Words words{"-u", "app", "-c", cache, "--chown-exclude", cache, "-m", tree_ / "new", "true"};
    expect_refused(run(stepdown(words)), {"--chown-exclude leaves alone"});
    EXPECT_FALSE(status(tree_ / "new"));
}

TEST(Chown, LeavesFilesOfSeveralNamesAloneWhereTheyAreRefused) {
    const TemporaryDirectory tree;
    write_file(tree / "file", "");
    ASSERT_EQ(::link((tree / "file").c_str(), (tree / "other name").c_str()), 0);
    const Outcome refused = run(chown_suggestion(tree.path(), {"--chown-hardlinks", "refuse"}));
    EXPECT_EQ(refused.out, "ran\n");
    EXPECT_THAT(refused.err, HasSubstr("warning"));
    EXPECT_EQ(owner(tree / "file"), root);
    expect_owned(run(chown_suggestion(tree.path(), {"--chown-hardlinks", "allow"})));
    EXPECT_EQ(owner(tree / "file"), app);
}

TEST(ChownPaths, AreWordsAsAShellQuotesThem) {
    const TemporaryDirectory tree;
    for (const char* name : {"plain", "two words", "it's", "star*", "a\"b"}) make_directory(tree / name);
    const std::string paths = (tree / "plain") + " '" + (tree / "two words") + "'\t\"" + (tree / "it's") + "\"\n" +
                              (tree / "star*") + " " + (tree / "a\\\"b");
    expect_owned(run(chown_suggestion(paths)));
    for (const char* name : {"plain", "two words", "it's", "star*", "a\"b"}) EXPECT_EQ(owner(tree / name), app) << name;
    EXPECT_EQ(owner(tree.path()), root);
}

TEST(ChownPaths, StartAtTheWorkingDirectoryWhenRelative) {
    const TemporaryDirectory tree;
    make_directory(tree / "data");
    expect_owned(run(chown_suggestion("data").after(working_directory(tree.path()))));
    EXPECT_EQ(owner(tree / "data"), app);
    EXPECT_EQ(owner(tree.path()), root);
}

TEST(ChownPaths, MayBeMissingAfterADash) {
    const TemporaryDirectory tree;
    make_directory(tree / "here");
    expect_owned(run(chown_suggestion("-" + (tree / "missing") + " -" + (tree / "here"))));
    EXPECT_EQ(owner(tree / "here"), app);
}

TEST(ChownPaths, MayNotBeMissingOtherwise) {
    const TemporaryDirectory tree;
    expect_refused(run(chown_suggestion(tree / "missing")), {tree / "missing"});
    const Outcome pattern = run(chown_suggestion(tree / "*"));
    expect_refused(pattern, {tree / "*"});
    EXPECT_THAT(pattern.err, HasSubstr("expanded"));
}

TEST(ChownPaths, RefuseWhatWouldGiveTheNextStartAway) {
    for (const char* path : {"/", "//", "/.", "/tmp/..", "/etc", "/etc/", "/etc/passwd", "/etc/group", "/proc",
                             "/proc/self", "/sys", "/proc/sys/kernel"}) {
        expect_refused(run(chown_suggestion(path)));
    }
    for (const char* path : {"/", "/etc", "/etc/passwd"}) EXPECT_EQ(owner(path), root) << path;
}

TEST(ChownPaths, RefuseTheDirectoryOfTheProgramItself) {
    const std::string parent = programs().directory;
    expect_refused(run(chown_suggestion(parent)));
    expect_refused(run(chown_suggestion(programs().stepdown)));
    EXPECT_EQ(owner(parent), root);
    EXPECT_EQ(owner(programs().stepdown), root);
}

TEST(ChownPaths, RefuseEvenWhereErrorsOnlyWarn) {
    const TemporaryDirectory tree;
    expect_refused(run(chown_suggestion(tree.path() + " /proc", {"--chown-errors", "warn"})), {"/proc"});
    expect_refused(run(chown_suggestion(tree.path() + " " + (tree / "missing"), {"--chown-errors", "warn"})),
                   {tree / "missing"});
}

TEST(ChownPaths, RefuseALinkThatTheApplicationControls) {
    const TemporaryDirectory directory;
    write_file(directory / "secret", "");
    make_directory(directory / "volume");
    give(directory / "volume", app);
    make_link("..", directory / "volume/db");
    expect_refused(run(chown_suggestion(directory / "volume/db")), {"symbolic link"});
    expect_refused(run(chown_suggestion(directory / "volume/db/secret")), {"symbolic link"});
    expect_refused(run(chown_suggestion((directory / "volume/db") + "/")), {"symbolic link"});
    EXPECT_EQ(owner(directory / "secret"), root);
    EXPECT_EQ(owner(directory.path()), root);
}

TEST(ChownPaths, RefuseTheStandardStreams) {
    for (const char* path : {"/dev/stdin", "/dev/stdout", "/dev/stderr", "/proc/self/fd/1", "-/dev/stdout"}) {
        expect_refused(run(chown_suggestion(path)), {"open file of a process", "stdio setting"});
    }
}

TEST(ChownPaths, RefuseALinkBelowAWorkingDirectoryOfTheUsers) {
    const TemporaryDirectory directory;
    make_directory(directory / "secret");
    make_directory(directory / "volume");
    make_directory(directory / "volume/app");
    make_link(directory / "secret", directory / "volume/app/logs");
    give(directory / "volume", app);
    Command command = chown_suggestion("logs");
    expect_refused(run(command.after(working_directory(directory / "volume/app"))),
                   {"uid 1500 controls", directory / "volume", "is not root's alone"});
    EXPECT_EQ(owner(directory / "secret"), root);
}

// A user must not be able to stop every start.
TEST(ChownPaths, KeepALinkToTheAccountsThatTheUserPlanted) {
    for (const Words& options : {Words{}, Words{"--strict"}}) {
        Command command = chown_suggestion("/etc/appdata", options);
        command.after([] {
            std::filesystem::create_directory("/etc/appdata");
            std::filesystem::create_hard_link("/etc/passwd", "/etc/appdata/planted");
        });
        const Outcome outcome = run(command);
        EXPECT_EQ(outcome.out, "ran\n") << describe(outcome);
        EXPECT_THAT(messages(outcome), testing::ElementsAre(HasSubstr("keeps its owner: /etc/appdata/planted")));
    }
}

TEST(ChownPaths, FollowALinkThatOnlyRootControls) {
    const TemporaryDirectory directory;
    make_directory(directory / "real");
    make_link("real", directory / "link");
    expect_owned(run(chown_suggestion(directory / "link")));
    EXPECT_EQ(owner(directory / "real"), app);
    EXPECT_EQ(owner(directory / "link"), root);
}

// Root without CAP_CHOWN may change nothing, and says so once.
TEST(ChownErrors, EndTheStartUnlessTheyOnlyWarn) {
    const TemporaryDirectory tree;
    write_file(tree / "file", "");
    const Step weak = without_capabilities({cap_chown});
    expect_refused(run(chown_suggestion(tree.path()).after(weak)), {"Give --chown-errors warn to start"});
    for (Command command : {chown_suggestion(tree.path(), {"--chown-errors", "warn"}),
                            chown_suggestion(tree.path()).with({"GOSU_CHOWN_ERRORS=warn"})}) {
        command.pids = PidNamespace::own;  // a call would ignore the variable
        const Outcome outcome = run(command.after(weak));
        EXPECT_EQ(outcome.out, "ran\n") << describe(outcome);
        EXPECT_THAT(outcome.err, HasSubstr("stepdown: warning: "));
    }
    EXPECT_EQ(owner(tree / "file"), root);
}

TEST(ChownErrors, AreWarningsOfADryRunWhereTheyOnlyWarn) {
    const TemporaryDirectory tree;
    const Command command = chown_suggestion(tree.path(), {"--chown-errors", "warn", "--dry-run"});
    const Outcome outcome = run(Command(command).after(without_capabilities({cap_chown})));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out,
                ContainsRegex("warning +cannot change the owner of [^\n]*the capability CHOWN is missing"));
}

TEST(ChownErrors, AreNoneWhereAllIsRight) {
    const TemporaryDirectory tree;
    give(tree.path(), app);
    expect_owned(run(chown_suggestion(tree.path()).after(without_capabilities({cap_chown}))));
}

TEST(ChownErrors, AreRefusedWhenStrictUnlessWarnIsExplicit) {
    const TemporaryDirectory tree;
    const Step weak = without_capabilities({cap_chown});
    expect_refused(run(chown_suggestion(tree.path(), {"--strict"}).after(weak)));
    EXPECT_EQ(run(chown_suggestion(tree.path(), {"--strict", "--chown-errors", "warn"}).after(weak)).out, "ran\n");
}

// A mount inside the tree, as volumes are.
TEST(ChownMounts, AreEnteredUnlessToldOtherwise) {
    for (const bool stay : {false, true}) {
        const TemporaryDirectory tree;
        make_directory(tree / "mount");
        Words words{"-u", "app", "-c", tree.path()};
        if (stay) words.emplace_back("--one-file-system");
        words.insert(words.end(), {"/usr/bin/stat", "--format=%u:%g", tree / "mount/file"});
        Command command = stepdown(words);
        command.after(empty_tmpfs(tree / "mount")).after(file(tree / "mount/file", ""));
        const Outcome outcome = run(command);
        EXPECT_EQ(outcome.out, stay ? "0:0\n" : "1500:1500\n") << describe(outcome);
    }
}

TEST(ChownMounts, ThatAreReadOnlyAreSkippedInsideATree) {
    const TemporaryDirectory tree;
    make_directory(tree / "config");
    write_file(tree / "data", "");
    expect_owned(run(chown_suggestion(tree.path()).after(read_only(tree / "config"))));
    EXPECT_EQ(owner(tree / "data"), app);
    EXPECT_EQ(owner(tree / "config"), root);
}

TEST(ChownMounts, ThatAreReadOnlyAndWrongAreAnErrorAsAnOperand) {
    const TemporaryDirectory tree;
    make_directory(tree / "config");
    expect_refused(run(chown_suggestion(tree / "config").after(read_only(tree / "config"))), {tree / "config"});
}

}  // namespace
}  // namespace stepdown::test
