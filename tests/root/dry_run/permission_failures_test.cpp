// SPDX-License-Identifier: Apache-2.0
// The permission failures that containers have most, and what the dry run finds of each: who owns what, and what lifts
// it. wordings_test.cpp has the sentences.
#include "support/files/permission_failure.h"
#include "support/process/dry_run_page.h"
#include "support/process/expect.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// 1: docker run -v data:/data, and the volume is root's.
TEST_F(PermissionFailure, OfAVolumeThatRootOwnsNamesTheChownToWrite) {
    const std::string data = directory("data");
    const auto mounted = [&](Words words) { return dry(words).after(bind_mount(data, data)); };
    const std::string denied = "argument " + data + " | write " + data + " 0:0 0755 | setting ";
    EXPECT_THAT(access_of(mounted({"-u", "app", "ls", data}), "argument"), ElementsAre(denied + "GOSU_CHOWN " + data));
    EXPECT_THAT(access_of(mounted({"-u", "app", "-c", data, "ls", data}), "argument"), IsEmpty());
    EXPECT_THAT(access_of(mounted({"-u", "app", "-c", directory("other"), "ls", data}), "argument"),
                ElementsAre(denied + "--chown " + data));
}

// 2: the user owns /data/cache and may not enter /data.
TEST_F(PermissionFailure, OfADirectoryOnTheWayNamesThatDirectory) {
    const std::string data = directory("data", 0700);
    const std::string cache = directory("data/cache");
    const std::string denial = cache + " | search " + data + " 0:0 0700 | chmod chmod a+x " + data + " | setting ";
    EXPECT_THAT(access_of(dry({"-u", "app", "-c", cache, "true"}), "chown"),
                ElementsAre("chown " + denial + "--chown " + data));
    EXPECT_THAT(access_of(dry({"-u", "app", "ls", cache}), "argument"),
                ElementsAre("argument " + denial + "GOSU_CHOWN " + data));
    EXPECT_THAT(access_of(dry({"-u", "app", "-c", data, "ls", cache}), "argument"), IsEmpty());
}

// 3: a volume that is mounted :ro.
TEST_F(PermissionFailure, OfAReadOnlyMountNamesTheMountPoint) {
    const std::string data = directory("data");
    const std::string cache = directory("data/cache");
    const std::string reason = data + " is mounted read-only";
    Words words{"-u", "app", "-c", cache, "-m", at("data/new"), "true"};
    EXPECT_THAT(page_of(dry(words).after(read_only(data)), 125),
                AllOf(HasSubstr("problem   cannot change the owner of " + cache + ": " + reason),
                      HasSubstr("problem   cannot create " + at("data/new") + ": Read-only file system. " + reason +
                                ". Mount it writable\n")));
    expect_refused(run(stepdown({"-u", "app", "-c", cache, "true"}).after(read_only(data))), {reason});
    expect_refused(run(stepdown({"-u", "app", "-m", at("data/new"), "true"}).after(read_only(data))), {reason});
}

// 4: cap_drop: [ALL] without the cap_add.
TEST_F(PermissionFailure, OfAMissingCapabilityWritesTheLineThatAddsIt) {
    const std::string data = directory("data");
    const Words words{"-u", "app", "-c", data, "true"};
    EXPECT_THAT(page_of(dry(words).after(without_capabilities({cap_chown})), 125), HasSubstr("cap_add: [CHOWN]"));
    EXPECT_THAT(
        page_of(dry(words).after(without_capabilities({cap_setuid, cap_setgid})), 125),
        HasSubstr("lacks the capabilities SETUID, SETGID here. Start the container with cap_add: [SETUID, SETGID]"));
    EXPECT_THAT(page_of(dry(words).after(without_capabilities({cap_setuid})), 125),
                HasSubstr("lacks the capability SETUID here. Start the container with cap_add: [SETUID]"));
}

