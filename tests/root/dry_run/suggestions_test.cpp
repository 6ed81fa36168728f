// SPDX-License-Identifier: Apache-2.0
// What the dry run advises where the first thought would give too much away, or not help.
#include "support/files/permission_failure.h"
#include "support/process/expect.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

using Suggestion = PermissionFailure;

TEST_F(Suggestion, OfAnArbitraryUidIsNoneOfRootsWhereCapabilitiesAreSet) {
    const std::string data = directory("data");
    for (const char* variable : {"GOSU_CAPS=", "GOSU_CAPS=none"}) {
        Command command = dry({"--home", at("new"), "ls", data}).after(bind_mount(data, data));
        const std::string page = page_of(command.after(ids(1500, 1500)).with({variable}));
        EXPECT_THAT(page,
                    HasSubstr("argument " + data + ": 0:0 0755, uid 1500 cannot write. Give it to uid 1500 or one of"));
        EXPECT_THAT(page, HasSubstr("it does not exist. Give --home /tmp\n"));
    }
}

TEST_F(Suggestion, OfAMissingHomeMakesItOrNamesAnother) {
    const std::string home = at("new");
    EXPECT_THAT(page_of(dry({"-u", "app", "--home", home, "true"})),
                HasSubstr("HOME " + home + ": it does not exist. Set GOSU_MKDIR=" + home + ", or give --home /tmp\n"));
    for (const Words& remedy : {Words{"--home", home, "-m", home}, Words{"--home", "/tmp"}}) {
        Words words{"-u", "app", "true"};
        words.insert(words.begin(), remedy.begin(), remedy.end());
        EXPECT_THAT(page_of(dry(words)), Not(HasSubstr("HOME /")));
    }
    EXPECT_THAT(page_of(dry({"-u", "5000:5000", "--home", "/", "true"}).after(working_directory("/"))),
                HasSubstr("HOME /: 0:0 0755, uid 5000 cannot write. Give --home /tmp\n"));
}

// www-data's home belongs to root, and nothing writes to it.
TEST_F(Suggestion, OfAHomeIsGivenWhereSomethingIsLikelyToWriteThere) {
    const std::string home = directory("home");
    const std::string denied = home + ": 0:0 0755, uid 1500 cannot write. Set GOSU_CHOWN=" + home + "\n";
    EXPECT_THAT(page_of(dry({"-u", "app", "--home", home, "true"})), Not(HasSubstr("HOME /")));
    EXPECT_THAT(page_of(dry({"-u", "app", "--home", home, "true"}).after(bind_mount(home, home))),
                HasSubstr("HOME " + denied));
    EXPECT_THAT(page_of(dry({"-u", "app", "--home", home, "ls", home})), HasSubstr("argument " + denied));
    EXPECT_THAT(page_of(dry({"-u", "app", "--home", home, "true"}).after(working_directory(home))),
                HasSubstr("HOME " + denied));
}

TEST_F(Suggestion, OfAMountIsGivenWhereSomethingLeadsThere) {
    const std::string data = directory("data");
    const auto mounted = [&](Words words) { return dry(std::move(words)).after(bind_mount(data, data)); };
    EXPECT_THAT(page_of(mounted({"-u", "app", "true"})), Not(HasSubstr(data + ": 0:0")));
    EXPECT_THAT(page_of(mounted({"-u", "app", "ls", data})), HasSubstr("argument " + data + ": 0:0 0755"));
}

// The kernel finds env(1), and env(1) nothing.
TEST_F(Suggestion, OfAScriptNamesTheInterpreterThatEnvDoesNotFind) {
    const std::string lost = script("lost", 0755, "#!/usr/bin/env no-such-shell");
    EXPECT_THAT(
        page_of(dry({"-u", "app", lost}), 125),
        ContainsRegex("problem +cannot run no-such-shell: .*The #! line of " + lost + " has env\\(1\\) look for it"));
    const std::string chain = script("chain", 0755, "#!" + lost);
    EXPECT_THAT(page_of(dry({"-u", "app", chain}), 125),
                HasSubstr("The #! line of " + lost + " has env(1) look for it"));
    // What is owned before changes nothing about it.
    const Words owns{"-u", "app", "-c", directory("data"), lost};
    EXPECT_THAT(page_of(dry(owns), 125), HasSubstr("The #! line of " + lost + " has env(1) look for it"));
    for (const char* line :
         {"#!/usr/bin/env sh", "#!/usr/bin/env sh ", "#!/usr/bin/env -S sh -e", "#!/usr/bin/env A=b"}) {
        EXPECT_THAT(page_of(dry({"-u", "app", script("found", 0755, line)})), Not(HasSubstr("problem"))) << line;
        ASSERT_EQ(::unlink(at("found").c_str()), 0);
    }
}

