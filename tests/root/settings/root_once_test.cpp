// SPDX-License-Identifier: Apache-2.0
// GOSU_USER=root for one start of an image that prepares for another user.

#include "support/files/etc.h"
#include "support/process/expect.h"
#include "support/process/seen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Owner app{1500, 1500};

// A live volume of the image's user.
class RootOnce : public testing::Test {
  protected:
    RootOnce() {
        write_file(volume() + "/data", "");
        for (const std::string& path : {volume(), volume() + "/data"}) give(path, app);
    }
    [[nodiscard]] std::string volume() const { return volume_.path(); }
    [[nodiscard]] const Etc& etc() const { return etc_; }
    [[nodiscard]] Outcome start(const Words& words, const std::string& user) const {
        Command command = etc_.stepdown(words);
        return run(
            command.with({"GOSU_USER=" + user, "GOSU_UID=2000", "GOSU_GID=@/no/such/path", "GOSU_PASSWD_NAME=me",
                          "GOSU_CHOWN=" + volume() + " /no/such/tree", "GOSU_HOME=/srv/app", "GOSU_UMASK=0027"}));
    }
    void expect_volume_of(const Owner& expected) const {
        EXPECT_EQ(owner(volume()), expected);
        EXPECT_EQ(owner(volume() + "/data"), expected);
    }

  private:
    TemporaryDirectory volume_;
    Etc etc_;
};

TEST_F(RootOnce, LeavesTheVolumeToItsUser) {
    const Etc::Snapshot before = etc().snapshot();
    for (const char* user : {"root", "0", "0:0"}) {
        const Outcome outcome = start(and_see({}), user);
        const Seen after = seen(outcome);
        EXPECT_EQ(after.uid(), "0") << user;
        EXPECT_EQ(after.variable("HOME"), "/root");
        EXPECT_EQ(after.one("Umask"), "0027") << "it prepares for nobody";
        EXPECT_THAT(messages(outcome), ElementsAre(AllOf(HasSubstr("GOSU_UID=2000, GOSU_GID=@/no/such/path, "
                                                                   "GOSU_PASSWD_NAME=me, GOSU_CHOWN="),
                                                         HasSubstr(std::string("give flags: -u ") + user))));
        expect_volume_of(app);
    }
    EXPECT_EQ(etc().snapshot(), before);
}

TEST_F(RootOnce, IsNotRefusedByStrict) {
    const Outcome outcome = start(and_see({"--strict"}), "root");
    EXPECT_EQ(seen(outcome).uid(), "0");
    EXPECT_EQ(messages(outcome).size(), 1U);
}

TEST_F(RootOnce, ObeysFlags) {
    const Outcome outcome = run(etc().stepdown(and_see({"-u", "root", "-c", volume()})));
    EXPECT_EQ(seen(outcome).uid(), "0");
    EXPECT_THAT(messages(outcome), IsEmpty());
    expect_volume_of({0, 0});
}

TEST_F(RootOnce, SaysSoInADryRun) {
    const Outcome outcome = start({"--dry-run"}, "root");
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("warning   the user is root, so what prepares for another user is skipped: "));
    EXPECT_THAT(outcome.out, testing::Not(HasSubstr("\nchown ")));
}

TEST(RootOnceMkdir, IsSkipped) {
    const TemporaryDirectory base;
    const Outcome outcome = run(stepdown(and_see({})).with({"GOSU_USER=root", "GOSU_MKDIR=" + (base / "new")}));
    EXPECT_EQ(seen(outcome).uid(), "0");
    EXPECT_THAT(messages(outcome), ElementsAre(HasSubstr("-u root -m " + (base / "new"))));
    EXPECT_FALSE(status(base / "new"));
}

// As a rootless engine maps it: what root makes there is the user's outside.
TEST(RootOnceMkdir, CountsWhereRootIsAnOrdinaryUidOutside) {
    const Step rootless = user_namespace(Setgroups::allowed, 65536, 1000);
    STEPDOWN_SKIP_IF(setup_error_of({rootless}));
    const TemporaryDirectory base;
    give(base.path(), {1000, 1000});
    Command command = stepdown(and_see({})).with({"GOSU_USER=root", "GOSU_MKDIR=" + (base / "new"), "GOSU_UID=5"});
    const Outcome outcome = run(command.after(rootless).after(ids(0, 0)));
    EXPECT_EQ(seen(outcome).uid(), "0");
    EXPECT_THAT(messages(outcome), ElementsAre(HasSubstr("skipped: GOSU_UID=5")));
    EXPECT_EQ(owner(base / "new"), Owner({1000, 1000}));
}

}  // namespace
}  // namespace stepdown::test