// 5: OpenShift: an arbitrary uid, no passwd entry, and HOME=/.
TEST_F(PermissionFailure, OfAnArbitraryUidsHomeSaysWhichHomeToSet) {
    const std::string home = directory("home");
    Command elsewhere = dry({"--home", home, "ls", home}).after(ids(100000, 0));
    EXPECT_THAT(access_of(elsewhere, "argument"),
                ElementsAre("argument " + home + " | write " + home + " 0:0 0755 | chmod chgrp -R 0 " + home +
                            " && chmod -R g=u " + home));
    EXPECT_THAT(access_of(dry({"--home", at("new"), "true"}).after(ids(100000, 0)), "HOME"),
                ElementsAre("HOME " + at("new") + " | setting --home /tmp"));
    EXPECT_THAT(access_of(dry({"-u", "5000:5000", "--home", at("new"), "-m", at("new"), "true"}), "HOME"), IsEmpty());
}

// 6: /var/run/docker.sock.
TEST_F(PermissionFailure, OfASocketWritesTheGroupThatOpensIt) {
    const std::string socket = at("docker.sock");
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{AF_UNIX, {}};
    socket.copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    const void* where = &address;
    ASSERT_EQ(::bind(fd.get(), static_cast<const sockaddr*>(where), sizeof address), 0);
    ASSERT_EQ(::chmod(socket.c_str(), 0660), 0);
    const auto mounted = [&](Words words) { return dry(words).after(bind_mount(socket, socket)); };
    const Words words{"-u", "app", "true", "--unix-socket=" + socket};
    EXPECT_THAT(access_of(mounted(words), "argument"),
                ElementsAre("argument " + socket + " | write " + socket + " 0:0 0660 | setting GOSU_GROUPS 0"));
    give(socket, {0, 4000});
    EXPECT_THAT(access_of(mounted(words), "argument"), ElementsAre("argument " + socket + " | write " + socket +
                                                                   " 0:4000 0660 | setting GOSU_GROUPS @" + socket));
    EXPECT_THAT(access_of(mounted({"-u", "app", "-g", "@" + socket, "true", socket}), "argument"), IsEmpty());
}

// 7: the entry point is not executable, as COPY leaves it; and its kin.
TEST_F(PermissionFailure, OfACommandNamesWhatKeepsItFromRunning) {
    directory("bin");
    const auto expect = [this](const std::string& file, const std::string& reason) {
        EXPECT_THAT(page_of(dry({"-u", "app", file}), 125), HasSubstr("problem   cannot run " + file + ": " + reason));
        expect_failed(run(stepdown({"-u", "app", file})), 126, {"cannot run " + file + ": " + reason});
    };
    const std::string plain = script("bin/plain", 0644);
    expect(plain, "Permission denied. " + plain + ": 0:0 0644, uid 1500 cannot execute. Run chmod a+x " + plain);
    const std::string hidden = directory("hidden", 0700);
    expect(script("hidden/tool"),
           "Permission denied. " + hidden + ": 0:0 0700, uid 1500 cannot enter. Run chmod a+x " + hidden);
    expect(script("bin/lost", 0755, "#!/no/such/shell"),
           "No such file or directory. Its interpreter /no/such/shell does not exist");
    expect(script("bin/barred", 0755, "#!" + plain),
           "Permission denied. " + plain + ": 0:0 0644, uid 1500 cannot execute");
    Command command = dry({"-u", "app", script("bin/tool")}).after(no_exec(at("bin")));
    EXPECT_THAT(page_of(command, 125), HasSubstr("Permission denied. " + at("bin") + " is mounted noexec"));
    command = dry({"-u", "app", "tool"});
    command.environment.at(0) = "PATH=" + hidden;
    EXPECT_THAT(page_of(command, 125),
                HasSubstr("in PATH=" + hidden + ". " + hidden + ": 0:0 0700, uid 1500 cannot enter"));
}

