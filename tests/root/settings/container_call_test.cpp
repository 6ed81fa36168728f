// SPDX-License-Identifier: Apache-2.0
// -u inside a container whose start is configured by variables: a debug shell, a task handed to another user. It
// touches nothing of that start.

#include "support/process/container.h"
#include "support/process/expect.h"
#include "support/process/seen.h"

#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

// As in a container that starts as app and owns tree.
Command inside(const TemporaryDirectory& tree, const Words& words) {
    Command command = stepdown(words).after(groups({0, 2020}));
    return command.with({"GOSU_USER=app", "GOSU_CHOWN=" + tree.path(), "GOSU_CHOWN_ERRORS=fail",
                         "GOSU_CHOWN_ONE_FILE_SYSTEM=1", "GOSU_GROUPS=docker", "GOSU_HOME=/elsewhere"});
}

TEST(CallInAContainer, TouchesNothingOfItsStart) {
    const TemporaryDirectory tree;
    const Outcome outcome = run(inside(tree, and_see({"-u", "1000:1000"})));
    const Seen after = seen(outcome);
    EXPECT_EQ(after.ids(), "1000:1000");
    EXPECT_EQ(after.variable("HOME"), "/");
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(owner(tree.path()), Owner({0, 0}));
}

TEST(CallInAContainer, TouchesNothingForTheSameUserEither) {
    const TemporaryDirectory tree;
    const Seen after = seen(run(inside(tree, and_see({"-u", "app"}))));
    EXPECT_EQ(after.ids(), "1500:1500 29 44");
    EXPECT_EQ(after.variable("HOME"), "/srv/app");
    EXPECT_EQ(owner(tree.path()), Owner({0, 0}));
}

// The groups that the process has are the start's to hand on.
TEST(CallInAContainer, InheritsNoGroupWithoutTheVariableEither) {
    const Command command = stepdown(and_see({"-u", "1000:1000"})).after(groups({0, 2020}));
    EXPECT_EQ(seen(run(command)).ids(), "1000:1000");
    EXPECT_EQ(seen(run(in_container(command))).ids(), "1000:1000 2020");
}

TEST(CallInAContainer, HonoursItsFlags) {
    const TemporaryDirectory tree;
    const Words words{"-u", "1000:1000", "-c", tree.path(), "-g", "video", "--home", "/flag"};
    const Seen after = seen(run(inside(tree, and_see(words))));
    EXPECT_EQ(after.ids(), "1000:1000 44");
    EXPECT_EQ(after.variable("HOME"), "/flag");
    EXPECT_EQ(owner(tree.path()), Owner({1000, 1000}));
}

// The list of what belongs to the start does not hold it.
TEST(CallInAContainer, HonoursTheUmask) {
    const TemporaryDirectory tree;
    EXPECT_EQ(seen(run(inside(tree, and_see({"-u", "1000:1000"})).with({"GOSU_UMASK=0027"}))).one("Umask"), "0027");
}

TEST(CallInAContainer, IsNotEndedByWhatWouldEndItsStart) {
    const TemporaryDirectory tree;
    Command command = stepdown(and_see({"-u", "1000:1000"}));
    command.with({"GOSU_USER=app", "GOSU_CHOWN=/missing /etc", "GOSU_GROUPS=missing-group"});
    EXPECT_EQ(seen(run(command)).uid(), "1000");
}

TEST(Start, IsWhatTheVariablesSay) {
    const TemporaryDirectory tree;
    const Seen after = seen(run(inside(tree, and_see({}))));
    EXPECT_EQ(after.ids(), "1500:1500 29 44 999 2020");
    EXPECT_EQ(after.variable("HOME"), "/elsewhere");
    EXPECT_EQ(owner(tree.path()), Owner({1500, 1500}));
}

TEST(Start, MayNameItsUserByTheFlag) {
    const TemporaryDirectory tree;
    Command command = stepdown(and_see({"-u", "1000:1000"})).after(groups({0, 2020}));
    command.with({"GOSU_CHOWN=" + tree.path(), "GOSU_GROUPS=docker", "GOSU_USER="});
    const Seen after = seen(run(in_container(command)));
    EXPECT_EQ(after.ids(), "1000:1000 999 2020");
    EXPECT_EQ(owner(tree.path()), Owner({1000, 1000}));
}

}  // namespace
}  // namespace stepdown::test
