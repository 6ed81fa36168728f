// SPDX-License-Identifier: Apache-2.0
// What a start says of the variables of other images.
#include "stepdown/plan/compat_plan.h"

#include "support/plan/plan_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Words = std::vector<std::string>;

Plan plan_with(const Words& variables, const Process& process = container_root, const std::string& user = "app") {
    Start start{{}, variables, process};
    start.variables.push_back("GOSU_USER=" + user);
    start.environment.insert(start.environment.end(), variables.begin(), variables.end());
    auto plan = plan_of(start);
    EXPECT_TRUE(plan) << message_of(plan);
    return plan ? *std::move(plan) : Plan{};
}

TEST(CompatPlan, NotesEachVariableThatCounts) {
    EXPECT_THAT(plan_with({"GOSU_COMPAT=linuxserver", "PUID=1500", "PGID=1500", "UMASK=022"}).notes,
                ElementsAre("the value of GOSU_UID comes from PUID=1500", "the value of GOSU_GID comes from PGID=1500",
                            "the value of GOSU_UMASK comes from UMASK=022"));
    EXPECT_THAT(plan_with({"GOSU_COMPAT=jupyter", "NB_UID=1500", "CHOWN_EXTRA=/a", "CHOWN_EXTRA_OPTS=-R"}).notes,
                ElementsAre("the value of GOSU_UID comes from NB_UID=1500",
                            "the value of GOSU_CHOWN comes from CHOWN_EXTRA=/a"));
    EXPECT_THAT(plan_with({"GOSU_COMPAT=linuxserver", "GOSU_UID=1500", "PUID=7"}).notes, IsEmpty());
    EXPECT_THAT(plan_with({"PUID=1500"}).notes, IsEmpty());
}

TEST(CompatPlan, GivesTheAccountItsIds) {
    const Plan plan = plan_with({"GOSU_COMPAT=linuxserver", "PUID=2000", "PGID=2001", "UMASK=022"});
    EXPECT_EQ(plan.identity.uid, 2000U);
    EXPECT_EQ(plan.identity.gid, 2001U);
    EXPECT_EQ(plan.umask, mode_t{022});
}

struct WarningRow {
    const char* variable;
    const char* message;
};

TEST(CompatPlan, WarnsOfWhatHasNoCounterpart) {
    const WarningRow table[] = {
        {"CHOWN_EXTRA=/a",
         "cannot honour CHOWN_EXTRA=/a: CHOWN_EXTRA_OPTS does not hold -R, without which CHOWN_EXTRA does not count. "
         "Set CHOWN_EXTRA_OPTS=-R"},
        {"CHOWN_HOME=yes",
         "cannot honour CHOWN_HOME=yes: no home is changed that is not listed. Add /srv/app to GOSU_CHOWN"},
        {"NB_USER=alice",
         "cannot honour NB_USER=alice: no account is renamed. Name a user of the image in GOSU_USER, and leave NB_USER "
         "out"},
    };
    for (const auto& [variable, message] : table) {
        const Plan lenient = plan_with({"GOSU_COMPAT=jupyter", variable});
        EXPECT_THAT(lenient.warnings, ElementsAre(Message{MessageId::settings_ignored, message}));
        EXPECT_THAT(lenient.errors, IsEmpty());
        const Plan strict = plan_with({"GOSU_COMPAT=jupyter", "GOSU_STRICT=1", variable});
        EXPECT_THAT(strict.errors, ElementsAre(Message{MessageId::settings_ignored, message}));
        EXPECT_THAT(plan_with({"GOSU_COMPAT=linuxserver", variable}).warnings, IsEmpty());
        EXPECT_THAT(plan_with({variable}).warnings, IsEmpty());
    }
}

// Jupyter's images set NB_USER themselves, and a home that is listed is what the warning asks for.
TEST(CompatPlan, SaysNothingWhereNothingIsAmiss) {
    const Words table[] = {
        {"NB_USER=app"},
        {"NB_USER="},
        {"CHOWN_HOME=no"},
        {"CHOWN_HOME=0"},
        {"CHOWN_HOME="},
        {"CHOWN_HOME=yes", "GOSU_CHOWN=/data /srv/app"},
        {"CHOWN_HOME=1", "CHOWN_EXTRA=/srv/app", "CHOWN_EXTRA_OPTS=-R"},
        {"CHOWN_EXTRA=", "CHOWN_EXTRA_OPTS=-v"},
        {"CHOWN_EXTRA=/a,/b", "GOSU_CHOWN=/b /a /c"},
    };
    for (const Words& variables : table) {
        Words all = variables;
        all.emplace_back("GOSU_COMPAT=jupyter");
        EXPECT_THAT(plan_with(all).warnings, IsEmpty()) << testing::PrintToString(variables);
    }
}

// Stepdown's own setting counts beside the other variable.
TEST(CompatPlan, NamesTheSettingThatListsTheHomeBesideOtherPaths) {
    const Plan plan = plan_with({"GOSU_COMPAT=jupyter", "CHOWN_HOME=yes", "CHOWN_EXTRA=/a", "CHOWN_EXTRA_OPTS=-R"});
    EXPECT_THAT(plan.warnings, ElementsAre(HasSubstr("Add /srv/app to GOSU_CHOWN")));
    EXPECT_EQ(plan.ownership.settings.chown, "CHOWN_EXTRA");
}

// One warning says already what such a start leaves out.
TEST(CompatPlan, AddsNothingForRootAndWithoutRoot) {
    const Words variables{"GOSU_COMPAT=jupyter", "NB_UID=1500",    "NB_USER=alice",
                          "CHOWN_HOME=yes",      "CHOWN_EXTRA=/a", "CHOWN_EXTRA_OPTS=-R"};
    const Plan root = plan_with(variables, container_root, "root");
    EXPECT_THAT(root.warnings, ElementsAre(HasSubstr("is skipped: NB_UID=1500, CHOWN_EXTRA=/a")));
    EXPECT_THAT(root.notes, IsEmpty());
    EXPECT_THAT(root.ownership.operands, IsEmpty());
    const Plan unprivileged = plan_with(variables, user_1000);
    EXPECT_THAT(unprivileged.warnings, ElementsAre(HasSubstr("skipped: GOSU_USER=app, NB_UID=1500, CHOWN_EXTRA=/a")));
}

TEST(CompatPlan, NamesTheVariablesInARefusal) {
    const auto refused = [](const std::string& user) {
        return message_of(plan_of({{}, {"GOSU_COMPAT=linuxserver", "PUID=1000", "PGID=100", user}}));
    };
    EXPECT_EQ(refused("GOSU_USER="),
              "cannot use PUID=1000, PGID=100: it needs GOSU_USER to be a name. To run as 1000:100 set "
              "GOSU_USER=1000:100, and leave PUID and PGID out");
    EXPECT_THAT(refused("GOSU_USER=app:audio"), HasSubstr("alone there, or leave PGID out"));
    EXPECT_THAT(refused("GOSU_USER=toor"), StartsWith("cannot use PUID=1000, PGID=100: user toor has uid 0"));
}

}  // namespace
}  // namespace stepdown::test
