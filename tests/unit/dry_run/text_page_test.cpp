// SPDX-License-Identifier: Apache-2.0
// The dry run: what every stage would do, on one page.
#include "stepdown/dry_run/text_page.h"

#include "stepdown/dry_run/preview.h"

#include "support/files/temporary.h"
#include "support/kernel/fake_kernel.h"
#include "support/kernel/strings.h"
#include "support/plan/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Describe, PutsEveryStageOnOnePage) {
    EXPECT_EQ(text_page(full_plan(), full_findings(), some_environment.data()),
              "user      1500 (app)\n"
              "group     1500 (app)\n"
              "groups    29 (audio) from /etc/group, 999 (docker) from the setting, 4000 added by whoever started the "
              "container\n"
              "left out  0 (root): it is root's group\n"
              "left out  4001: it is the primary group of the start\n"
              "USER      app\n"
              "LOGNAME   removed\n"
              "HOME      /srv/app\n"
              "umask     0027\n"
              "mkdir     /a/b: creates /a, /a/b for 1500:1500\n"
              "mkdir     /there: exists already\n"
              "chown     \"/my data\" to 1500:1500: 1,234 of 120,000 entries would change, 2 skipped (1 for "
              "GOSU_CHOWN_EXCLUDE)\n"
              "chown     /cache: does not exist, which is allowed\n"
              "stdin     device, left alone\n"
              "stdout    pipe, made writable for others\n"
              "stderr    \n"
              "caps      none; the bounding set is unchanged\n"
              "new privs none, for good\n"
              "command   /usr/bin/tool -x \"two words\" \"\"\n"
              "note      one of the notes\n"
              "warning   unknown setting GOSU_CHONW. Did you mean GOSU_CHOWN?\n"
              "The start would succeed.\n");
}

// One warning stands for all of it then, and has no reasons.
TEST(Describe, ShowsWhyAnUnprivilegedStartCannotPrepare) {
    Plan plan = full_plan();
    Findings findings = full_findings();
    findings.trees[2].problems = {{MessageId::path_protected, "cannot change the owner of /refused: some reason"}};
    EXPECT_THAT(text_page(plan, findings, some_environment.data()), Not(HasSubstr("some reason")));
    plan.unprivileged = Unprivileged{1500, "GOSU_CHOWN=/refused"};
    const std::string page = text_page(plan, findings, some_environment.data());
    EXPECT_THAT(page, HasSubstr("mkdir     cannot create /c: some reason\n"));
    EXPECT_THAT(page, HasSubstr("chown     cannot change the owner of /refused: some reason\n"));
}

TEST(Describe, ShowsWhatBecomesOfTheAccountFiles) {
    Plan plan = full_plan();
    plan.accounts.edits = {{"/etc/group", NewGid{"app", 1400, 1500}}, {"/etc/passwd", NewUser{"app", 1500, 1500, "/"}}};
    plan.environment_without_entry = {{"USER", std::nullopt}};
    Findings findings = full_findings();
    EXPECT_THAT(text_page(plan, findings, some_environment.data()),
                HasSubstr("account   give group app the gid 1500 in /etc/group\n"
                          "account   add user app with the ids 1500:1500 in /etc/passwd\n"
                          "USER      app\n"));
    findings.entry_missing = true;
    findings.warnings = {{MessageId::account_file_unchanged, "cannot add user app: some reason"}};
    const std::string page = text_page(plan, findings, some_environment.data());
    EXPECT_THAT(page, HasSubstr("USER      removed\n"));
    EXPECT_THAT(page, HasSubstr("warning   cannot add user app: some reason\nThe start would succeed.\n"));
}

TEST(Describe, SaysWhatStaysAsItIs) {
    Plan plan;
    plan.identity = {100000, 0, std::nullopt, "root"};
    plan.groups_kept = true;
    plan.command = no_command.data();
    EXPECT_EQ(text_page(plan, {}, some_environment.data()),
              "user      100000\n"
              "group     0 (root)\n"
              "groups    as they are\n"
              "HOME      /root, unchanged\n"
              "umask     unchanged\n"
              "stdin     \n"
              "stdout    \n"
              "stderr    \n"
              "caps      as they are\n"
              "new privs unchanged\n"
              "command   none given\n"
              "The start would succeed with a command.\n");
}

TEST(Describe, SaysNoneWhereThereIsNone) {
    Plan plan;
    plan.command = no_command.data();
    const std::string page = text_page(plan, {}, no_command.data());
    EXPECT_THAT(page, HasSubstr("groups    none\n"));
    EXPECT_THAT(page, HasSubstr("HOME      not set\n"));
}

TEST(Describe, ListsEveryProblemAndSaysThatTheStartWouldFail) {
    Findings findings = full_findings();
    findings.problems = {{MessageId::path_protected, "cannot change the owner of /refused: some reason"},
                         {MessageId::command_not_found, "cannot run tool: another"}};
    const std::string page = text_page(full_plan(), findings, some_environment.data());
    EXPECT_THAT(
        page,
        HasSubstr("problem   cannot change the owner of /refused: some reason\nproblem   cannot run tool: another\n"));
    EXPECT_TRUE(page.ends_with("\nThe start would fail.\n"));
    EXPECT_THAT(page, Not(HasSubstr("succeed")));
}

