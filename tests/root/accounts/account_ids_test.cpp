// SPDX-License-Identifier: Apache-2.0
// GOSU_UID and GOSU_GID: an account gets the ids that the host has.

#include "support/files/etc.h"
#include "support/process/expect.h"
#include "support/process/seen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string passwd_after = with(test_passwd, "app:x:1500:1500:", "app:x:2000:2001:");
const std::string group_after = with(test_group, "app:x:1500:", "app:x:2001:");

const Words new_ids{"-u", "app", "--uid=2000", "--gid=2001"};

Command start(const Etc& etc, Words words = new_ids) { return etc.stepdown(and_see(std::move(words))); }

TEST(AccountIds, AreGivenToTheAccountAndTheCommand) {
    const Etc etc;
    const Outcome outcome = run(start(etc));
    const Seen after = seen(outcome);
    EXPECT_EQ(after.ids(), "2000:2001 29 44");
    EXPECT_EQ(after.variable("HOME"), "/srv/app");
    EXPECT_EQ(after.variable("USER"), "app");
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(etc.passwd(), passwd_after);
    EXPECT_EQ(etc.group(), group_after);
}

TEST(AccountIds, ComeFromTheVariablesToo) {
    const Etc etc;
    Command command = start(etc, {}).with({"GOSU_USER=app", "GOSU_UID=2000", "GOSU_GID=2001"});
    EXPECT_EQ(seen(run(command)).ids(), "2000:2001 29 44");
    EXPECT_EQ(etc.passwd(), passwd_after);
}

TEST(AccountIds, KeepModeAndOwnerOfTheFiles) {
    const Etc etc;
    give(etc / "passwd", {7, 8});
    ASSERT_EQ(::chmod((etc / "group").c_str(), 0604), 0);
    seen(run(start(etc)));
    EXPECT_EQ(etc.passwd(), passwd_after);
    EXPECT_EQ(owner(etc / "passwd"), Owner({7, 8}));
    EXPECT_EQ(status(etc / "group")->st_mode & 07777U, 0604U);
}

TEST(AccountIds, ChangeNothingAtTheNextStart) {
    const Etc etc;
    seen(run(start(etc)));
    const Etc::Snapshot before = etc.snapshot();
    EXPECT_EQ(seen(run(start(etc))).ids(), "2000:2001 29 44");
    EXPECT_EQ(etc.snapshot(), before);
}

TEST(AccountIds, ThatAreRightAlreadyMakeNoFile) {
    const Etc etc;
    const Etc::Snapshot before = etc.snapshot();
    seen(run(start(etc, {"-u", "app", "--uid=1500", "--gid=1500"})));
    EXPECT_EQ(etc.snapshot(), before);
}

// The account comes first, so that the tree is the new uid's.
TEST(AccountIds, OwnTheTrees) {
    const Etc etc;
    const TemporaryDirectory tree;
    seen(run(start(etc, {"-u", "app", "--uid=2000", "--gid=2001", "-c", tree.path()})));
    EXPECT_EQ(owner(tree.path()), Owner({2000, 2001}));
}

TEST(AccountIds, OfAPathAreItsOwners) {
    const Etc etc;
    const TemporaryDirectory workspace;
    give(workspace.path(), {2000, 2001});
    const std::string path = "@" + workspace.path();
    EXPECT_EQ(seen(run(start(etc, {"-u", "app", "--uid", path, "--gid", path}))).ids(), "2000:2001 29 44");
    EXPECT_EQ(etc.passwd(), passwd_after);
}

TEST(AccountIds, OfAPathOfRootsStayWithOneWarning) {
    const Etc etc;
    const TemporaryDirectory workspace;
    const std::string path = "@" + workspace.path();
    const Etc::Snapshot before = etc.snapshot();
    const Outcome outcome = run(start(etc, {"-u", "app", "--uid", path, "--gid", path}));
    EXPECT_EQ(seen(outcome).ids(), "1500:1500 29 44");
    EXPECT_THAT(messages(outcome), ElementsAre(HasSubstr("user app keeps its uid 1500 and gid 1500: root owns")));
    EXPECT_EQ(etc.snapshot(), before);
    expect_refused(run(start(etc, {"-u", "app", "--uid", path, "--strict"})), {"user app keeps its uid 1500"});
}

