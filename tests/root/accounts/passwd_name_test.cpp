// SPDX-License-Identifier: Apache-2.0
// GOSU_PASSWD_NAME: an entry for a uid that has none.

#include "support/files/etc.h"
#include "support/process/expect.h"
#include "support/process/seen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/mount.h>

#include <memory>

namespace stepdown::test {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string line = "me:x:3000:3001:me:/home/me:/sbin/nologin\n";
const std::string group_line = "me:x:3001:\n";
const std::string arbitrary_line = "me:x:100000:0:me:/home/me:/sbin/nologin\n";

Command as_root(const Etc& etc, Words more = {}) {
    Words words{"-u", "3000:3001", "--home=/home/me", "--passwd-name=me"};
    words.insert(words.end(), more.begin(), more.end());
    return etc.stepdown(and_see(words));
}

// As OpenShift starts an image: any uid, gid 0.
Command as_arbitrary_uid(const Etc& etc, gid_t gid = 0) {
    Command command = etc.stepdown(and_see({}));
    return command.with({"GOSU_PASSWD_NAME=me", "GOSU_HOME=/home/me"}).after(ids(100000, gid));
}

void make_group_writable(const Etc& etc) { ASSERT_EQ(::chmod((etc / "passwd").c_str(), 0664), 0); }

TEST(PasswdName, AddsAUserAndItsGroup) {
    const Etc etc;
    const Outcome outcome = run(as_root(etc));
    const Seen after = seen(outcome);
    EXPECT_EQ(after.ids(), "3000:3001");
    EXPECT_EQ(after.variable("HOME"), "/home/me");
    EXPECT_EQ(after.variable("USER"), "me");
    EXPECT_EQ(after.variable("LOGNAME"), "me");
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(etc.passwd(), test_passwd + line);
    EXPECT_EQ(etc.group(), test_group + group_line);
    const Etc::Snapshot before = etc.snapshot();
    EXPECT_EQ(seen(run(as_root(etc))).variable("USER"), "me");
    EXPECT_EQ(etc.snapshot(), before);
}

TEST(PasswdName, EndsLinesAsTheFileDoes) {
    const Etc etc("root:x:0:0::/root:/bin/sh\r\nlast:x:7:7::/:/bin/sh", "root:x:0:");
    seen(run(as_root(etc)));
    EXPECT_EQ(etc.passwd(), "root:x:0:0::/root:/bin/sh\r\nlast:x:7:7::/:/bin/sh\r\n" + with(line, "\n", "\r\n"));
    EXPECT_EQ(etc.group(), "root:x:0:\n" + group_line);
}

TEST(PasswdName, MakesTheFilesWhereThereAreNone) {
    const Etc etc;
    ASSERT_EQ(::unlink((etc / "passwd").c_str()), 0);
    ASSERT_EQ(::unlink((etc / "group").c_str()), 0);
    EXPECT_EQ(run(as_root(etc)).err, "");
    EXPECT_EQ(etc.passwd(), line);
    EXPECT_EQ(etc.group(), group_line);
    EXPECT_EQ(status(etc / "passwd")->st_mode & 07777U, 0644U);
    EXPECT_EQ(owner(etc / "passwd"), Owner({0, 0}));
}

TEST(PasswdName, WorksForAnArbitraryUidThatMayWriteTheFile) {
    const Etc etc;
    make_group_writable(etc);
    const auto before = status(etc / "passwd");
    const Outcome outcome = run(as_arbitrary_uid(etc));
    const Seen after = seen(outcome);
    EXPECT_EQ(after.uid(), "100000");
    EXPECT_EQ(after.variable("USER"), "me");
    EXPECT_EQ(outcome.err, "");
    EXPECT_EQ(etc.passwd(), test_passwd + arbitrary_line);
    EXPECT_EQ(status(etc / "passwd")->st_ino, before->st_ino);
    const Etc::Snapshot snapshot = etc.snapshot();
    EXPECT_EQ(run(as_arbitrary_uid(etc)).err, "");
    EXPECT_EQ(etc.snapshot(), snapshot);
}

TEST(PasswdName, IsAWarningWhereTheFileCannotBeWritten) {
    const Etc etc;
    const Etc::Snapshot before = etc.snapshot();
    const Outcome outcome = run(as_arbitrary_uid(etc));
    const Seen after = seen(outcome);
    EXPECT_EQ(after.variable("USER"), "(unset)") << "there is no entry";
    EXPECT_EQ(after.variable("HOME"), "/home/me");
    EXPECT_THAT(
        messages(outcome),
        ElementsAre("stepdown: warning: cannot add user me with the ids 100000:0 in /etc/passwd: Permission denied. "
                    "Add to the Dockerfile: RUN chgrp 0 /etc/passwd && chmod g+w /etc/passwd"));
    const Outcome in_no_group_of_roots = run(as_arbitrary_uid(etc, 100000));
    EXPECT_THAT(in_no_group_of_roots.err, HasSubstr("chmod g+w /etc/passwd, and start the container with gid 0\n"));
    EXPECT_EQ(run(as_root(etc).after(read_only("/etc"))).exit_code, 0);
    expect_refused(run(as_arbitrary_uid(etc).with({"GOSU_STRICT=1"})), {"/etc/passwd: Permission denied"});
    expect_refused(run(as_root(etc, {"--strict"}).after(read_only("/etc"))), {"Read-only file system"});
    EXPECT_EQ(etc.snapshot(), before);
}

TEST(PasswdName, IsAppendedToAMountedFile) {
    const Etc etc;
    const TemporaryDirectory host;
    write_file(host / "passwd", test_passwd);
    const auto before = status(host / "passwd");
    EXPECT_EQ(run(as_root(etc).after(bind_mount(host / "passwd", "/etc/passwd"))).err, "");
    EXPECT_EQ(read_file(host / "passwd"), test_passwd + line);
    EXPECT_EQ(status(host / "passwd")->st_ino, before->st_ino);
    EXPECT_FALSE(status(etc / ".passwd.stepdown"));
}

TEST(PasswdName, WarnsOfANameThatIsTakenAndAddsNone) {
    const Etc etc;
    const Etc::Snapshot before = etc.snapshot();
    const Words words{"-u", "3000:3001", "--passwd-name=games"};
    const Outcome outcome = run(etc.stepdown(and_see(words)));
    EXPECT_EQ(seen(outcome).ids(), "3000:3001");
    EXPECT_THAT(messages(outcome),
                ElementsAre(HasSubstr("uid 5 has the name games already (--passwd-name=games). Write "
                                      "another one, such as games2")));
    Words strict = words;
    strict.emplace_back("--strict");
    expect_refused(run(etc.stepdown(and_see(strict))), {"--passwd-name=games", "uid 5", "games2"});
    expect_refused(run(etc.stepdown(and_see({"-u", "3000:3001", "--passwd-name=a:b"}))), {"--passwd-name=a:b"});
    EXPECT_EQ(etc.snapshot(), before);
}

// An /etc of one page for each file and none to spare.
Step full_disk() {
    return [] {
        if (::mount("tmpfs", "/etc", "tmpfs", 0, "mode=0755,size=8k") != 0) give_up("mount");
        const std::string comment = "#" + std::string(4096 - std::string(test_passwd).size() - 2, 'x') + "\n";
        file("/etc/passwd", test_passwd + comment, 0664)();
        file("/etc/group", test_group)();
    };
}

TEST(PasswdName, IsAWarningOnAFullDiskAndLeavesTheFileWhole) {
    const Words cat{"--passwd-name=me", "/bin/cat", "/etc/passwd"};
    Words words{"-u", "3000:60"};
    words.insert(words.end(), cat.begin(), cat.end());
    for (Command command : {stepdown(words).after(full_disk()), stepdown(cat).after(full_disk()).after(ids(7000, 0))}) {
        const Outcome outcome = run(command);
        EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
        EXPECT_THAT(messages(outcome), ElementsAre(HasSubstr("No space left on device")));
        EXPECT_EQ(outcome.out.size(), 4096U);
        EXPECT_EQ(outcome.out.substr(0, std::string(test_passwd).size()), test_passwd);
    }
}

void start_sixteen(const Command& command) {
    std::vector<std::unique_ptr<Process>> starts;
    for (int i = 0; i < 16; ++i) starts.push_back(std::make_unique<Process>(command));
    for (const auto& start : starts) {
        const Outcome outcome = start->wait();
        EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
        EXPECT_EQ(outcome.err, "");
    }
}

TEST(PasswdName, IsAddedOnceBySixteenStartsAtOnce) {
    for (int round = 0; round < 5; ++round) {
        const Etc etc;
        start_sixteen(as_root(etc));
        EXPECT_EQ(etc.passwd(), test_passwd + line);
        EXPECT_EQ(etc.group(), test_group + group_line);
        const Etc writable;
        make_group_writable(writable);
        start_sixteen(as_arbitrary_uid(writable));
        EXPECT_EQ(writable.passwd(), test_passwd + arbitrary_line);
    }
}

TEST(PasswdName, IsShownByADryRunThatChangesNothing) {
    const Etc etc;
    const Etc::Snapshot before = etc.snapshot();
    const Words words{"-u", "3000:3001", "--passwd-name=me", "--dry-run"};
    const Outcome outcome = run(etc.stepdown(words));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("account   add group me with the gid 3001 in /etc/group\n"
                                       "account   add user me with the ids 3000:3001 in /etc/passwd\n"
                                       "USER      me\n"));
    const Outcome refused = run(etc.stepdown(words).after(read_only("/etc")));
    EXPECT_EQ(refused.exit_code, 0);
    EXPECT_THAT(refused.out,
                HasSubstr("warning   cannot add user me with the ids 3000:3001 in /etc/passwd: Read-only"));
    EXPECT_THAT(refused.out, testing::Not(HasSubstr("USER ")));
    EXPECT_EQ(etc.snapshot(), before);
}

}  // namespace
}  // namespace stepdown::test
