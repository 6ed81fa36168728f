// SPDX-License-Identifier: Apache-2.0
// The suggestions of the dry run where the first thought would give too much away, or not help. wordings_test.cpp has
// the sentences.
#include "support/files/permission_failure.h"
#include "support/process/dry_run_page.h"
#include "support/process/expect.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Suggestion : public PermissionFailure {
  protected:
    static std::vector<std::string> arguments(const Command& command) { return access_of(command, "argument"); }
    static std::vector<std::string> homes(const Command& command) { return access_of(command, "HOME"); }
    // The facts of an entry whose path is an argument and denies permission itself: "argument /data | write /data".
    static std::string denied(const std::string& permission, const std::string& path) {
        return "argument " + path + " | " + permission + " " + path;
    }
};

TEST_F(Suggestion, OfAnArbitraryUidIsNoneOfRootsWhereCapabilitiesAreSet) {
    const std::string data = directory("data");
    for (const char* variable : {"GOSU_CAPS=", "GOSU_CAPS=none"}) {
        Command command = dry({"--home", at("new"), "ls", data}).after(bind_mount(data, data));
        command.after(ids(1500, 1500)).with({variable});
        EXPECT_THAT(arguments(command), ElementsAre(denied("write", data) + " 0:0 0755 | mount"));
        EXPECT_THAT(homes(command), ElementsAre("HOME " + at("new") + " | setting --home /tmp"));
    }
}

TEST_F(Suggestion, OfAMissingHomeMakesItOrNamesAnother) {
    const std::string home = at("new");
    EXPECT_THAT(homes(dry({"-u", "app", "--home", home, "true"})),
                ElementsAre("HOME " + home + " | setting GOSU_MKDIR " + home + " | setting --home /tmp"));
    for (const Words& remedy : {Words{"--home", home, "-m", home}, Words{"--home", "/tmp"}}) {
        Words words{"-u", "app", "true"};
        words.insert(words.begin(), remedy.begin(), remedy.end());
        EXPECT_THAT(homes(dry(words)), IsEmpty());
    }
    EXPECT_THAT(homes(dry({"-u", "5000:5000", "--home", "/", "true"}).after(working_directory("/"))),
                ElementsAre("HOME / | write / 0:0 0755 | setting --home /tmp"));
}

// www-data's home belongs to root, and nothing writes to it.
TEST_F(Suggestion, OfAHomeIsGivenWhereSomethingIsLikelyToWriteThere) {
    const std::string home = directory("home");
    const std::string facts = home + " | write " + home + " 0:0 0755 | setting GOSU_CHOWN " + home;
    const Words start{"-u", "app", "--home", home, "true"};
    EXPECT_THAT(homes(dry(start)), IsEmpty());
    EXPECT_THAT(homes(dry(start).after(bind_mount(home, home))), ElementsAre("HOME " + facts));
    EXPECT_THAT(arguments(dry({"-u", "app", "--home", home, "ls", home})), ElementsAre("argument " + facts));
    EXPECT_THAT(homes(dry(start).after(working_directory(home))), ElementsAre("HOME " + facts));
}

TEST_F(Suggestion, OfAMountIsGivenWhereSomethingLeadsThere) {
    const std::string data = directory("data");
    const auto mounted = [&](Words words) { return dry(std::move(words)).after(bind_mount(data, data)); };
    EXPECT_THAT(access_of(mounted({"-u", "app", "--home", "/tmp", "true"})), Not(testing::Contains(HasSubstr(data))));
    EXPECT_THAT(arguments(mounted({"-u", "app", "ls", data})),
                ElementsAre(denied("write", data) + " 0:0 0755 | setting GOSU_CHOWN " + data));
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
    EXPECT_THAT(warnings_of(dry(start)), ElementsAre("content-unknown"));
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
    const Words start{"-u", "app", "true", "/dev/stdout", "--log=/dev/stderr", "/dev/fd/1", at("access.log")};
    EXPECT_THAT(arguments(dry(start)), IsEmpty());
}