// An interpreter reads the script as the user; a program is read by the kernel.
TEST_F(Suggestion, OfAScriptAsksForTheRightToReadIt) {
    const std::string closed = script("closed", 0700);
    const Words start{"-u", "app", closed};
    const std::string advice = "Run chmod a+rx " + closed;
    EXPECT_THAT(page_of(dry(start), 125), HasSubstr("0:0 0700, uid 1500 cannot execute. " + advice + "\n"));
    expect_failed(run(stepdown(start)), 126, {advice});
    // Only root could tell the script from a program, and root reads no file of the command's.
    ASSERT_EQ(::chmod(closed.c_str(), 0711), 0);
    const std::string doubt = "warning   cannot tell whether " + closed +
                              " is a script, which its interpreter has to read: " + closed +
                              ": 0:0 0711, uid 1500 cannot read. Run chmod a+r " + closed + "\n";
    EXPECT_THAT(page_of(dry(start)), HasSubstr(doubt));
    EXPECT_THAT(page_of(dry({"-u", "app", script("outer", 0755, "#!" + closed)})), HasSubstr(doubt));
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", closed, closed})),
                AllOf(HasSubstr("command   " + closed),
                      HasSubstr("warning   cannot tell whether the kernel takes " + closed + " for a program: ")));
    ASSERT_EQ(::chmod(closed.c_str(), 0755), 0);
    EXPECT_THAT(page_of(dry(start)), Not(HasSubstr("cannot tell")));
    EXPECT_EQ(run(stepdown(start)).exit_code, 0);
}

// Readable today, and not after the change of the owner.
TEST_F(Suggestion, OfAScriptKnowsThatItsNewOwnerCannotReadIt) {
    const std::string odd = script("odd", 0355);
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", odd, odd}), 125),
                HasSubstr("problem   cannot run " + odd + ": Permission denied. "));
}

TEST_F(Suggestion, OfAProgramAsksForNoRightToReadIt) {
    write_file(at("program"), read_file("/bin/true"), 0711);
    EXPECT_THAT(page_of(dry({"-u", "app", at("program")})), Not(HasSubstr("problem")));
    EXPECT_EQ(run(stepdown({"-u", "app", at("program")})).exit_code, 0);
}

TEST_F(Suggestion, OfACommandNamesTheGroupThatMayRunIt) {
    const std::string bin = directory("bin", 0750);
    const std::string tool = script("bin/tool");
    give(bin, {0, 4000});
    EXPECT_THAT(page_of(dry({"-u", "app", tool}), 125),
                HasSubstr(bin + ": 0:4000 0750, uid 1500 cannot enter. Run chmod a+x " + bin +
                          ", or set GOSU_GROUPS=@" + bin + "\n"));
    EXPECT_EQ(run(stepdown({"-u", "app", "-g", "@" + bin, tool})).exit_code, 0);
    give(bin, {0, 0});
    EXPECT_THAT(page_of(dry({"-u", "app", tool}), 125), Not(HasSubstr("GOSU_GROUPS")));
}

TEST_F(Suggestion, OfAStreamsNameIsNoneOfTheDirectoriesBehindIt) {
    make_link("/dev/stdout", at("access.log"));
    EXPECT_THAT(page_of(dry({"-u", "app", "true", "/dev/stdout", "--log=/dev/stderr", "/dev/fd/1", at("access.log")})),
                Not(HasSubstr("access    argument")));
}

