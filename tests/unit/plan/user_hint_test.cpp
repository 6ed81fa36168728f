// SPDX-License-Identifier: Apache-2.0
// Starts without a user that can be used, and what comes close to one.
#include "stepdown/plan/user_hint.h"

#include "support/files/temporary.h"
#include "support/kernel/strings.h"
#include "support/plan/call.h"
#include "support/plan/identities.h"
#include "support/plan/plan_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Words = std::vector<std::string>;

constexpr const char* examples = "Set GOSU_USER=1000:1000 or another user, or GOSU_USER=root";

// The errors and warnings of a start as root.
struct Messages {
    std::vector<Message> errors;
    std::vector<Message> warnings;
};

// PATH leads to directory, which holds the commands id, games and app-server.
class UnsetUser : public testing::Test {
  protected:
    void SetUp() override {
        for (const char* name : {"id", "games", "app-server"}) write_file(directory_ / name, "#!/bin/sh\n", 0755);
    }

    [[nodiscard]] Messages messages_of(const Words& command, Words variables = {}) const {
        const Call call(command);
        const auto settings = call.settings();
        EXPECT_TRUE(settings) << message_of(settings);
        variables.push_back("PATH=" + directory_.path());
        const Strings environment(variables);
        const auto plan = make_plan(*settings, {accounts_, container_root, environment.data(), [] { return false; }});
        return {plan.errors, plan.warnings};
    }

    [[nodiscard]] std::string hint(const Words& command, const Words& variables = {}) const {
        const std::vector<Message> errors = messages_of(command, variables).errors;
        EXPECT_THAT(errors, ElementsAre(HasSubstr("cannot start: no user is set, and running as root must be asked")));
        const std::string reason = "must be asked for by name. ";
        return errors.front().text.substr(errors.front().text.find(reason) + reason.size());
    }

    Accounts accounts_ = some_accounts();

  private:
    TemporaryDirectory directory_;
};

TEST_F(UnsetUser, MayBeRootByNumberInAnImageWithoutAccounts) {
    accounts_ = Accounts();
    EXPECT_EQ(hint({"id"}), "Set GOSU_USER=1000:1000 or another user, or GOSU_USER=0:0");
}

TEST_F(UnsetUser, IsExplainedByExamplesWhereNothingComesClose) {
    for (const Words& variables : {Words{}, Words{"USER=app"}, Words{"GOSU_VERSION=1.19"}, Words{"PUID="},
                                   Words{"PUID=0", "PGID=0"}, Words{"PUID=app"}, Words{"UIDS=1000"}}) {
        EXPECT_EQ(hint({"id"}, variables), examples) << testing::PrintToString(variables);
    }
}

TEST_F(UnsetUser, IsMeantByAVariableThatResemblesTheSetting) {
    const std::pair<const char*, const char*> table[] = {
        {"GOSU_USR=app", "The variable GOSU_USR is not a setting. Set GOSU_USER=app"},
        {"gosu_user=app", "The variable gosu_user is not a setting. Set GOSU_USER=app"},
        {"Gosu_Usr=1000:1000", "The variable Gosu_Usr is not a setting. Set GOSU_USER=1000:1000"},
        {"STEPDOWN_USER=app:audio", "The variable STEPDOWN_USER is not a setting. Set GOSU_USER=app:audio"},
        {"GOSU_USER = app", "The variable \"GOSU_USER \" is not a setting. Set GOSU_USER=app"},
        {"GOSU_USR=root", "The variable GOSU_USR is not a setting. Set GOSU_USER=root"},
    };
    for (const auto& [variable, expected] : table) {
        const Messages messages = messages_of({"id"}, {variable});
        EXPECT_THAT(messages.errors, ElementsAre(EndsWith(expected)));
        EXPECT_THAT(messages.warnings, IsEmpty()) << "it is said once";
    }
    EXPECT_EQ(hint({"id"}, {"GOSU_USR=nobody-here"}),
              std::string("The variable GOSU_USR is not a setting. Did you mean GOSU_USER? ") + examples);
}

TEST_F(UnsetUser, LeavesTheWarningsOfOtherVariables) {
    EXPECT_THAT(messages_of({"id"}, {"GOSU_USR=app", "GOSU_CHONW=/data"}).warnings,
                ElementsAre("unknown setting GOSU_CHONW. Did you mean GOSU_CHOWN?"));
}

TEST_F(UnsetUser, IsMeantByTheVariablesOfOtherImages) {
    EXPECT_EQ(
        hint({"id"}, {"PUID=1000", "PGID=100"}),
        "PUID and PGID are no settings of stepdown. Set GOSU_USER=1000:100. Or set GOSU_COMPAT=linuxserver in the "
        "image, and GOSU_USER to the name of its user");
    EXPECT_THAT(hint({"id"}, {"NB_UID=1000"}),
                testing::StartsWith(
                    "NB_UID is not a setting of stepdown. Set GOSU_USER=1000:1000. Or set GOSU_COMPAT=jupyter "));
    EXPECT_THAT(hint({"id"}, {"PUID=1500", "PGID="}),
                testing::StartsWith("PUID is not a setting of stepdown. Set GOSU_USER=1500:1500. "));
    EXPECT_EQ(hint({"id"}, {"USER_ID=1500"}), "USER_ID is not a setting of stepdown. Set GOSU_USER=1500:1500");
}