TEST_F(Suggestion, OfADirectoryThatManyShareGivesItToNobody) {
    const std::string var = directory("var");
    for (const char* name : {"lib", "log", "own"}) directory("var/" + std::string(name));
    const auto shared = [&](Words words) { return dry(std::move(words)).after(bind_mount(var, "/var")); };
    const Words file{"-u", "app", "true", "--file=/var/lib/app.db"};
    const std::string facts = "argument /var/lib/app.db | write /var/lib 0:0 0755";
    EXPECT_THAT(arguments(shared(file)), ElementsAre(facts));
    EXPECT_THAT(arguments(shared(file).after(bind_mount(at("var/own"), "/var/lib"))),
                ElementsAre(facts + " | setting GOSU_CHOWN /var/lib"));
    ASSERT_EQ(::chmod(at("var/lib").c_str(), 0700), 0);
    directory("var/lib/app");
    EXPECT_THAT(arguments(shared({"-u", "app", "ls", "/var/lib/app"})),
                ElementsAre("argument /var/lib/app | search /var/lib 0:0 0700 | chmod chmod a+x /var/lib"));
    EXPECT_THAT(arguments(shared({"true", "/var/log/file"}).after(ids(1500, 1500))),
                ElementsAre("argument /var/log/file | write /var/log 0:0 0755"));
}

TEST_F(Suggestion, OfTheUsersOwnDirectoryNamesAllThatItsModeLacks) {
    const std::string closed = directory("closed", 0);
    give(closed, app);
    EXPECT_THAT(arguments(dry({"-u", "app", "ls", closed})),
                ElementsAre(denied("search", closed) + " 1500:1500 0000 | chmod chmod u+rwx " + closed));
    ASSERT_EQ(::chmod(closed.c_str(), 0700), 0);
    EXPECT_THAT(arguments(dry({"-u", "app", "ls", closed})), IsEmpty());
}

TEST_F(Suggestion, OfADirectoryThatAGroupMayUseNamesTheGroup) {
    const std::string share = directory("share", 0770);
    const std::string inner = directory("share/inner", 0777);
    give(share, {0, 4000});
    const Words list{"-u", "app", "ls", share};
    const Words list_inner{"-u", "app", "ls", inner};
    const std::string group = " | setting GOSU_GROUPS @" + share;
    const std::string owner = " | setting GOSU_CHOWN " + share;
    for (const auto& [mode, facts] :
         std::vector<std::pair<mode_t, std::string>>{{0770, "search " + share + " 0:4000 0770" + group},
                                                     {02775, "write " + share + " 0:4000 2775" + group},
                                                     {0730, "search " + share + " 0:4000 0730"}}) {
        ASSERT_EQ(::chmod(share.c_str(), mode), 0);
        EXPECT_THAT(arguments(dry(list)), ElementsAre("argument " + share + " | " + facts + owner));
    }
    const std::string behind = "argument " + inner + " | search " + share;
    ASSERT_EQ(::chmod(share.c_str(), 0770), 0);
    EXPECT_THAT(arguments(dry(list_inner)), ElementsAre(behind + " 0:4000 0770" + group + owner));
    EXPECT_THAT(arguments(dry({"-u", "app", "-g", "@" + share, "ls", share, inner})), IsEmpty());
    EXPECT_THAT(arguments(dry({"-u", "app", "-c", directory("other"), "ls", inner})),
                ElementsAre(behind + " 0:4000 0770" + group + " | setting --chown " + share));
    EXPECT_THAT(arguments(dry({"ls", inner}).after(ids(1500, 1500))),
                ElementsAre(behind + " 0:4000 0770 | group 4000"));
    give(share, {0, 0});
    EXPECT_THAT(arguments(dry(list)), ElementsAre(denied("search", share) + " 0:0 0770" + owner));
}