// The path is named once where it is itself what stands in the way.
TEST(Describe, LeavesOutWhatDependsOnAUserThatIsNotKnown) {
    Plan plan;
    plan.is_user_known = false;
    plan.command = some_command.data();
    Findings findings;
    findings.problems = {{MessageId::user_unknown, "no such user"}};
    EXPECT_EQ(text_page(plan, findings, some_environment.data()),
              "user      not known\n"
              "umask     unchanged\n"
              "new privs unchanged\n"
              "command   tool -x \"two words\" \"\"\n"
              "problem   no such user\n"
              "The start would fail.\n");
}

TEST(Describe, ShowsWhereTheUserLacksAccess) {
    Findings findings = full_findings();
    findings.access = {{"argument", "/data", "/data: 0:0 0755, uid 1500 cannot write"},
                       {"HOME", "/srv/app", "/srv: 0:0 0700, uid 1500 cannot enter"},
                       {"chown", "/ro", "/ro is mounted read-only"}};
    const std::string page = text_page(full_plan(), findings, some_environment.data());
    EXPECT_THAT(page, HasSubstr("access    argument /data: 0:0 0755, uid 1500 cannot write\n"
                                "access    HOME /srv/app: /srv: 0:0 0700, uid 1500 cannot enter\n"
                                "access    chown /ro is mounted read-only\n"));
    EXPECT_TRUE(page.ends_with("The start would succeed. The user would lack the access that is named above.\n"));
    findings.problems = {{MessageId::command_not_found, "cannot run tool: some reason"}};
    EXPECT_TRUE(text_page(full_plan(), findings, some_environment.data()).ends_with("\nThe start would fail.\n"));
}

TEST(Describe, ShowsTheFileThatWouldBeExecuted) {
    Findings findings = full_findings();
    findings.command = "/my bin/tool";
    EXPECT_THAT(text_page(full_plan(), findings, some_environment.data()),
                HasSubstr("command   \"/my bin/tool\" -x \"two words\" \"\"\n"));
    findings.command.clear();
    EXPECT_THAT(text_page(full_plan(), findings, some_environment.data()), HasSubstr("command   tool -x"));
}

TEST(Describe, NamesTheCapabilitiesThatAreKept) {
    const auto caps = [](const Credentials& credentials) {
        Plan plan = full_plan();
        plan.credentials = credentials;
        const std::string page = text_page(plan, full_findings(), some_environment.data());
        const auto at = page.find("\ncaps ") + 1;
        return page.substr(at, page.find('\n', at) - at);
    };
    const CapabilitySet two((1U << 10U) | 1U);
    EXPECT_EQ(caps({0, 1500, 1500, {}, KeptCapabilities{two, two}}), "caps      CHOWN, NET_BIND_SERVICE");
    EXPECT_EQ(caps({0, 0, 0, {}, KeptCapabilities{{}, CapabilitySet{}}}), "caps      none");
    EXPECT_EQ(caps({1000, 1000, 1000, {}, KeptCapabilities{two, std::nullopt}}),
              "caps      CHOWN, NET_BIND_SERVICE; the bounding set is unchanged");
    EXPECT_EQ(caps({0, 0, 1000, {}}), "caps      as they are");
}

TEST(Describe, LetsNoControlByteThrough) {
    Plan plan = full_plan();
    const Strings command({"a\x1b[31m", "b\nc"});
    plan.command = command.data();
    plan.identity.entry->name = "a\x1b[31m";
    plan.identity.group_name = "b\nc";
    plan.environment = {{"HOME", "/a\x1b"}};
    Findings findings = full_findings();
    findings.command.clear();
    findings.trees[0].operand = "/a\nb";
    const std::string page = text_page(plan, findings, some_environment.data());
    EXPECT_THAT(page, Not(HasSubstr("\x1b")));
    EXPECT_THAT(page, HasSubstr("command   a\\x1b[31m b\\nc\n"));
    EXPECT_THAT(page, HasSubstr("chown     /a\\nb to"));
}

class Preview : public testing::Test {
  protected:
    Preview() : kernel_(root_process()) {
        write_file(directory_ / "tool", "#!/bin/sh\n", 0755);
        plan_.command = some_command.data();
        plan_.path = {directory_.path()};
    }
    Findings preview_plan() { return preview(kernel_, plan_, some_environment.data()); }

    TemporaryDirectory directory_;
    FakeKernel kernel_;
    Plan plan_;
};

TEST_F(Preview, FindsTheCommandAndNoProblem) {
    const Findings findings = preview_plan();
    EXPECT_EQ(findings.command, directory_ / "tool");
    EXPECT_THAT(findings.problems, IsEmpty());
    EXPECT_THAT(kernel_.calls, IsEmpty());
}