TEST_F(Suggestion, OfADirectoryThatManyShareGivesItToNobody) {
    const std::string var = directory("var");
    for (const char* name : {"lib", "log", "own"}) directory("var/" + std::string(name));
    const auto shared = [&](Words words) { return dry(std::move(words)).after(bind_mount(var, "/var")); };
    const Words file{"-u", "app", "true", "--file=/var/lib/app.db"};
    const std::string told = "/var/lib/app.db: it does not exist, and /var/lib: 0:0 0755, uid 1500 cannot write";
    EXPECT_THAT(page_of(shared(file)), HasSubstr(told + "\n"));
    EXPECT_THAT(page_of(shared(file).after(bind_mount(at("var/own"), "/var/lib"))),
                HasSubstr(told + ". Set GOSU_CHOWN=/var/lib\n"));
    ASSERT_EQ(::chmod(at("var/lib").c_str(), 0700), 0);
    directory("var/lib/app");
    EXPECT_THAT(page_of(shared({"-u", "app", "ls", "/var/lib/app"})),
                HasSubstr("0:0 0700, uid 1500 cannot enter. Run chmod a+x /var/lib\n"));
    EXPECT_THAT(page_of(shared({"true", "/var/log/file"}).after(ids(1500, 1500))), HasSubstr("cannot write\n"));
}

TEST_F(Suggestion, OfTheUsersOwnDirectoryNamesAllThatItsModeLacks) {
    const std::string closed = directory("closed", 0);
    give(closed, app);
    EXPECT_THAT(page_of(dry({"-u", "app", "ls", closed})),
                HasSubstr("1500:1500 0000, uid 1500 cannot enter. Run chmod u+rwx " + closed + "\n"));
    ASSERT_EQ(::chmod(closed.c_str(), 0700), 0);
    EXPECT_THAT(page_of(dry({"-u", "app", "ls", closed})), Not(HasSubstr("cannot")));
}

TEST_F(Suggestion, OfADirectoryThatAGroupMayUseNamesTheGroup) {
    const std::string share = directory("share", 0770);
    const std::string inner = directory("share/inner", 0777);
    give(share, {0, 4000});
    const Words list{"-u", "app", "ls", share};
    const Words list_inner{"-u", "app", "ls", inner};
    const std::string advice = "Set GOSU_GROUPS=@" + share + ", or GOSU_CHOWN=" + share + "\n";
    for (const mode_t mode : {mode_t{0770}, mode_t{02775}, mode_t{0730}}) {
        ASSERT_EQ(::chmod(share.c_str(), mode), 0);
        EXPECT_EQ(page_of(dry(list)).find(advice) != std::string::npos, mode != 0730) << mode;
    }
    EXPECT_THAT(page_of(dry(list_inner)), HasSubstr("cannot enter. " + advice));
    ASSERT_EQ(::chmod(share.c_str(), 0770), 0);
    EXPECT_THAT(page_of(dry({"-u", "app", "-g", "@" + share, "ls", share, inner})), Not(HasSubstr("cannot")));
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", directory("other"), "ls", inner})),
                HasSubstr("Set GOSU_GROUPS=@" + share + ", or add --chown " + share + "\n"));
    EXPECT_THAT(page_of(dry({"ls", inner}).after(ids(1500, 1500))),
                HasSubstr("cannot enter. Start the container with the additional group 4000\n"));
    give(share, {0, 0});
    EXPECT_THAT(page_of(dry(list)), HasSubstr("Set GOSU_CHOWN=" + share + "\n"));
}

TEST_F(Suggestion, OfRootsFileInTheUsersDirectoryIsThatOfWriting) {
    const std::string logs = directory("logs");
    const std::string log = logs + "/a.log";
    write_file(log, "");
    const Words write{"-u", "app", "tee", log};
    const std::string told = "argument " + log + ": 0:0 0644, uid 1500 cannot write. Set GOSU_CHOWN=" + log + "\n";
    EXPECT_THAT(page_of(dry(write)), Not(HasSubstr("argument"))) << "the directory is root's, too";
    give(logs, app);
    EXPECT_THAT(page_of(dry(write)), HasSubstr(told));
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", log, "tee", log})), Not(HasSubstr("argument")));
    EXPECT_THAT(page_of(dry(write).after(bind_mount(log, log))), Not(HasSubstr("cannot write"))) << "meant so";
    EXPECT_THAT(page_of(dry({"-u", "app", "sh", script("logs/run")})), Not(HasSubstr("argument"))) << "a program";
    ASSERT_EQ(::chmod(logs.c_str(), 01777), 0);
    EXPECT_THAT(page_of(dry(write)), Not(HasSubstr("argument"))) << "as in /tmp";
}