TEST_F(Suggestion, OfRootsFileInTheUsersDirectoryIsThatOfWriting) {
    const std::string logs = directory("logs");
    const std::string log = logs + "/a.log";
    write_file(log, "");
    const Words write{"-u", "app", "tee", log};
    EXPECT_THAT(arguments(dry(write)), IsEmpty()) << "the directory is root's, too";
    give(logs, app);
    EXPECT_THAT(arguments(dry(write)), ElementsAre(denied("write", log) + " 0:0 0644 | setting GOSU_CHOWN " + log));
    EXPECT_THAT(arguments(dry({"-u", "app", "-c", log, "tee", log})), IsEmpty());
    EXPECT_THAT(arguments(dry(write).after(bind_mount(log, log))), IsEmpty()) << "meant so";
    EXPECT_THAT(arguments(dry({"-u", "app", "sh", script("logs/run")})), IsEmpty()) << "a program";
    ASSERT_EQ(::chmod(logs.c_str(), 01777), 0);
    EXPECT_THAT(arguments(dry(write)), IsEmpty()) << "as in /tmp";
}

TEST_F(Suggestion, OfARightThatAReadOnlyMountWithholdsChangesNothingThere) {
    const std::string config = directory("config");
    const std::string key = config + "/key";
    write_file(key, "", 0600);
    const Command reads = dry({"-u", "app", "cat", key}).after(bind_mount(config, config)).after(read_only(config));
    EXPECT_THAT(arguments(reads), ElementsAre(denied("read", key) + " 0:0 0600 | mount"));
    ASSERT_EQ(::chmod(key.c_str(), 0640), 0);
    give(key, {0, 4100});
    EXPECT_THAT(arguments(reads), ElementsAre(denied("read", key) + " 0:4100 0640 | setting GOSU_GROUPS @" + key));
}

TEST_F(Suggestion, OfAReadOnlyRootFileSystemLeavesItReadOnly) {
    const std::string home = directory("home");
    give(home, app);
    const auto start = [](const std::string& path) {
        return dry({"-u", "app", "--home", path, "true"}).after(private_mounts()).after(read_only("/"));
    };
    EXPECT_THAT(homes(start(home).after(working_directory(home))),
                ElementsAre("HOME " + home + " | write " + home + " 1500:1500 0755 | mount"));
    EXPECT_THAT(homes(start(at("none"))), ElementsAre("HOME " + at("none")));
}

TEST_F(Suggestion, OfAVolumeOfSomebodyElsesIsToRunAsItsOwner) {
    const std::string checkout = directory("checkout");
    give(checkout, {1700, 1700});
    const auto mounted = [&](Words words) { return dry(std::move(words)).after(bind_mount(checkout, checkout)); };
    const std::string facts = denied("write", checkout) + " 1700:1700 0755 | setting ";
    const std::string owner = " | setting GOSU_CHOWN " + checkout;
    EXPECT_THAT(arguments(mounted({"-u", "app", "ls", checkout})),
                ElementsAre(facts + "GOSU_UID @" + checkout + owner));
    EXPECT_THAT(arguments(mounted({"-u", "5000:5000", "ls", checkout})),
                ElementsAre(facts + "--user @" + checkout + owner));
    EXPECT_EQ(run(stepdown({"-u", "@" + checkout, "touch", checkout + "/new"})).exit_code, 0);
}

TEST_F(Suggestion, OfAVolumeInsideUsrOwnsIt) {
    const std::string volume = "/usr/local/share";
    const std::string source = directory("volume");
    const auto mounted = [&](Words words) { return dry(std::move(words)).after(bind_mount(source, volume)); };
    EXPECT_THAT(arguments(mounted({"-u", "app", "ls", volume})),
                ElementsAre(denied("write", volume) + " 0:0 0755 | setting GOSU_CHOWN " + volume));
    EXPECT_THAT(arguments(mounted({"-u", "app", "-c", volume, "ls", volume})), IsEmpty());
    EXPECT_THAT(arguments(dry({"-u", "app", "ls", volume})), IsEmpty());
}

