// The permission failures that containers have most, and what the dry run says of each: who owns what, what to write.
#include "support/child.h"
#include "support/expect.h"
#include "support/programs.h"
#include "support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr Owner app{1500, 1500};

Command dry(Words words) {
    words.insert(words.begin(), "--dry-run");
    return stepdown(words);
}

// The page of a dry run that says that the start would succeed, or fail.
std::string page_of(const Command& command, int exit_code = 0) {
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, exit_code) << describe(outcome);
    return outcome.out + outcome.err;
}

class PermissionFailure : public testing::Test {
  protected:
    [[nodiscard]] std::string at(const std::string& name) const { return files_ / name; }
    // A directory of root's with this mode.
    std::string directory(const std::string& name, mode_t mode = 0755) const {
        make_directory(at(name), mode);
        return at(name);
    }
    std::string script(const std::string& name, mode_t mode = 0755, const std::string& first = "#!/bin/sh") const {
        write_file(at(name), first + "\n", mode);
        return at(name);
    }

  private:
    TemporaryDirectory files_;
};

// 1: docker run -v data:/data, and the volume is root's.
TEST_F(PermissionFailure, OfAVolumeThatRootOwnsNamesTheChownToWrite) {
    const std::string data = directory("data");
    const auto mounted = [&](Words words) { return dry(words).after(bind_mount(data, data)); };
    EXPECT_THAT(
        page_of(mounted({"-u", "app", "true"})),
        HasSubstr("access    mount " + data + ": 0:0 0755, uid 1500 cannot write. Write GOSU_CHOWN=" + data + "\n"));
    EXPECT_THAT(page_of(mounted({"-u", "app", "-c", data, "true"})), Not(HasSubstr("mount " + data)));
    EXPECT_THAT(page_of(mounted({"-u", "app", "-c", directory("other"), "true"})),
                HasSubstr("cannot write. Add " + data + " to GOSU_CHOWN\n"));
}

// 2: the user owns /data/cache and may not enter /data.
TEST_F(PermissionFailure, OfADirectoryOnTheWayNamesThatDirectory) {
    const std::string data = directory("data", 0700);
    const std::string cache = directory("data/cache");
    const std::string barrier = data + ": 0:0 0700, uid 1500 cannot enter. chmod a+x " + data + " grants that";
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", cache, "true"})),
                HasSubstr("access    chown " + cache + ": " + barrier + ", or add " + data + " to GOSU_CHOWN\n"));
    EXPECT_THAT(page_of(dry({"-u", "app", "ls", cache})), HasSubstr("access    argument " + cache + ": " + barrier));
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", data, "ls", cache})), Not(HasSubstr("cannot enter")));
}

