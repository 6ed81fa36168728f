// SPDX-License-Identifier: Apache-2.0
// What GOSU_CHOWN_EXCLUDE leaves alone: names at any depth, and paths by their identity.
#include "stepdown/base/choices.h"

#include "support/files/mount_tree.h"
#include "support/process/skip.h"
#include "support/process/strace.h"

#include <gmock/gmock.h>

namespace stepdown {
namespace {

using test::app;
using test::other;
using test::root;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Excluded : public test::MountTree {
  protected:
    [[nodiscard]] OwnershipPlan without_names(std::vector<std::string> names) const {
        OwnershipPlan made = plan("data");
        made.excluded = {std::move(names), {}, "GOSU_CHOWN_EXCLUDE"};
        return made;
    }
    [[nodiscard]] OwnershipPlan without_paths(const std::vector<std::string>& paths) const {
        OwnershipPlan made = plan("data");
        made.excluded.setting = "GOSU_CHOWN_EXCLUDE";
        for (const std::string& path : paths) made.excluded.paths.push_back({at(path)});
        return made;
    }
    static std::string refusal(const OwnershipPlan& plan) {
        const auto outcome = chown_trees(plan);
        return outcome ? "" : outcome.error().message;
    }
    static std::string log_of(std::vector<std::string> words) {
        words.insert(words.begin(), {OWN_PROGRAM, "1000:1001", "--info"});
        const auto ended = test::run(test::command(words));
        EXPECT_EQ(ended.exit_code, 0) << ended.err;
        return ended.err;
    }
};

TEST_F(Excluded, NamesAreLeftAloneAtAnyDepthWithEverythingBelow) {
    for (const char* name : {"data/.git/config", "data/a/b/.git/objects/1", "data/a/node_modules", "data/a/.gitignore",
                             "data/a/file", "data/x.git"}) {
        file(name, other);
    }
    link("data/a/b/node_modules", "/", other);
    const OwnershipPlan excluding = without_names({"node_modules", ".git"});
    const TreePreview preview = preview_trees(excluding).at(0);
    EXPECT_EQ(preview.tree.entries, 10U);
    EXPECT_EQ(preview.tree.changed, 6U);
    EXPECT_EQ(preview.tree.skipped, 4U);
    EXPECT_EQ(preview.tree.excluded, 4U);
    ASSERT_TRUE(chown_trees(excluding));
    for (const char* name : {"data", "data/a", "data/a/b", "data/a/file", "data/a/.gitignore", "data/x.git"}) {
        EXPECT_EQ(owner(name), app) << name;
    }
    for (const char* name : {"data/.git", "data/.git/config", "data/a/b/.git", "data/a/b/.git/objects/1",
                             "data/a/node_modules", "data/a/b/node_modules"}) {
        EXPECT_EQ(owner(name), other) << name;
    }
}

TEST_F(Excluded, EntriesCountAsSkippedAlsoWhereTheyAreRight) {
    file("data/.git/config", app);
    EXPECT_EQ(preview_trees(without_names({".git"})).at(0).tree.skipped, 1U);
    EXPECT_EQ(preview_trees(without_paths({"data/.git/config"})).at(0).tree.skipped, 1U);
}

TEST_F(Excluded, NamesCountBelowAnOperandOnly) {
    file("data/node_modules/.git/config", other);
    OwnershipPlan named = without_names({"node_modules", "data"});
    named.operands.push_back({at("data/node_modules")});
    const auto previews = preview_trees(named);
    EXPECT_EQ(previews.at(0).tree.changed, 1U);
    EXPECT_EQ(previews.at(1).note, "") << "the walk of data does not reach it";
    ASSERT_TRUE(chown_trees(named));
    EXPECT_EQ(owner("data"), app);
    EXPECT_EQ(owner("data/node_modules/.git/config"), app);
}

TEST_F(Excluded, PathsAreLeftAloneWithEverythingBelow) {
    for (const char* name : {"data/cache/a/b", "data/cache2/a", "data/keep", "data/change"}) file(name, other);
    const OwnershipPlan excluding = without_paths({"data/cache", "data/keep"});
    const TreePreview preview = preview_trees(excluding).at(0);
    EXPECT_EQ(preview.tree.entries, 6U);
    EXPECT_EQ(preview.tree.excluded, 2U);
    EXPECT_THAT(preview.excluded, ElementsAre(at("data/cache"), at("data/keep")));
    EXPECT_THAT(preview.warnings, IsEmpty());
    ASSERT_TRUE(chown_trees(excluding));
    for (const char* name : {"data/cache", "data/cache/a/b", "data/keep"}) EXPECT_EQ(owner(name), other) << name;
    for (const char* name : {"data", "data/cache2", "data/cache2/a", "data/change"})
        EXPECT_EQ(owner(name), app) << name;
}

TEST_F(Excluded, PathsAreComparedByIdentityAndNotAsText) {
    file("data/cache/file", other);
    directory("data/again", other);
    file("data/file", other);
    link("through", at("data"));
    in_mount_namespace([this] {
        bind("data/cache", "data/again");
        ASSERT_TRUE(chown_trees(without_paths({"through/./cache/../cache/"})));
        EXPECT_EQ(owner("data/again"), other);
        EXPECT_EQ(owner("data/cache/file"), other);
        EXPECT_EQ(owner("data/file"), app);
    });
}

TEST_F(Excluded, PathsThatAreMountPointsLeaveTheMountAlone) {
    directory("data/mounted", other);
    file("elsewhere/file", other);
    in_mount_namespace([this] {
        bind("elsewhere", "data/mounted");
        ASSERT_TRUE(chown_trees(without_paths({"data/mounted"})));
        EXPECT_EQ(owner("elsewhere/file"), other);
        EXPECT_EQ(owner("elsewhere"), other);
        EXPECT_EQ(owner("data"), app);
    });
}

TEST_F(Excluded, OperandsAreRefusedBeforeAnythingIsChanged) {
    file("data/cache/deep/file", other);
    file("first", other);
    OwnershipPlan itself = without_paths({"data"});
    itself.operands.insert(itself.operands.begin(), {at("first")});
    EXPECT_EQ(refusal(itself), "cannot change the owner of " + at("data") + ": it is " + at("data") +
                                   ", which GOSU_CHOWN_EXCLUDE leaves alone. Take one of the two paths out");
    EXPECT_EQ(owner("first"), other);
    OwnershipPlan below = without_paths({"data/cache"});
    below.operands.push_back({at("data/cache/deep/file")});
    EXPECT_THAT(refusal(below), HasSubstr("it lies below " + at("data/cache") + ", which GOSU_CHOWN_EXCLUDE"));
    EXPECT_FALSE(check_operands(below));
    EXPECT_EQ(preview_trees(below).at(1).problems.size(), 1U);
    EXPECT_EQ(owner("data"), other);
}

TEST_F(Excluded, PathsThatAreMissingExcludeNothing) {
    file("data/file", other);
    const std::string log = log_of({"--exclude=" + at("data/no"), at("data")});
    EXPECT_THAT(log, HasSubstr("info: "));
    EXPECT_THAT(log, HasSubstr("--exclude names " + at("data/no") + ", which does not exist\n"));
    EXPECT_THAT(log, Not(HasSubstr("warning")));
    EXPECT_EQ(owner("data/file"), app);
}

TEST_F(Excluded, PathsBehindALinkThatRootDoesNotControlExcludeNothingAndDrawAWarning) {
    file("data/cache/file", other);
    link("data/link", at("data/cache"), other);
    const TreePreview preview = preview_trees(without_paths({"data/link"})).at(0);
    EXPECT_THAT(preview.warnings, ElementsAre(HasSubstr("cannot exclude " + at("data/link") +
                                                        ": it is a symbolic link "
                                                        "that uid 2000 controls")));
    EXPECT_EQ(preview.tree.excluded, 0U);
    EXPECT_THAT(log_of({"--exclude=" + at("data/link"), at("data")}), HasSubstr("warning: cannot exclude "));
    EXPECT_EQ(owner("data/cache/file"), app);
}

TEST_F(Excluded, PathsThatLieInNoTreeDrawAWarning) {
    file("data/cache/file", other);
    directory("elsewhere", other);
    const TreePreview preview = preview_trees(without_paths({"elsewhere", "data/cache"})).at(0);
    EXPECT_THAT(preview.warnings, ElementsAre("GOSU_CHOWN_EXCLUDE names " + at("elsewhere") +
                                              ", which lies in no tree whose owner is changed. Take it out, or correct "
                                              "the path"));
    EXPECT_THAT(log_of({"--exclude=" + at("elsewhere"), at("data")}),
                HasSubstr("warning: --exclude names " + at("elsewhere")));
}

TEST_F(Excluded, EntriesAreToldOfInOneInfoLine) {
    for (const char* name : {"data/.git/config", "data/a/.git/config"}) file(name, other);
    file("data/tmp", other);
    const std::string log = log_of({"--exclude=.git", at("data")});
    EXPECT_THAT(log, HasSubstr("left 2 entries of " + at("data") + " alone: --exclude names them. The first is "));
    EXPECT_THAT(log, HasSubstr("2 skipped"));
    EXPECT_THAT(log, Not(HasSubstr("on-mismatch")));
    EXPECT_THAT(log_of({"--exclude=tmp", at("data")}), HasSubstr("left " + at("data/tmp") + " alone: "));
}

// A finished tree has a right top, and an entry that was excluded when it was finished may be anybody's.
TEST_F(Excluded, EntriesAreNotToldOfByATopThatIsRight) {
    file("data/.git/config", other);
    const std::string log = log_of({"--exclude=.git", "--on-root-mismatch", at("data")});
    EXPECT_THAT(log, HasSubstr("After removing an exclusion, for one start set GOSU_CHOWN_POLICY=on-mismatch\n"));
    EXPECT_EQ(owner("data"), app);
    log_of({"--on-root-mismatch", at("data")});
    EXPECT_EQ(owner("data/.git/config"), other);
    log_of({at("data")});
    EXPECT_EQ(owner("data/.git/config"), app);
}

TEST_F(Excluded, NamesAreLeftAloneByEveryThread) {
    for (int i = 0; i < 800; ++i) file("data/" + std::to_string(i), other);
    for (int i = 0; i < 60; ++i) file("data/sub" + std::to_string(i) + "/cache/file", other);
    OwnershipPlan excluding = without_names({"7", "77", "799", "cache"});
    OwnershipRun run;
    run.threads = 4;
    run.entries_alone = 1;
    const TreePreview preview = preview_trees(excluding, run).at(0);
    EXPECT_EQ(preview.tree.excluded, 63U);
    EXPECT_EQ(preview.tree.entries, 1U + 800 + 120);
    ASSERT_TRUE(chown_trees(excluding, run));
    EXPECT_EQ(owner("data/7"), other);
    EXPECT_EQ(owner("data/78"), app);
    EXPECT_EQ(owner("data/sub59/cache"), other);
}

// An excluded name is not looked at, and no other entry takes a call more.
TEST_F(Excluded, NamesTakeNoSystemCall) {
    STEPDOWN_SKIP_IF(test::no_strace());
    for (int i = 0; i < 50; ++i) file("data/" + std::to_string(i), app);
    file("data/cache/file", app);
    const auto calls = [this](std::vector<std::string> options) {
        options.insert(options.begin(), {OWN_PROGRAM, "1000:1001"});
        options.push_back(at("data"));
        return test::run_traced({"-e", "trace=statx,openat2,getdents64,fchownat"}, test::command(options));
    };
    const int all = calls({}).count("statx(") + calls({}).count("openat2(");
    const auto excluding = calls({"--exclude=cache", "--exclude=no-such-name"});
    EXPECT_EQ(excluding.count("statx(") + excluding.count("openat2("), all - 3) << excluding.trace;
}

}  // namespace
}  // namespace stepdown