TEST_F(Suggestion, OfAFurtherGroupKeepsThoseThatAreSet) {
    for (const gid_t gid : {4100U, 4200U}) give(directory(std::to_string(gid), 0770), {0, gid});
    const std::string first = "@" + at("4100");
    const std::string second = "@" + at("4200");
    EXPECT_THAT(arguments(dry({"-u", "app", "ls", at("4100")})),
                ElementsAre(HasSubstr("0:4100 0770 | setting GOSU_GROUPS " + first + " | ")));
    EXPECT_THAT(arguments(dry({"-u", "app", "-g", first, "ls", at("4200")})),
                ElementsAre(HasSubstr("0:4200 0770 | setting --groups " + second + " | ")));
    EXPECT_THAT(arguments(dry({"-u", "app", "-g", first, "--groups", second, "ls", at("4100"), at("4200")})),
                IsEmpty());
}

TEST_F(Suggestion, OfAPathWithABlankIsOneWordForAShell) {
    const std::string data = directory("my data");
    EXPECT_THAT(arguments(dry({"-u", "app", "ls", data}).after(bind_mount(data, data))),
                ElementsAre(denied("write", data) + " 0:0 0755 | setting GOSU_CHOWN " + data));
    const Command start = stepdown({"touch", data + "/new"}).with({"GOSU_USER=app", "GOSU_CHOWN=\"" + data + "\""});
    EXPECT_EQ(run(start).exit_code, 0);
}

TEST_F(Suggestion, OfAPathWithMissingParentsIsAboutTheLastThatExists) {
    const std::string data = directory("data");
    EXPECT_THAT(arguments(dry({"-u", "app", "mkdir", "-p", data + "/a/b"})),
                ElementsAre("argument " + data + "/a/b | write " + data + " 0:0 0755 | setting GOSU_CHOWN " + data));
    for (const char* end : {"", "/", "/c"}) {
        EXPECT_THAT(arguments(dry({"-u", "app", "-m", data + "/a/b", "touch", data + "/a/b" + end})), IsEmpty()) << end;
    }
}

TEST_F(Suggestion, OfAnOwnerThatIsNotMappedIsToGrantItOutside) {
    const Step small = user_namespace(Setgroups::allowed, 500);
    STEPDOWN_SKIP_IF(setup_error_of({small}));
    const std::string file = at("file");
    write_file(file, "", 0600);
    give(file, app);
    EXPECT_THAT(arguments(dry({"-u", "400:400", "cat", file}).after(small)),
                ElementsAre(denied("read", file) + " 65534:65534 0600 | none"));
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
    const std::string facts = denied("read", "/etc/key") + " 0:0 0600 | ";
    const Step made = file("/etc/key", "", 0600);
    EXPECT_THAT(arguments(dry(read).after(made)), ElementsAre(facts + "none"));
    const auto mounted = [&](Words words) { return dry(words).after(made).after(bind_mount(key, "/etc/key")); };
    EXPECT_THAT(arguments(mounted(read)),
                ElementsAre(facts + "chmod chmod a+r /etc/key | setting GOSU_CHOWN /etc/key"));
    EXPECT_THAT(arguments(mounted({"-u", "app", "-c", "/etc/key", "cat", "/etc/key"})), IsEmpty());
    const Words owns{"-u", "app", "-c", "/etc/key", "cat", "/etc/key"};
    EXPECT_EQ(run(stepdown(owns).after(made).after(bind_mount(key, "/etc/key"))).exit_code, 0);
    give(key, {0, 0});
    ASSERT_EQ(::chmod(key.c_str(), 0644), 0);
    EXPECT_THAT(arguments(mounted(read)), IsEmpty());
}

}  // namespace
}  // namespace stepdown::test