TEST(AccountIds, AreGivenToTheCommandWhereTheFilesAreReadOnly) {
    const Etc etc;
    const Etc::Snapshot before = etc.snapshot();
    const Outcome outcome = run(start(etc).after(read_only("/etc")));
    EXPECT_EQ(seen(outcome).ids(), "2000:2001 29 44");
    EXPECT_THAT(
        messages(outcome),
        ElementsAre("stepdown: warning: cannot give group app the gid 2001 in /etc/group: Read-only file system",
                    "stepdown: warning: cannot give user app the ids 2000:2001 in /etc/passwd: Read-only file "
                    "system"));
    Words strict = new_ids;
    strict.emplace_back("--strict");
    expect_refused(run(start(etc, strict).after(read_only("/etc"))), {"/etc/group: Read-only file system"});
    EXPECT_EQ(etc.snapshot(), before);
}

TEST(AccountIds, ChangeNeitherFileUnderStrictWhereOneIsMounted) {
    const Etc etc;
    const Etc::Snapshot before = etc.snapshot();
    const TemporaryDirectory host;
    write_file(host / "passwd", test_passwd);
    Words strict = new_ids;
    strict.emplace_back("--strict");
    expect_refused(run(start(etc, strict).after(bind_mount(host / "passwd", "/etc/passwd"))),
                   {"in /etc/passwd: the file is mounted from outside"});
    EXPECT_EQ(etc.snapshot(), before);
}

// As Docker binds single files: the file is the host's.
TEST(AccountIds, LeaveAMountedFileToTheHost) {
    const Etc etc;
    const TemporaryDirectory host;
    write_file(host / "passwd", test_passwd);
    const auto before = status(host / "passwd");
    const Outcome outcome = run(start(etc).after(bind_mount(host / "passwd", "/etc/passwd")));
    EXPECT_EQ(seen(outcome).ids(), "2000:2001 29 44");
    EXPECT_THAT(messages(outcome), ElementsAre(HasSubstr("in /etc/passwd: the file is mounted from outside")));
    EXPECT_EQ(read_file(host / "passwd"), test_passwd);
    EXPECT_EQ(status(host / "passwd")->st_mtim.tv_nsec, before->st_mtim.tv_nsec);
    EXPECT_EQ(etc.group(), group_after);
    EXPECT_FALSE(status(etc / ".passwd.stepdown"));
}

TEST(AccountIds, FollowNoLinkThatOthersControl) {
    const Etc etc;
    const TemporaryDirectory elsewhere;
    write_file(elsewhere / "passwd", test_passwd);
    ASSERT_EQ(::unlink((etc / "passwd").c_str()), 0);
    make_link(elsewhere / "passwd", etc / "passwd");
    give(etc / "passwd", {1500, 1500});
    const Outcome outcome = run(start(etc));
    EXPECT_EQ(seen(outcome).uid(), "2000");
    EXPECT_THAT(messages(outcome), ElementsAre(HasSubstr("a symbolic link that a user other than root controls")));
    EXPECT_EQ(read_file(elsewhere / "passwd"), test_passwd);
}

TEST(AccountIds, GoWhereALinkOfRootsLeads) {
    const Etc etc;
    make_directory(etc / "real");
    write_file(etc / "real/passwd", test_passwd);
    ASSERT_EQ(::unlink((etc / "passwd").c_str()), 0);
    make_link("real/passwd", etc / "passwd");
    EXPECT_EQ(run(start(etc)).err, "");
    EXPECT_EQ(read_file(etc / "real/passwd"), passwd_after);
    EXPECT_TRUE(S_ISLNK(status(etc / "passwd")->st_mode));
}

