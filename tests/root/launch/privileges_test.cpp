// SPDX-License-Identifier: Apache-2.0
// Starts that lack what they need: capabilities, setgroups(2), or uid 0 altogether.

#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

TEST(RootWithoutCapability, IsToldWhichOneAndHowToAddIt) {
    expect_refused(run(stepdown(and_see({"-u", "1000:1000"})).after(without_capabilities({cap_setuid}))),
                   {"SETUID", "cap_add"});
    expect_refused(run(stepdown(and_see({"-u", "1000:1000"})).after(without_capabilities({cap_setgid}))),
                   {"SETGID", "cap_add"});
    expect_refused(run(stepdown(and_see({"-u", "1000:1000"})).after(without_capabilities({cap_setuid, cap_setgid}))),
                   {"SETUID", "SETGID", "cap_add"});
}

TEST(RootWithoutCapability, IsRefusedForTheVariableToo) {
    Command command = stepdown(and_see({})).with({"GOSU_USER=1000:1000"});
    expect_refused(run(command.after(without_capabilities({cap_setuid}))), {"SETUID", "cap_add"});
}

TEST(RootWithoutCapability, StartsWhenNothingWouldChange) {
    Command command = stepdown(and_see({"-u", "root"}));
    const Outcome outcome = run(command.after(without_capabilities({cap_setuid, cap_setgid})));
    EXPECT_EQ(seen(outcome).uid(), "0");
    EXPECT_EQ(outcome.err, "");
}

// docker run -u 100000 of an image that sets these.
Command arbitrary_uid(const Words& words) {
    return stepdown(words).with({"GOSU_USER=app"}).after(ids(100000, 0, {20}));
}

TEST(ArbitraryUid, RunsAsIsWithOneWarning) {
    const Outcome outcome = run(arbitrary_uid(and_see({})));
    EXPECT_EQ(seen(outcome).ids(), "100000:0 20");
    ASSERT_THAT(messages(outcome), SizeIs(1)) << outcome.err;
    EXPECT_THAT(outcome.err, StartsWith("stepdown: warning: "));
}

TEST(ArbitraryUid, NamesWhatItSkipsInThatOneWarning) {
    const TemporaryDirectory tree;
    const Outcome outcome = run(arbitrary_uid(and_see({})).with({"GOSU_CHOWN=" + tree.path(), "GOSU_GROUPS=docker"}));
    EXPECT_EQ(seen(outcome).ids(), "100000:0 20");
    ASSERT_THAT(messages(outcome), SizeIs(1)) << outcome.err;
    EXPECT_TRUE(names_setting(outcome.err, "user")) << outcome.err;
    EXPECT_TRUE(names_setting(outcome.err, "chown")) << outcome.err;
    EXPECT_TRUE(names_setting(outcome.err, "groups")) << outcome.err;
    EXPECT_EQ(owner(tree.path()), Owner({0, 0}));
}

TEST(ArbitraryUid, StillHonoursHomeAndUmask) {
    const Seen after = seen(run(arbitrary_uid(and_see({})).with({"GOSU_HOME=/elsewhere", "GOSU_UMASK=0027"})));
    EXPECT_EQ(after.variable("HOME"), "/elsewhere");
    EXPECT_EQ(after.one("Umask"), "0027");
}

TEST(ArbitraryUid, IsRefusedWhenStrict) {
    expect_refused(run(arbitrary_uid(and_see({})).with({"GOSU_STRICT=1"})));
    expect_refused(run(arbitrary_uid(and_see({"--strict"}))));
}

TEST(ArbitraryUid, IsRefusedWhenTheCallerNamedTheUser) {
    expect_refused(run(arbitrary_uid(and_see({"-u", "app"}))));
    expect_refused(run(arbitrary_uid(and_see({"-u", "1000:1000"}))));
    expect_refused(run(arbitrary_uid(and_see({"-u", "root"}))));
}