TEST_F(Suggestion, OfARightThatAReadOnlyMountWithholdsChangesNothingThere) {
    const std::string config = directory("config");
    const std::string key = config + "/key";
    write_file(key, "", 0600);
    const Command reads = dry({"-u", "app", "cat", key}).after(bind_mount(config, config)).after(read_only(config));
    EXPECT_THAT(page_of(reads), HasSubstr(key + ": 0:0 0600, uid 1500 cannot read. Give it to uid 1500 or one of its "
                                                "groups where it is mounted from, because it is mounted read-only"));
    ASSERT_EQ(::chmod(key.c_str(), 0640), 0);
    give(key, {0, 4100});
    EXPECT_THAT(page_of(reads), HasSubstr("cannot read. Set GOSU_GROUPS=@" + key + "\n"));
}

TEST_F(Suggestion, OfAReadOnlyRootFileSystemLeavesItReadOnly) {
    const std::string home = directory("home");
    give(home, app);
    const auto start = [](const std::string& path) {
        return dry({"-u", "app", "--home", path, "true"}).after(private_mounts()).after(read_only("/"));
    };
    EXPECT_THAT(page_of(start(home).after(working_directory(home))),
                HasSubstr("/ is mounted read-only. Mount a tmpfs or a volume on " + home + "\n"));
    EXPECT_THAT(page_of(start(at("none"))), HasSubstr("HOME " + at("none") + ": it does not exist\n"));
}

TEST_F(Suggestion, OfAVolumeOfSomebodyElsesIsToRunAsItsOwner) {
    const std::string checkout = directory("checkout");
    give(checkout, {1700, 1700});
    const auto mounted = [&](Words words) { return dry(std::move(words)).after(bind_mount(checkout, checkout)); };
    const std::string told = "argument " + checkout + ": 1700:1700 0755, uid ";
    const std::string last = " to run as its owner, or GOSU_CHOWN=" + checkout + " to take it from them\n";
    const std::string given_last = " to run as its owner, or set GOSU_CHOWN=" + checkout + " to take it from them\n";
    EXPECT_THAT(page_of(mounted({"-u", "app", "ls", checkout})),
                HasSubstr(told + "1500 cannot write. Set GOSU_UID=@" + checkout + " and GOSU_GID=@" + checkout + last));
    EXPECT_THAT(page_of(mounted({"-u", "5000:5000", "ls", checkout})),
                HasSubstr(told + "5000 cannot write. Give --user @" + checkout + given_last));
    EXPECT_EQ(run(stepdown({"-u", "@" + checkout, "touch", checkout + "/new"})).exit_code, 0);
}

TEST_F(Suggestion, OfAVolumeInsideUsrOwnsIt) {
    const std::string volume = "/usr/local/share";
    const std::string source = directory("volume");
    const auto mounted = [&](Words words) { return dry(std::move(words)).after(bind_mount(source, volume)); };
    EXPECT_THAT(page_of(mounted({"-u", "app", "ls", volume})),
                HasSubstr("argument " + volume + ": 0:0 0755, uid 1500 cannot write. Set GOSU_CHOWN=" + volume + "\n"));
    EXPECT_THAT(page_of(mounted({"-u", "app", "-c", volume, "ls", volume})), Not(HasSubstr(volume + ": 0:0")));
    EXPECT_THAT(page_of(dry({"-u", "app", "ls", volume})), Not(HasSubstr("cannot write")));
}

TEST_F(Suggestion, OfAFurtherGroupKeepsThoseThatAreSet) {
    for (const gid_t gid : {4100U, 4200U}) give(directory(std::to_string(gid), 0770), {0, gid});
    const std::string first = "@" + at("4100");
    EXPECT_THAT(page_of(dry({"-u", "app", "ls", at("4100")})), HasSubstr("cannot enter. Set GOSU_GROUPS=" + first));
    EXPECT_THAT(page_of(dry({"-u", "app", "-g", first, "ls", at("4200")})),
                HasSubstr("cannot enter. Add --groups @" + at("4200")));
}