TEST(AccountIds, NeedANameAndRefuseTheRest) {
    const Etc etc;
    const Etc::Snapshot before = etc.snapshot();
    expect_refused(run(start(etc, {"-u", "7:8", "--uid=1500"})), {"--uid=1500", "--user 1500:1500"});
    expect_refused(run(start(etc, {"-u", "app", "--uid=0"})), {"--uid=0", "--user root"});
    expect_refused(run(start(etc, {"-u", "root", "--uid=5"})), {"--uid=5", "root"});
    expect_refused(run(start(etc, {"-u", "app", "--gid=-1"})), {"--gid=-1", "0 to 4294967294"});
    expect_refused(run(start(etc, {"-u", "app", "--uid=@/no/such/path"})), {"--uid=@/no/such/path"});
    EXPECT_EQ(etc.snapshot(), before);
}

TEST(AccountIds, WarnWhereAnotherAccountHasThem) {
    const Etc etc;
    const Outcome outcome = run(start(etc, {"-u", "app", "--uid=5"}));
    EXPECT_EQ(seen(outcome).uid(), "5");
    EXPECT_THAT(messages(outcome), ElementsAre(HasSubstr("user games has uid 5, too (--uid=5)")));
    EXPECT_EQ(messages(run(start(etc, {"-u", "app", "--uid=5", "--strict"}))).size(), 1U);
}

TEST(AccountIds, AreSkippedWhereTheProcessIsNotRoot) {
    const Etc etc;
    const Etc::Snapshot before = etc.snapshot();
    Command command = start(etc, {}).with({"GOSU_USER=app", "GOSU_UID=2000"}).after(ids(100000, 0));
    const Outcome outcome = run(command);
    EXPECT_EQ(seen(outcome).uid(), "100000");
    EXPECT_THAT(messages(outcome), ElementsAre(HasSubstr("skipped: GOSU_USER=app, GOSU_UID=2000")));
    EXPECT_EQ(etc.snapshot(), before);
}

TEST(AccountIds, AreKeptWhereAnOptionalPathDoesNotExist) {
    const Etc etc;
    const Etc::Snapshot before = etc.snapshot();
    const auto with_variables = [](Command command) {
        return command.with({"GOSU_USER=app", "GOSU_UID=-@/no/such/path", "GOSU_GID=-@/no/such/path"});
    };
    const Outcome outcome = run(with_variables(start(etc, {})));
    EXPECT_EQ(seen(outcome).uid(), "1500");
    EXPECT_THAT(messages(outcome), IsEmpty());
    const Outcome dry = run(with_variables(etc.stepdown({"--dry-run"})));
    EXPECT_EQ(dry.exit_code, 0) << describe(dry);
    for (const char* name : {"UID", "GID"}) {
        EXPECT_THAT(dry.out, HasSubstr(std::string("note      GOSU_") + name +
                                       "=-@/no/such/path: the path does not exist, which is allowed\n"));
    }
    EXPECT_EQ(etc.snapshot(), before);
    const Outcome refused = run(start(etc, {"-u", "app", "--gid=@/no/such/path"}));
    EXPECT_EQ(refused.exit_code, 125);
    EXPECT_THAT(messages(refused), ElementsAre(HasSubstr("If it need not exist, write -@/no/such/path")));
}

TEST(AccountIds, AreShownByADryRunThatChangesNothing) {
    const Etc etc;
    const Etc::Snapshot before = etc.snapshot();
    Words words = new_ids;
    words.emplace_back("--dry-run");
    const Outcome outcome = run(etc.stepdown(words));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("user      2000 (app)\n"));
    EXPECT_THAT(outcome.out, HasSubstr("account   give group app the gid 2001 in /etc/group\n"
                                       "account   give user app the ids 2000:2001 in /etc/passwd\n"));
    EXPECT_THAT(messages(outcome), IsEmpty());
    const Outcome read_only_run = run(etc.stepdown(words).after(read_only("/etc")));
    EXPECT_EQ(read_only_run.exit_code, 0);
    EXPECT_THAT(read_only_run.out, HasSubstr("warning   cannot give user app the ids 2000:2001 in /etc/passwd: Read-"));
    words.emplace_back("--strict");
    const Outcome strict = run(etc.stepdown(words).after(read_only("/etc")));
    EXPECT_EQ(strict.exit_code, 125);
    EXPECT_THAT(strict.out, HasSubstr("problem   cannot give user app the ids 2000:2001 in /etc/passwd: Read-only"));
    EXPECT_EQ(etc.snapshot(), before);
}