TEST_F(Preview, NeedsNoCommand) {
    plan_.command = no_command.data();
    EXPECT_THAT(preview_plan().problems, IsEmpty());
    EXPECT_EQ(preview_plan().command, "");
}

TEST_F(Preview, ListsEverythingThatWouldEndTheStart) {
    plan_.path = {};
    plan_.ownership.operands = {{directory_ / "missing"}, {directory_ / "optional", Presence::optional}};
    const Findings findings = preview_plan();
    ASSERT_EQ(findings.problems.size(), 2U);
    EXPECT_THAT(findings.problems[0], HasSubstr("missing: No such file or directory"));
    EXPECT_THAT(findings.problems[1], HasSubstr("cannot run tool"));
}

// An operand that is refused ends the start whatever is to become of entries.
TEST_F(Preview, ListsAMissingTreeEvenWhereEntriesAreOnlyWarnedOf) {
    plan_.ownership.operands = {{directory_ / "missing"}};
    plan_.ownership.errors = ChownErrors::warn;
    EXPECT_THAT(preview_plan().problems, ElementsAre(HasSubstr("missing: No such file or directory")));
}

// Asked, and not tried.
TEST_F(Preview, FindsTheAccountFileThatCannotBeChanged) {
    plan_.accounts.edits = {{directory_ / "group", NewGroup{"app", 1500}},
                            {directory_ / "no/passwd", NewUser{"app", 1500, 1500, "/"}}};
    const Findings lenient = preview_plan();
    EXPECT_THAT(lenient.problems, IsEmpty());
    EXPECT_THAT(lenient.warnings, ElementsAre(HasSubstr("cannot add user app")));
    EXPECT_TRUE(lenient.entry_missing);
    EXPECT_FALSE(status(directory_ / "group"));
    plan_.accounts.strictness = Strictness::strict;
    EXPECT_THAT(preview_plan().problems, ElementsAre(HasSubstr("cannot add user app")));
}

TEST_F(Preview, CountsOnWhatIsCreatedFirst) {
    plan_.directories = {{directory_ / "a/b"}, ::geteuid(), ::getegid(), DirectoryErrors::fail};
    plan_.ownership.operands = {
        {directory_ / "a/b/c"}, {directory_ / "a/./b"}, {directory_.path()}, {directory_ / "a"}};
    plan_.ownership.owner = {::geteuid(), ::getegid()};
    const Findings findings = preview_plan();
    EXPECT_THAT(findings.problems, ElementsAre(HasSubstr("a/b/c: No such file or directory")));
    ASSERT_EQ(findings.trees.size(), 4U);
    EXPECT_EQ(findings.trees[1].note, "is created first, for the user");
    EXPECT_EQ(findings.trees[2].tree.entries, 2U);
    EXPECT_EQ(findings.trees[3].note, "is created first, for the user");
}

TEST_F(Preview, ListsDirectoriesThatCannotBeCreated) {
    plan_.directories = {{directory_ / "tool"}, ::geteuid(), ::getegid(), DirectoryErrors::fail};
    EXPECT_THAT(preview_plan().problems, ElementsAre(HasSubstr("tool: it exists and is not a directory")));
    plan_.directories.errors = DirectoryErrors::warn;
    EXPECT_THAT(preview_plan().problems, IsEmpty());
    EXPECT_THAT(preview_plan().warnings, ElementsAre(HasSubstr("is not a directory")));
}

TEST_F(Preview, DoesNotSayAnErrorTwice) {
    plan_.errors = {{MessageId::user_unset, "some error"}};
    plan_.path = {};
    EXPECT_THAT(preview_plan().problems, ElementsAre("some error"));
}

TEST_F(Preview, PutsTheProblemsInTheOrderOfTheOptions) {
    plan_.errors = {mistake_in(Option::caps, MessageId::setting_invalid, "the last"),
                    mistake_in(Option::user, MessageId::user_unknown, "the first")};
    plan_.directories = {{directory_ / "tool"}, ::geteuid(), ::getegid(), DirectoryErrors::fail};
    plan_.ownership.operands = {{directory_ / "none"}, {directory_ / "none"}};
    const auto problems =
        ElementsAre("the first", HasSubstr("tool: it exists"), HasSubstr("none: No such file"), "the last");
    EXPECT_THAT(preview_plan().problems, problems);
    plan_.is_user_known = false;
    const Findings findings = preview_plan();
    EXPECT_THAT(findings.problems, problems);
    EXPECT_THAT(findings.trees, IsEmpty()) << "an owner that is not known is not looked for";
}

TEST_F(Preview, LooksWithTheRightsOfTheUser) {
    plan_.credentials = {0, 1500, 1500, std::nullopt};
    kernel_.keeps_root = true;
    const Findings findings = preview_plan();
    ASSERT_EQ(findings.problems.size(), 1U);
    EXPECT_THAT(findings.problems[0], HasSubstr("could become root again"));
    EXPECT_EQ(kernel_.process, root_process());
}

}  // namespace
}  // namespace stepdown::test
