// SPDX-License-Identifier: Apache-2.0
// A plan finds all mistakes, and none that follows from another.
#include "stepdown/plan/check_paths.h"

#include "support/files/temporary.h"
#include "support/plan/plan_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Words = std::vector<std::string>;

// The errors of the plan for variables, and the mistakes in its paths, in order.
Mistakes mistakes_of(const Words& variables, const Process& process = container_root) {
    const Call call({"app"}, variables);
    const auto line = call.line();
    const Strings environment({"PATH=/bin"});
    const Accounts accounts = some_accounts();
    const Plan plan = make_plan(read_settings(*line), {accounts, process, environment.data()});
    Mistakes mistakes = plan.errors;
    for (const Message& each : check_paths(plan)) mistakes.push_back(each);
    sort_by_option(mistakes);
    return mistakes;
}

TEST(MistakesOfAPlan, AreFoundBesideAUserThatIsNotKnown) {
    EXPECT_THAT(mistakes_of({"GOSU_USER=missing:nogroup-here", "GOSU_GROUPS=no1,audio,no2", "GOSU_UMASK=x",
                             "GOSU_CHOWN=/no/such -/optional /none"}),
                ElementsAre(HasSubstr("no user missing"), HasSubstr("no group nogroup-here"), HasSubstr("no group no1"),
                            HasSubstr("no group no2"), HasSubstr("owner of /no/such"), HasSubstr("owner of /none"),
                            HasSubstr("GOSU_UMASK=x")));
}

TEST(MistakesOfAPlan, AreFoundBesideAUserThatIsNotSet) {
    EXPECT_THAT(mistakes_of({"GOSU_GROUPS=no1", "GOSU_CHOWN=/no/such", "GOSU_PASSWD_NAME=someone", "GOSU_HOME=/a:b"}),
                ElementsAre(HasSubstr("no user is set"), HasSubstr("no group no1"), HasSubstr("owner of /no/such")));
}

TEST(MistakesOfAPlan, AreFoundInEveryNewId) {
    const Words ids{"GOSU_UID=@/no/uid", "GOSU_GID=@/no/gid"};
    const auto with = [&](const std::string& user) { return mistakes_of({user, ids[0], ids[1]}); };
    const auto uid = HasSubstr("cannot use GOSU_UID=@/no/uid: cannot read the owner of /no/uid");
    const auto gid = HasSubstr("cannot use GOSU_GID=@/no/gid: cannot read the owner of /no/gid");
    EXPECT_THAT(with("GOSU_USER=app"), ElementsAre(uid, gid));
    EXPECT_THAT(with("GOSU_USER=missing"), ElementsAre(HasSubstr("no user missing"), uid, gid));
    EXPECT_THAT(mistakes_of({"GOSU_USER=app:nogroup-here", ids[0]}), ElementsAre(HasSubstr("nogroup-here"), uid));
    EXPECT_THAT(mistakes_of({"GOSU_USER=missing:nogroup-here", "GOSU_UID=9"}),
                ElementsAre(HasSubstr("no user missing"), HasSubstr("no group nogroup-here")));
}

// The user setting has to change in any case.
TEST(MistakesOfAPlan, AreOneWhereSettingsCannotBeCombined) {
    EXPECT_THAT(mistakes_of({"GOSU_USER=7", "GOSU_UID=@/no/such"}), ElementsAre(HasSubstr("to be a name")));
    EXPECT_THAT(mistakes_of({"GOSU_UID=1500"}), ElementsAre(HasSubstr("to be a name")));
    EXPECT_THAT(mistakes_of({"GOSU_USER=root", "GOSU_UID=@/no/such"}, bare_root), IsEmpty()) << "root is skipped";
    EXPECT_THAT(mistakes_of({"GOSU_USER=toor", "GOSU_UID=@/no/such"}), ElementsAre(HasSubstr("keeps its ids")));
}

// "Did you mean audio:audio?" corrects the value as a whole.
TEST(MistakesOfAPlan, AreOneWhereAHintCorrectsTheValue) {
    EXPECT_THAT(mistakes_of({"GOSU_USER=gamse:audoi"}), ElementsAre(HasSubstr("Did you mean games:audio?")));
    EXPECT_THAT(mistakes_of({"GOSU_USER=@/no/such:@/no/such"}), ElementsAre(HasSubstr("owner of /no/such")));
    EXPECT_THAT(mistakes_of({"GOSU_USER=app", "GOSU_GROUPS=no1;no2"}),
                ElementsAre(HasSubstr("GOSU_GROUPS to no1,no2")));
}

TEST(MistakesOfAPlan, HaveTheHintOfTheirOwnGroup) {
    EXPECT_THAT(mistakes_of({"GOSU_USER=app", "GOSU_GROUPS=nosuch,vidoe"}),
                ElementsAre(HasSubstr("write -nosuch"), HasSubstr("Did you mean video?")));
}

TEST(MistakesOfAPlan, AreNotWhatAProcessSkips) {
    EXPECT_THAT(mistakes_of({"GOSU_USER=missing:99999999999", "GOSU_GROUPS=no1,99999999999"}, user_1000),
                ElementsAre(HasSubstr("GOSU_USER=missing:99999999999: 99999999999 is not an id"),
                            HasSubstr("GOSU_GROUPS=no1,99999999999: 99999999999 is not an id")));
}

class MistakesInPaths : public testing::Test {
  protected:
    void SetUp() override { write_file(directory_ / "file", ""); }
    [[nodiscard]] std::string at(const char* name) const { return directory_ / name; }

  private:
    TemporaryDirectory directory_;
};

TEST_F(MistakesInPaths, AreAllFoundWhereOneStageAloneIsPlanned) {
    EXPECT_THAT(mistakes_of({"GOSU_USER=app", "GOSU_MKDIR=" + at("file") + " /proc/none"}),
                ElementsAre(HasSubstr("file: it exists"), HasSubstr("cannot create /proc/none")));
}

TEST_F(MistakesInPaths, DoNotFollowFromADirectoryThatCannotBeCreated) {
    const std::string below = at("file/below");
    EXPECT_THAT(mistakes_of({"GOSU_USER=app", "GOSU_MKDIR=" + below, "GOSU_CHOWN=" + below + " " + at("other")}),
                ElementsAre(HasSubstr("cannot create " + below), HasSubstr("owner of " + at("other"))));
}

// The list may name what is missing.
TEST_F(MistakesInPaths, DoNotFollowFromAListOfDirectoriesThatIsNotUnderstood) {
    EXPECT_THAT(mistakes_of({"GOSU_USER=app", "GOSU_MKDIR=-/a", "GOSU_CHOWN=" + at("missing") + " /proc"}),
                ElementsAre(HasSubstr("cannot use GOSU_MKDIR=-/a"), HasSubstr("owner of /proc")));
}

}  // namespace
}  // namespace stepdown::test