TEST(ArbitraryUid, StartsSilentlyWhenNothingWouldChange) {
    for (Command command : {stepdown(and_see({"-u", "1000:1000"})),
                            stepdown(and_see({})).with({"GOSU_USER=1000:1000", "GOSU_STRICT=1"})}) {
        const Outcome outcome = run(command.after(ids(1000, 1000)));
        EXPECT_EQ(seen(outcome).ids(), "1000:1000");
        EXPECT_EQ(outcome.err, "");
    }
}

TEST(ArbitraryUid, NeedsNoUserAtAll) {
    const Outcome outcome = run(stepdown(and_see({})).after(ids(1000, 1000, {20})));
    EXPECT_EQ(seen(outcome).ids(), "1000:1000 20");
    EXPECT_EQ(outcome.err, "");
}

TEST(ArbitraryUid, WithoutUserWarnsOnceOfSettingsThatNeedRoot) {
    const TemporaryDirectory tree;
    Command command = stepdown(and_see({})).with({"GOSU_CHOWN=" + tree.path()});
    const Outcome outcome = run(command.after(ids(1000, 1000)));
    EXPECT_EQ(seen(outcome).ids(), "1000:1000");
    ASSERT_THAT(messages(outcome), SizeIs(1)) << outcome.err;
    EXPECT_TRUE(names_setting(outcome.err, "chown")) << outcome.err;
    EXPECT_EQ(owner(tree.path()), Owner({0, 0}));
}

// A platform may give capabilities to a uid that is not 0; nothing of them may be left.
TEST(AmbientCapabilities, AreEnoughToStepDownAndAreGivenUp) {
    const auto with_capabilities =
        ids_with_capabilities(1000, 1000, {}, {cap_setuid, cap_setgid, cap_net_bind_service});
    for (Command command :
         {stepdown(and_see({"-u", "2000:2000"})), stepdown(and_see({})).with({"GOSU_USER=2000:2000"})}) {
        const Outcome outcome = run(command.after(with_capabilities));
        const Seen after = seen(outcome);
        EXPECT_EQ(after.ids(), "2000:2000");
        for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
            EXPECT_EQ(after.one(set), "0000000000000000") << set;
        }
    }
}

TEST(AmbientCapabilities, AreNotTouchedWhenTheUidStays) {
    Command command = stepdown(and_see({"-u", "1000:1000"}));
    const Seen after = seen(run(command.after(ids_with_capabilities(1000, 1000, {}, {cap_net_bind_service}))));
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
        EXPECT_EQ(after.one(set), "0000000000000400") << set;
    }
}

TEST(UserNamespace, WithoutSetgroupsIsRefusedByThatName) {
    const auto denied = user_namespace(Setgroups::denied);
    STEPDOWN_SKIP_IF(setup_error_of({denied}));
    expect_refused(run(stepdown(and_see({"-u", "1000:1000"})).after(groups({0, 20})).after(denied)), {"setgroups"});
    expect_refused(run(stepdown(and_see({"-u", "1000:1000", "-g", "30"})).after(groups({})).after(denied)),
                   {"setgroups"});
}

TEST(UserNamespace, WithoutSetgroupsStartsWhenTheGroupsAreRightAlready) {
    const auto denied = user_namespace(Setgroups::denied);
    STEPDOWN_SKIP_IF(setup_error_of({denied}));
    const Command command = stepdown(and_see({"-u", "1000:1000"})).after(groups({})).after(denied);
    EXPECT_EQ(seen(run(command)).ids(), "1000:1000");
}

TEST(UserNamespace, WithSetgroupsIsLikeAnyOther) {
    const auto allowed = user_namespace(Setgroups::allowed);
    STEPDOWN_SKIP_IF(setup_error_of({allowed}));
    Command command = stepdown(and_see({"-g", "30"})).with({"GOSU_USER=1000:1000"});
    command.after(groups({2020})).after(allowed);
    EXPECT_EQ(seen(run(command)).ids(), "1000:1000 30 2020");
}

TEST(UserNamespace, WithoutTheIdIsRefused) {
    const auto small = user_namespace(Setgroups::allowed, 500);
    STEPDOWN_SKIP_IF(setup_error_of({small}));
    expect_refused(run(stepdown(and_see({"-u", "1000:1000"})).after(groups({})).after(small)), {"1000"});
}

}  // namespace
}  // namespace stepdown::test