const std::string shared_passwd = with(test_passwd, "app:x:1500:1500:", "app:x:1500:100:");
const std::string shared_group = std::string(test_group) + "users:x:100:\n";

// Files of the shared group stay within reach, at the next starts, too.
TEST(AccountIds, LeaveASharedGroupItsGidAndTheAccountInIt) {
    const Etc etc(shared_passwd, with(shared_group, "app:x:1500:\n", ""));
    const Outcome outcome = run(start(etc));
    EXPECT_EQ(seen(outcome).ids(), "2000:2001 29 44 100");
    EXPECT_EQ(outcome.err, "");
    EXPECT_THAT(etc.group(), HasSubstr("users:x:100:app\n"));
    EXPECT_THAT(etc.group(), HasSubstr("app:x:2001:\n"));
    EXPECT_THAT(etc.passwd(), HasSubstr("app:x:2000:2001:"));
    const Etc::Snapshot before = etc.snapshot();
    EXPECT_EQ(seen(run(start(etc))).ids(), "2000:2001 29 44 100");
    EXPECT_EQ(etc.snapshot(), before);
}

// Or the next start would not know the group that the account is to stay in.
TEST(AccountIds, KeepTheAccountsLineWhereItsGroupCannotBeKept) {
    const Etc etc(shared_passwd, shared_group);
    const TemporaryDirectory host;
    write_file(host / "group", shared_group);
    for (int i = 0; i < 2; ++i) {
        const Outcome outcome = run(start(etc).after(bind_mount(host / "group", "/etc/group")));
        EXPECT_EQ(seen(outcome).ids(), "2000:2001 29 44 100");
        EXPECT_THAT(
            messages(outcome),
            testing::Contains(HasSubstr("cannot add user app to group users in /etc/group: the file is mounted")));
        EXPECT_EQ(etc.passwd(), shared_passwd);
        EXPECT_EQ(read_file(host / "group"), shared_group);
    }
}

TEST(AccountIds, KeepRootsGroupWithAnInfoLine) {
    const Etc etc(with(test_passwd, "app:x:1500:1500:", "app:x:1500:0:"), test_group);
    const Outcome outcome = run(start(etc, {"-u", "app", "--gid=2001", "--log-level=info"}));
    EXPECT_EQ(seen(outcome).ids(), "1500:2001 0 29 44");
    EXPECT_THAT(outcome.err, HasSubstr("info: user app stays in group 0 (root): the image gave it\n"));
    EXPECT_EQ(seen(run(start(etc, {"-u", "app", "--gid=2001"}))).ids(), "1500:2001 0 29 44");
}

TEST(AccountIds, AreRefusedBesideTheGroupOfASpec) {
    const Etc etc;
    const Etc::Snapshot before = etc.snapshot();
    expect_refused(run(start(etc, {"-u", "app:audio", "--gid=2001"})), {"--gid=2001", "names a group already"});
    EXPECT_EQ(etc.snapshot(), before);
}

TEST(AccountIds, MayNameRootsGroup) {
    const Etc etc;
    const Outcome outcome = run(etc.stepdown(and_see({"-u", "app", "--gid=0"})));
    EXPECT_EQ(seen(outcome).one("Gid"), "0 0 0 0") << describe(outcome);
}

// root is listed in app's own group, and the group's line gets another gid.
TEST(AccountIds, DoNotPassOnAGroupOfRoots) {
    const Etc etc(test_passwd, with(test_group, "app:x:1500:\n", "app:x:1500:root\n"));
    const Outcome outcome = run(start(etc).after(groups({0, 1500})));
    EXPECT_EQ(seen(outcome).ids(), "2000:2001 29 44");
    EXPECT_EQ(outcome.err, "");
}

}  // namespace
}  // namespace stepdown::test