TEST_F(Suggestion, OfAPathWithABlankIsOneWordForAShell) {
    const std::string data = directory("my data");
    EXPECT_THAT(page_of(dry({"-u", "app", "ls", data}).after(bind_mount(data, data))),
                HasSubstr("cannot write. Set GOSU_CHOWN='\"" + data + "\"'\n"));
    const Command start = stepdown({"touch", data + "/new"}).with({"GOSU_USER=app", "GOSU_CHOWN=\"" + data + "\""});
    EXPECT_EQ(run(start).exit_code, 0);
}

TEST_F(Suggestion, OfAPathWithMissingParentsIsAboutTheLastThatExists) {
    const std::string data = directory("data");
    EXPECT_THAT(page_of(dry({"-u", "app", "mkdir", "-p", data + "/a/b"})),
                HasSubstr("argument " + data + "/a/b: it does not exist, and " + data +
                          ": 0:0 0755, uid 1500 cannot write. Set GOSU_CHOWN=" + data));
    for (const char* end : {"", "/", "/c"}) {
        EXPECT_THAT(page_of(dry({"-u", "app", "-m", data + "/a/b", "touch", data + "/a/b" + end})),
                    Not(HasSubstr("access    argument")))
            << end;
    }
}

TEST_F(Suggestion, OfAnOwnerThatIsNotMappedIsToGrantItOutside) {
    const Step small = user_namespace(Setgroups::allowed, 500);
    STEPDOWN_SKIP_IF(setup_error_of({small}));
    const std::string file = at("file");
    write_file(file, "", 0600);
    give(file, app);
    EXPECT_THAT(
        page_of(dry({"-u", "400:400", "cat", file}).after(small)),
        HasSubstr(
            "uid 400 cannot read. Grant that outside: its owner or group is not mapped in this user namespace\n"));
    EXPECT_THAT(page_of(dry({"-u", "400:400", "-c", file, "cat", file}).after(small), 125),
                HasSubstr("not permitted. Its owner or group is not mapped in this user namespace"));
    // Its owner may give it another of its own groups.
    give(file, {0, 1500});
    EXPECT_THAT(page_of(dry({"-u", "root", "-c", file, "true"}).after(small)),
                HasSubstr("1 of 1 entries would change"));
    EXPECT_EQ(run(stepdown({"-u", "root", "-c", file, "true"}).after(small)).exit_code, 0);
}

TEST_F(Suggestion, OfAFileOfTheSystemsOpensItOrOwnsTheMount) {
    const std::string key = at("key");
    write_file(key, "", 0600);
    const Words read{"-u", "app", "cat", "/etc/key"};
    const std::string lacking = "/etc/key: 0:0 0600, uid 1500 cannot read. ";
    const std::string told = lacking + "Run chmod a+r /etc/key";
    const Step made = file("/etc/key", "", 0600);
    EXPECT_THAT(page_of(dry(read).after(made)), HasSubstr("argument " + lacking + "Give the user a copy of its own\n"));
    const auto mounted = [&](Words words) { return dry(words).after(made).after(bind_mount(key, "/etc/key")); };
    EXPECT_THAT(page_of(mounted(read)), HasSubstr("argument " + told + ", or set GOSU_CHOWN=/etc/key\n"));
    EXPECT_THAT(page_of(mounted({"-u", "app", "-c", "/etc/key", "cat", "/etc/key"})), Not(HasSubstr("cannot read")));
    const Words owns{"-u", "app", "-c", "/etc/key", "cat", "/etc/key"};
    EXPECT_EQ(run(stepdown(owns).after(made).after(bind_mount(key, "/etc/key"))).exit_code, 0);
    give(key, {0, 0});
    ASSERT_EQ(::chmod(key.c_str(), 0644), 0);
    EXPECT_THAT(page_of(mounted(read)), Not(HasSubstr("cannot read")));
}

}  // namespace
}  // namespace stepdown::test
