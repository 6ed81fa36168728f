// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/exclusions.h"

#include "support/files/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>

namespace stepdown {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ExcludedNames, AreComparedInFull) {
    const ExcludedNames names({"node_modules", ".git", "a b"});
    for (const char* name : {"node_modules", ".git", "a b"}) EXPECT_TRUE(names.contains(name)) << name;
    for (const char* name : {"", "node_module", "node_modules2", ".Git", "git", "a", "b"}) {
        EXPECT_FALSE(names.contains(name)) << name;
    }
    EXPECT_FALSE(ExcludedNames().contains(""));
}

// More names than digests, so that a digest alone cannot tell.
TEST(ExcludedNames, AreToldFromOthersWithTheSameDigest) {
    std::vector<std::string> excluded;
    for (int i = 0; i < 9'000; ++i) excluded.push_back("x" + std::to_string(i));
    const ExcludedNames names(excluded);
    for (const std::string& name : excluded) ASSERT_TRUE(names.contains(name)) << name;
    for (int i = 0; i < 9'000; ++i) ASSERT_FALSE(names.contains("y" + std::to_string(i)));
}

TEST(ExcludedNames, LieBetweenATopAndAPath) {
    const ExcludedNames names({".git", "data"});
    EXPECT_TRUE(names.lie_between("/data", "/data/a/.git/config"));
    EXPECT_TRUE(names.lie_between("/data", "/data/.git"));
    EXPECT_TRUE(names.lie_between("/", "/srv/data"));
    EXPECT_FALSE(names.lie_between("/data", "/data"));
    EXPECT_FALSE(names.lie_between("/data", "/data/a/b"));
    EXPECT_FALSE(names.lie_between("/.git", "/.git/a"));
}

TEST(ExcludedPaths, AreFoundByIdentity) {
    const test::TemporaryDirectory files;
    test::make_directory(files / "cache");
    test::write_file(files / "cache/file", "");
    Syscalls calls;
    const Exclusions exclusions{{}, {{files / "cache/.."}, {files / "cache/file"}}, "GOSU_CHOWN_EXCLUDE"};
    const ExcludedEntries found = find_excluded(calls, exclusions);
    ASSERT_EQ(found.paths.size(), 2U);
    EXPECT_EQ(found.paths[0].given, files / "cache/..");
    EXPECT_EQ(found.paths[0].path, files.path());
    EXPECT_TRUE(found.has(calls.look(AT_FDCWD, files.path().c_str())->id));
    EXPECT_TRUE(found.has(calls.look(AT_FDCWD, (files / "cache/file").c_str())->id));
    EXPECT_FALSE(found.has(calls.look(AT_FDCWD, (files / "cache").c_str())->id));
    EXPECT_EQ(exclusion_of(calls, files / "cache", found)->given, files / "cache/..");
    EXPECT_EQ(exclusion_of(calls, "/", found), nullptr);
}

TEST(ExcludedPaths, ThatAreMissingAreAWarningWhereTheyLookLikeASlip) {
    Syscalls calls;
    const Exclusions exclusions{
        {},
        {{"/no/such/a", Presence::required, ""}, {"/no/such/*", Presence::required, "Patterns are not expanded"}},
        "X"};
    const ExcludedEntries found = find_excluded(calls, exclusions);
    EXPECT_THAT(found.paths, IsEmpty());
    EXPECT_THAT(found.notes, ElementsAre("X names /no/such/a, which does not exist"));
    EXPECT_THAT(found.warnings, ElementsAre("X names /no/such/*, which does not exist. Patterns are not expanded"));
}

TEST(ExclusionsInWords, SayWhatARemovedExclusionAsksFor) {
    OwnershipPlan plan;
    plan.excluded.setting = "--chown-exclude";
    plan.settings.policy = "GOSU_CHOWN_POLICY";
    TreeReport tree{"/data", 10, 0, 1234, 0};
    tree.excluded = 1234;
    EXPECT_EQ(exclusions_in_words(plan, tree, "/data/.git"),
              "left 1,234 entries of /data alone: --chown-exclude names them. The first is /data/.git");
    plan.policy = ChownPolicy::on_root_mismatch;
    EXPECT_THAT(exclusions_in_words(plan, tree, "/data/.git"),
                HasSubstr("for one start set GOSU_CHOWN_POLICY=on-mismatch"));
    tree.excluded = 1;
    EXPECT_THAT(exclusions_in_words(plan, tree, "/data/.git"),
                HasSubstr("left /data/.git alone: --chown-exclude names it"));
}

}  // namespace
}  // namespace stepdown