// And where the chown comes first, it will run.
TEST_F(PermissionFailure, OfACommandIsNoneWhereTheChownOpensTheWay) {
    const std::string hidden = directory("hidden", 0700);
    const std::string tool = script("hidden/tool", 0700);
    const Words words{"-u", "app", "-c", hidden, tool};
    EXPECT_THAT(page_of(dry(words)), AllOf(HasSubstr("command   " + tool), Not(HasSubstr("problem"))));
    Command searched = dry({"-u", "app", "-c", hidden, "tool"});
    searched.environment.at(0) = "PATH=" + hidden + ":/usr/bin:/bin";
    EXPECT_THAT(page_of(searched), HasSubstr("command   " + tool));
    EXPECT_EQ(run(stepdown(words)).exit_code, 0) << "as the dry run says";
}

TEST_F(PermissionFailure, OfACommandStaysWhereTheChownDoesNotHelp) {
    const std::string hidden = directory("hidden", 0700);
    const std::string plain = script("hidden/plain", 0644);
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", hidden, plain}), 125), HasSubstr("cannot run " + plain));
    const std::string line = "#!" + directory("other", 0700) + "/shell";
    script("other/shell");
    const std::string shown = directory("shown");
    const std::string barred = script("shown/barred", 0744, line);
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", shown, barred}), 125), HasSubstr("cannot run " + barred));
    // The user cannot read it yet, and root does not.
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", hidden, script("hidden/barred", 0755, line)})),
                HasSubstr("warning   cannot tell whether the kernel takes " + hidden + "/barred for a program"));
    give(hidden, app);
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", hidden, "--chown-policy", "on-root-mismatch", plain}), 125),
                HasSubstr("cannot run " + plain));
}

TEST_F(PermissionFailure, OfAPathBelowATreeStaysWhereTheTopAloneIsChanged) {
    const std::string tree = directory("tree", 0700);
    const std::string inner = directory("tree/inner", 0700);
    const Words words{"-u", "app", "-c", tree, "--chown-policy", "top", "ls", inner};
    EXPECT_THAT(access_of(dry(words), "argument"),
                ElementsAre("argument " + inner + " | search " + inner + " 0:0 0700 | setting --chown " + inner));
    EXPECT_THAT(access_of(dry({"-u", "app", "-c", tree, "ls", inner}), "argument"), IsEmpty());
}

TEST_F(PermissionFailure, OfAnExcludedPathSaysThatItIsExcluded) {
    const std::string tree = directory("tree");
    const std::string cache = directory("tree/cache", 0700);
    const std::string git = directory("tree/.git", 0700);
    const auto of = [&](const std::string& excluded, const std::string& path) {
        return access_of(dry({"-u", "app", "-c", tree, "--chown-exclude", excluded, "ls", path}), "argument");
    };
    EXPECT_THAT(of(cache, cache),
                ElementsAre("argument " + cache + " | search " + cache + " 0:0 0700 | setting --chown-exclude"));
    EXPECT_THAT(of(".git", git),
                ElementsAre("argument " + git + " | search " + git + " 0:0 0700 | setting --chown " + git));
    EXPECT_EQ(run(stepdown({"-u", "app", "-c", tree + " " + git, "--chown-exclude", ".git", "ls", git})).exit_code, 0)
        << "as the page says";
}

// 8: the name of another image's user, or a uid alone.
TEST_F(PermissionFailure, OfAnUnknownUserSaysWhatToWrite) {
    EXPECT_THAT(page_of(dry({"-u", "node", "true"}), 125), HasSubstr("there is no user node in /etc/passwd"));
    EXPECT_THAT(page_of(dry({"-u", "1234", "true"}), 125), HasSubstr("Write 1234:GID"));
    EXPECT_THAT(page_of(dry({"-u", "app:node", "true"}), 125), HasSubstr("there is no group node in /etc/group"));
}