// 3: a volume that is mounted :ro.
TEST_F(PermissionFailure, OfAReadOnlyMountNamesTheMountPoint) {
    const std::string data = directory("data");
    const std::string cache = directory("data/cache");
    const std::string reason = data + " is mounted read-only";
    Words words{"-u", "app", "-c", cache, "-m", at("data/new"), "true"};
    EXPECT_THAT(page_of(dry(words).after(read_only(data)), 125),
                AllOf(HasSubstr("problem   cannot own " + cache + ": " + reason),
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
    Command command = dry({"--home", "/", "true"}).after(ids(100000, 0));
    EXPECT_THAT(page_of(command),
                HasSubstr("access    HOME /: 0:0 0755, uid 100000 cannot write. Write GOSU_HOME=/tmp"));
    const std::string home = directory("home");
    Command elsewhere = dry({"--home", home, "true"}).after(ids(100000, 0));
    EXPECT_THAT(page_of(elsewhere),
                HasSubstr("access    HOME " + home + ": 0:0 0755, uid 100000 cannot write. Write in the " +
                          "Dockerfile: RUN chgrp -R 0 " + home + " && chmod -R g=u " + home));
    EXPECT_THAT(page_of(dry({"-u", "5000:5000", "--home", at("new"), "true"})),
                HasSubstr("access    HOME " + at("new") + ": it does not exist. Write GOSU_MKDIR=" + at("new") + "\n"));
    EXPECT_THAT(page_of(dry({"-u", "5000:5000", "--home", at("new"), "-m", at("new"), "true"})),
                Not(HasSubstr(" HOME ")));
}

TEST_F(PermissionFailure, OfAnArbitraryUidIsNoneOfRootsWhereCapabilitiesAreSet) {
    const std::string data = directory("data");
    for (const char* variable : {"GOSU_CAPS=", "GOSU_CAPS=none"}) {
        Command command = dry({"--home", at("new"), "true"}).after(bind_mount(data, data));
        const std::string page = page_of(command.after(ids(1500, 1500)).with({variable}));
        EXPECT_THAT(page,
                    HasSubstr("mount " + data + ": 0:0 0755, uid 1500 cannot write. Give it to uid 1500 or one of"));
        EXPECT_THAT(page, HasSubstr("it does not exist. Write GOSU_HOME=/tmp, or another directory"));
    }
}

TEST_F(PermissionFailure, OfAHomeThatIsNoneProposesAnother) {
    const std::string var = directory("var");
    for (const char* name : {"www", "lib"}) directory("var/" + std::string(name));
    const std::string homes = directory("homes");
    const auto at_home = [&](const std::string& home) {
        return dry({"-u", "5000:5000", "--home", home, "true"})
            .after(bind_mount(var, "/var"))
            .after(bind_mount(homes, "/home"));
    };
    const auto expect = [&](const std::string& home, const std::string& advice) {
        EXPECT_THAT(page_of(at_home(home)), HasSubstr(advice + "\n")) << home;
    };
    expect("/nonexistent", "/nonexistent: it does not exist. Write GOSU_HOME=/tmp");
    expect("/var/www", "/var/www: 0:0 0755, uid 5000 cannot write. Write GOSU_HOME=/tmp");
    expect("/var/lib/none", "/var/lib/none: it does not exist. Write GOSU_HOME=/tmp");
    expect("/root", "uid 5000 cannot enter. Write GOSU_HOME=/home/app and GOSU_MKDIR=/home/app");
    directory("homes/app");
    expect("/", "uid 5000 cannot write. Write GOSU_HOME=/home/app-5000 and GOSU_MKDIR=/home/app-5000");
    expect("/home/app", "/home/app: 0:0 0755, uid 5000 cannot write. Write GOSU_CHOWN=/home/app");
    const Command volume = at_home("/var/www").after(bind_mount(directory("volume"), "/var/www"));
    EXPECT_THAT(page_of(volume), HasSubstr("Write GOSU_CHOWN=/var/www\n"));
    EXPECT_THAT(page_of(dry({"-u", "5000:5000", "--home", "/tmp", "true"})), Not(HasSubstr("HOME /")));
    EXPECT_THAT(page_of(dry({"-u", "5000:5000", "--home", "/home/app-5000", "-m", "/home/app-5000", "true"})
                            .after(bind_mount(homes, "/home"))),
                Not(HasSubstr("HOME /")));
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
    const Words words{"-u", "app", "true"};
    EXPECT_THAT(page_of(mounted(words)),
                HasSubstr("mount " + socket + ": 0:0 0660, uid 1500 cannot write. Write GOSU_GROUPS=0"));
    give(socket, {0, 4000});
    EXPECT_THAT(
        page_of(mounted(words)),
        HasSubstr("mount " + socket + ": 0:4000 0660, uid 1500 cannot write. Write GOSU_GROUPS=@" + socket + "\n"));
    EXPECT_THAT(page_of(mounted({"-u", "app", "-g", "@" + socket, "true"})), Not(HasSubstr(socket + ": ")));
}

// 7: the entry point is not executable, as COPY leaves it; and its kin.
TEST_F(PermissionFailure, OfACommandNamesWhatKeepsItFromRunning) {
    directory("bin");
    const auto expect = [this](const std::string& file, const std::string& reason) {
        EXPECT_THAT(page_of(dry({"-u", "app", file}), 125), HasSubstr("problem   cannot run " + file + ": " + reason));
        expect_failed(run(stepdown({"-u", "app", file})), 126, {"cannot run " + file + ": " + reason});
    };
    const std::string plain = script("bin/plain", 0644);
    expect(plain, "Permission denied. " + plain + ": 0:0 0644, uid 1500 cannot execute. chmod a+x " + plain);
    const std::string hidden = directory("hidden", 0700);
    expect(script("hidden/tool"),
           "Permission denied. " + hidden + ": 0:0 0700, uid 1500 cannot enter. chmod a+x " + hidden);
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

// An interpreter reads the script as the user; a program is read by the kernel.
TEST_F(PermissionFailure, OfAScriptAsksForTheRightToReadIt) {
    const std::string closed = script("closed", 0700);
    const Words start{"-u", "app", closed};
    const std::string advice = "chmod a+rx " + closed + " grants that";
    EXPECT_THAT(page_of(dry(start), 125), HasSubstr("0:0 0700, uid 1500 cannot execute. " + advice + "\n"));
    expect_failed(run(stepdown(start)), 126, {advice});
    ASSERT_EQ(::chmod(closed.c_str(), 0711), 0);
    EXPECT_THAT(page_of(dry(start), 125),
                HasSubstr("problem   cannot run " + closed + ": Permission denied. " + closed +
                          ": 0:0 0711, uid 1500 cannot read. chmod a+r " + closed + " grants that\n"));
    EXPECT_THAT(page_of(dry({"-u", "app", script("outer", 0755, "#!" + closed)}), 125),
                HasSubstr("chmod a+r " + closed));
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", closed, closed})), HasSubstr("command   " + closed));
    ASSERT_EQ(::chmod(closed.c_str(), 0755), 0);
    page_of(dry(start));
    EXPECT_EQ(run(stepdown(start)).exit_code, 0);
}

TEST_F(PermissionFailure, OfAProgramAsksForNoRightToReadIt) {
    write_file(at("program"), read_file("/bin/true"), 0711);
    EXPECT_THAT(page_of(dry({"-u", "app", at("program")})), Not(HasSubstr("problem")));
    EXPECT_EQ(run(stepdown({"-u", "app", at("program")})).exit_code, 0);
}

TEST_F(PermissionFailure, OfACommandNamesTheGroupThatMayRunIt) {
    const std::string bin = directory("bin", 0750);
    const std::string tool = script("bin/tool");
    give(bin, {0, 4000});
    EXPECT_THAT(page_of(dry({"-u", "app", tool}), 125),
                HasSubstr(bin + ": 0:4000 0750, uid 1500 cannot enter. chmod a+x " + bin +
                          " grants that, or write GOSU_GROUPS=@" + bin + "\n"));
    EXPECT_EQ(run(stepdown({"-u", "app", "-g", "@" + bin, tool})).exit_code, 0);
    give(bin, {0, 0});
    EXPECT_THAT(page_of(dry({"-u", "app", tool}), 125), Not(HasSubstr("GOSU_GROUPS")));
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
    const std::string barred = script("hidden/barred", 0755, "#!" + directory("other", 0700) + "/shell");
    script("other/shell");
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", hidden, barred}), 125), HasSubstr("cannot run " + barred));
    give(hidden, app);
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", hidden, "--chown-policy", "on-root-mismatch", plain}), 125),
                HasSubstr("cannot run " + plain));
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
    page_of(to_file);
    EXPECT_THAT(read_file(at("log")), HasSubstr("access    stdout /dev/stdout: 0:0 0600, uid 1500 cannot write. "));
    EXPECT_THAT(
        page_of(dry({"-u", "app", "--stdio", "keep", "true"})),
        HasSubstr(
            "access    stdout /dev/stdout: 0:0 0600, uid 1500 cannot write. GOSU_STDIO=auto gives it to the user"));
    EXPECT_THAT(page_of(dry({"-u", "app", "true"})), Not(HasSubstr("/dev/stdout")));
}

TEST_F(PermissionFailure, OfAStreamsNameIsNoneOfTheDirectoriesBehindIt) {
    make_link("/dev/stdout", at("access.log"));
    EXPECT_THAT(page_of(dry({"-u", "app", "true", "/dev/stdout", "--log=/dev/stderr", "/dev/fd/1", at("access.log")})),
                Not(HasSubstr("access    argument")));
}

// 10: PUID and its kin: the account has a new uid, its files have the old one.
TEST_F(PermissionFailure, OfAHomeThatTheOldUidOwnsNamesTheChownToWrite) {
    const std::string home = directory("home", 0700);
    give(home, app);
    const Words words{"-u", "app", "--uid", "1700", "--home", home};
    EXPECT_THAT(page_of(dry(words)),
                HasSubstr("access    HOME " + home +
                          ": 1500:1500 0700, uid 1700 cannot enter. Write GOSU_CHOWN=" + home + "\n"));
    EXPECT_THAT(page_of(dry({"-u", "app", "--uid", "1700", "--home", home, "-c", home})),
                Not(HasSubstr("HOME " + home + ":")));
}

// More of them: a secret of root's, a pid file, and a tree whose mode is what is wrong.
TEST_F(PermissionFailure, OfAFileSaysWhoMayReadOrMakeIt) {
    const std::string token = at("token");
    write_file(token, "", 0400);
    EXPECT_THAT(
        page_of(dry({"-u", "app", "true"}).after(bind_mount(token, token))),
        HasSubstr("access    mount " + token + ": 0:0 0400, uid 1500 cannot read. Write GOSU_CHOWN=" + token + "\n"));
    give(token, {0, 4000});
    ASSERT_EQ(::chmod(token.c_str(), 0440), 0);
    EXPECT_THAT(page_of(dry({"-u", "app", "cat", token})),
                HasSubstr("cannot read. Write GOSU_GROUPS=@" + token + "\n"));
    const std::string run = directory("run");
    EXPECT_THAT(page_of(dry({"-u", "app", "true", "--pid=" + run + "/app.pid"})),
                HasSubstr("access    argument " + run + "/app.pid: it does not exist, and " + run +
                          ": 0:0 0755, uid 1500 cannot write. Write GOSU_CHOWN=" + run + "\n"));
    const std::string closed = directory("closed", 0500);
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", closed, "true"})),
                HasSubstr(closed + ": 0:0 0500, uid 1500 cannot write. chmod u+w " + closed + " grants that\n"));
}

TEST_F(PermissionFailure, OfADirectoryThatManyShareProposesOneInIt) {
    const std::string var = directory("var");
    for (const char* name : {"lib", "log", "log/app", "tmp", "own"}) directory("var/" + std::string(name));
    const auto shared = [&](Words words) { return dry(words).after(bind_mount(var, "/var")); };
    const Words file{"-u", "app", "true", "--file=/var/lib/app.db"};
    const std::string told = "/var/lib/app.db: it does not exist, and /var/lib: 0:0 0755, uid 1500 cannot write. ";
    EXPECT_THAT(page_of(shared(file)), HasSubstr(told + "Use a directory of its own: write GOSU_MKDIR=/var/lib/app\n"));
    EXPECT_THAT(page_of(shared({"-u", "app", "-m", "/var/own/new", "true", "/var/log/app.log"})),
                HasSubstr("Use a directory of its own: add /var/log/app-1500 to GOSU_MKDIR\n"));
    EXPECT_THAT(page_of(shared({"-u", "app", "true", "/var/tmp/file"})),
                HasSubstr(". chmod 1777 /var/tmp grants that\n"));
    EXPECT_THAT(page_of(shared(file).after(bind_mount(at("var/own"), "/var/lib"))),
                HasSubstr(told + "Write GOSU_CHOWN=/var/lib\n"));
    ASSERT_EQ(::chmod(at("var/lib").c_str(), 0700), 0);
    directory("var/lib/app");
    EXPECT_THAT(page_of(shared({"-u", "app", "ls", "/var/lib/app"})),
                HasSubstr("0:0 0700, uid 1500 cannot enter. chmod a+x /var/lib grants that\n"));
    EXPECT_THAT(page_of(shared({"true", "/var/log/file"}).after(ids(1500, 1500))),
                HasSubstr("cannot write. Use a directory of its own, which the image or a mount gives to the user\n"));
}

TEST_F(PermissionFailure, OfTheUsersOwnDirectoryNamesAllThatItsModeLacks) {
    const std::string closed = directory("closed", 0);
    give(closed, app);
    EXPECT_THAT(page_of(dry({"-u", "app", "ls", closed})),
                HasSubstr("1500:1500 0000, uid 1500 cannot enter. chmod u+rwx " + closed + " grants that\n"));
    ASSERT_EQ(::chmod(closed.c_str(), 0700), 0);
    EXPECT_THAT(page_of(dry({"-u", "app", "ls", closed})), Not(HasSubstr("cannot")));
}

TEST_F(PermissionFailure, OfADirectoryThatAGroupMayUseNamesTheGroup) {
    const std::string share = directory("share", 0770);
    const std::string inner = directory("share/inner", 0777);
    give(share, {0, 4000});
    const Words list{"-u", "app", "ls", share};
    const Words list_inner{"-u", "app", "ls", inner};
    const std::string advice = "Write GOSU_GROUPS=@" + share + ", or GOSU_CHOWN=" + share + "\n";
    for (const mode_t mode : {mode_t{0770}, mode_t{02775}, mode_t{0730}}) {
        ASSERT_EQ(::chmod(share.c_str(), mode), 0);
        EXPECT_EQ(page_of(dry(list)).find(advice) != std::string::npos, mode != 0730) << mode;
    }
    EXPECT_THAT(page_of(dry(list_inner)), HasSubstr("cannot enter. " + advice));
    ASSERT_EQ(::chmod(share.c_str(), 0770), 0);
    EXPECT_THAT(page_of(dry({"-u", "app", "-g", "@" + share, "ls", share, inner})), Not(HasSubstr("cannot")));
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", directory("other"), "ls", inner})),
                HasSubstr("Write GOSU_GROUPS=@" + share + ", or add " + share + " to GOSU_CHOWN\n"));
    EXPECT_THAT(page_of(dry({"ls", inner}).after(ids(1500, 1500))),
                HasSubstr("cannot enter. Start the container with the additional group 4000\n"));
    give(share, {0, 0});
    EXPECT_THAT(page_of(dry(list)), HasSubstr("Write GOSU_CHOWN=" + share + "\n"));
}