TEST_F(UnsetUser, IsMeantByTheFirstWordOfTheCommand) {
    EXPECT_EQ(hint({"app", "id"}),
              "Did you mean stepdown -u app id? Otherwise set GOSU_USER=1000:1000 or another "
              "user, or GOSU_USER=root");
    EXPECT_THAT(hint({"1000:1000", "id", "-u"}), HasSubstr("Did you mean stepdown -u 1000:1000 id -u?"));
    EXPECT_THAT(hint({"app", "id", "a b"}), HasSubstr("stepdown -u app id \"a b\"?"));
    EXPECT_THAT(hint({"games", "games"}), HasSubstr("stepdown -u games games?"));
}

TEST_F(UnsetUser, IsNotMeantByTheWordsOfACommand) {
    for (const Words& words : {Words{"id", "app"}, Words{"app"}, Words{"app", "no-such-command"}, Words{"games", "id"},
                               Words{"nobody-here", "id"}, Words{"1000", "id"}, Words{"app-server", "app"}}) {
        EXPECT_EQ(hint(words), examples) << testing::PrintToString(words);
    }
}

std::string message_for(const std::string& variable) {
    const auto plan = plan_of({{}, {variable}});
    if (!plan) return plan.error().message;
    return plan->errors.empty() ? "" : plan->errors.front().text;
}

TEST(UnknownUser, IsTheOneWhoseNameIsNear) {
    const std::pair<const char*, const char*> table[] = {
        {"GOSU_USER=App", ". Did you mean app?"},
        {"GOSU_USER=game", ". Did you mean games?"},
        {"GOSU_USER=game:audo", ". Did you mean games:audio?"},
        {"GOSU_USER=app:AUDIO", ". Did you mean app:audio?"},
        {"GOSU_USER=1000:audoi", ". Did you mean 1000:audio?"},
        {"GOSU_USER=app.audio", ". Did you mean app:audio?"},
        {"GOSU_USER=nohom", ". Did you mean nohome?"},
    };
    for (const auto& [variable, expected] : table) EXPECT_THAT(message_for(variable), EndsWith(expected));
}

TEST(UnknownUser, IsNobodyWhereNobodyIsNear) {
    for (const char* variable :
         {"GOSU_USER=ap", "GOSU_USER=missing", "GOSU_USER=missing:audio", "GOSU_USER=app:missing", "GOSU_USER=1234",
          "GOSU_USER=:1000", "GOSU_USER=@/no/where", "GOSU_USER=a.b", "GOSU_USER=app:", "GOSU_USER=4294967295"}) {
        EXPECT_THAT(message_for(variable), Not(HasSubstr("Did you mean"))) << variable;
    }
}

// 5 * 60 + 29 is games:audio.
TEST(UnknownUser, MayBeANumberThatYamlMade) {
    EXPECT_THAT(message_for("GOSU_USER=329"),
                EndsWith("YAML 1.1 reads 5:29 as the number 329 where it has no quotes. If it is meant, write \"5:29\" "
                         "with the quotes"));
    EXPECT_THAT(message_for("GOSU_USER=330"), Not(HasSubstr("YAML"))) << "there is no group 30";
    const auto by_flag = plan_of({{"-u", "329"}, {}});
    EXPECT_THAT(by_flag.error().message, Not(HasSubstr("YAML")));
}

TEST(UnknownGroup, IsTheOneWhoseNameIsNear) {
    EXPECT_THAT(message_for("GOSU_GROUPS=vidoe"), HasSubstr("no user is set")) << "which is said first";
    const auto errors_for = [](const std::string& groups) {
        return plan_of({{}, {"GOSU_USER=app", "GOSU_GROUPS=" + groups}})->errors;
    };
    EXPECT_THAT(errors_for("audio,vidoe"),
                ElementsAre(EndsWith("Write a name that is, or a gid. Did you mean video?")));
    EXPECT_THAT(errors_for("[audio]"), ElementsAre(EndsWith("Set GOSU_GROUPS to audio")));
    EXPECT_THAT(errors_for("[audio]"), ElementsAre(Not(HasSubstr("need not exist"))));
    EXPECT_THAT(errors_for("Docker"), ElementsAre(EndsWith(". Did you mean docker?")));
    EXPECT_THAT(errors_for("wheel"), ElementsAre(EndsWith("If it need not exist, write -wheel")));
}

}  // namespace
}  // namespace stepdown::test