// 9: nginx opens /dev/stdout.
TEST_F(PermissionFailure, OfStandardOutputSaysWhoOwnsIt) {
    write_file(at("log"), "", 0600);
    const UniqueFd log(::open(at("log").c_str(), O_RDWR | O_CLOEXEC));
    Command to_file = dry({"-u", "app", "true"});
    to_file.out = Stream::given(log.get());
    to_file.argv.insert(to_file.argv.begin() + 1, "--json");
    EXPECT_EQ(run(to_file).exit_code, 0);
    EXPECT_THAT(access_on(read_file(at("log"))),
                testing::Contains("stdout /dev/stdout | write /dev/stdout 0:0 0600 | none"));
    EXPECT_THAT(access_of(dry({"-u", "app", "--stdio", "keep", "true"}), "stdout"),
                ElementsAre("stdout /dev/stdout | write /dev/stdout 0:0 0600 | setting --stdio auto"));
    EXPECT_THAT(access_of(dry({"-u", "app", "true"}), "std"), IsEmpty());
}

// 10: PUID and its kin: the account has a new uid, its files have the old one.
TEST_F(PermissionFailure, OfAHomeThatTheOldUidOwnsNamesTheChownToWrite) {
    const std::string home = directory("home", 0700);
    give(home, app);
    const Words words{"-u", "app", "--uid", "1700", "--home", home, "ls", home};
    EXPECT_THAT(access_of(dry(words), "argument"),
                ElementsAre("argument " + home + " | search " + home + " 1500:1500 0700 | setting GOSU_CHOWN " + home));
    EXPECT_THAT(access_of(dry({"-u", "app", "--uid", "1700", "--home", home, "-c", home, "ls", home}), "argument"),
                IsEmpty());
}

// More of them: a secret of root's, a pid file, and a tree whose mode is what is wrong.
TEST_F(PermissionFailure, OfAFileSaysWhoMayReadOrMakeIt) {
    const std::string token = at("token");
    write_file(token, "", 0400);
    const auto arguments = [](const Command& command) { return access_of(command, "argument"); };
    const std::string read = "argument " + token + " | read " + token;
    EXPECT_THAT(arguments(dry({"-u", "app", "cat", token}).after(bind_mount(token, token))),
                ElementsAre(read + " 0:0 0400 | setting GOSU_CHOWN " + token));
    give(token, {0, 4000});
    ASSERT_EQ(::chmod(token.c_str(), 0440), 0);
    EXPECT_THAT(arguments(dry({"-u", "app", "cat", token})),
                ElementsAre(read + " 0:4000 0440 | setting GOSU_GROUPS @" + token));
    const std::string run = directory("run");
    EXPECT_THAT(arguments(dry({"-u", "app", "true", "--pid=" + run + "/app.pid"})),
                ElementsAre("argument " + run + "/app.pid | write " + run + " 0:0 0755 | setting GOSU_CHOWN " + run));
    const std::string closed = directory("closed", 0500);
    EXPECT_THAT(access_of(dry({"-u", "app", "-c", closed, "true"}), "chown"),
                ElementsAre("chown " + closed + " | write " + closed + " 0:0 0500 | chmod chmod u+w " + closed));
}

TEST_F(PermissionFailure, IsOnThePageForProgramsToo) {
    const std::string data = directory("data");
    EXPECT_THAT(
        page_of(dry({"--json", "-u", "app", "ls", data})),
        AllOf(HasSubstr(R"({"succeeds":true,)"),
              HasSubstr(R"({"use":"argument","path":")" + data + R"(","problem":")" + data +
                        R"(: 0:0 0755, uid 1500 cannot write. Set GOSU_CHOWN=)" + data + R"(","denied":{"path":")" +
                        data + R"(","permission":"write","owner":0,"group":0,"mode":"0755","acl":false},)" +
                        R"("suggestions":[{"kind":"setting","text":"set GOSU_CHOWN=)" + data +
                        R"(","setting":"GOSU_CHOWN","value":")" + data + R"("}]})")));
    EXPECT_THAT(page_of(dry({"--json", "-u", "app", script("plain", 0644)}), 125),
                AllOf(HasSubstr(R"({"succeeds":false,)"), HasSubstr("uid 1500 cannot execute")));
}

}  // namespace
}  // namespace stepdown::test