TEST_F(PermissionFailure, OfRootsFileInTheUsersDirectoryIsThatOfWriting) {
    const std::string logs = directory("logs");
    const std::string log = logs + "/a.log";
    write_file(log, "");
    const Words write{"-u", "app", "tee", log};
    const std::string told = "argument " + log + ": 0:0 0644, uid 1500 cannot write. Write GOSU_CHOWN=" + log + "\n";
    EXPECT_THAT(page_of(dry(write)), Not(HasSubstr("argument"))) << "the directory is root's, too";
    give(logs, app);
    EXPECT_THAT(page_of(dry(write)), HasSubstr(told));
    EXPECT_THAT(page_of(dry({"-u", "app", "-c", log, "tee", log})), Not(HasSubstr("argument")));
    EXPECT_THAT(page_of(dry(write).after(bind_mount(log, log))), Not(HasSubstr("cannot write"))) << "meant so";
    EXPECT_THAT(page_of(dry({"-u", "app", "sh", script("logs/run")})), Not(HasSubstr("argument"))) << "a program";
    ASSERT_EQ(::chmod(logs.c_str(), 01777), 0);
    EXPECT_THAT(page_of(dry(write)), Not(HasSubstr("argument"))) << "as in /tmp";
}

TEST_F(PermissionFailure, OfAFileOfTheSystemsOpensItOrOwnsTheMount) {
    const std::string key = at("key");
    write_file(key, "", 0600);
    const Words read{"-u", "app", "cat", "/etc/key"};
    const std::string told = "/etc/key: 0:0 0600, uid 1500 cannot read. chmod a+r /etc/key grants that";
    const Step made = file("/etc/key", "", 0600);
    EXPECT_THAT(page_of(dry(read).after(made)), HasSubstr("argument " + told + "\n"));
    const auto mounted = [&](Words words) { return dry(words).after(made).after(bind_mount(key, "/etc/key")); };
    EXPECT_THAT(page_of(mounted(read)), HasSubstr("mount " + told + ", or write GOSU_CHOWN=/etc/key\n"));
    EXPECT_THAT(page_of(mounted({"-u", "app", "-c", "/etc/key", "cat", "/etc/key"})), Not(HasSubstr("cannot read")));
    const Words owns{"-u", "app", "-c", "/etc/key", "cat", "/etc/key"};
    EXPECT_EQ(run(stepdown(owns).after(made).after(bind_mount(key, "/etc/key"))).exit_code, 0);
    give(key, {0, 0});
    ASSERT_EQ(::chmod(key.c_str(), 0644), 0);
    EXPECT_THAT(page_of(mounted(read)), Not(HasSubstr("cannot read")));
}

TEST_F(PermissionFailure, IsToldToMachinesToo) {
    const std::string data = directory("data");
    EXPECT_THAT(page_of(dry({"--json", "-u", "app", "true"}).after(bind_mount(data, data))),
                AllOf(HasSubstr(R"({"succeeds":true,)"),
                      HasSubstr(R"({"use":"mount","path":")" + data + R"(","problem":")" + data +
                                R"(: 0:0 0755, uid 1500 cannot write. Write GOSU_CHOWN=)" + data + R"("})")));
    EXPECT_THAT(page_of(dry({"--json", "-u", "app", script("plain", 0644)}), 125),
                AllOf(HasSubstr(R"({"succeeds":false,)"), HasSubstr("uid 1500 cannot execute")));
}

}  // namespace
}  // namespace stepdown::test
