// SPDX-License-Identifier: Apache-2.0
// GOSU_MKDIR in the built program.

#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr Owner app{1500, 1500};

TEST(Mkdir, MakesDirectoriesForTheUser) {
    const TemporaryDirectory base;
    expect_silent_success(run(stepdown({"-u", "app", "-m", base / "a/b", "-m", base / "c", "true"})));
    for (const char* name : {"a", "a/b", "c"}) EXPECT_EQ(owner(base / name), app) << name;
    EXPECT_EQ(owner(base.path()), Owner({0, 0}));
    expect_silent_success(run(stepdown({"true"}).with({"GOSU_USER=app", "GOSU_MKDIR='" + (base / "d e") + "'"})));
    EXPECT_EQ(owner(base / "d e"), app);
}

TEST(Mkdir, FollowsTheUmaskOfTheSettingElseTheInheritedOne) {
    const TemporaryDirectory base;
    expect_silent_success(run(stepdown({"-u", "app", "-m", base / "a", "true"}).after(file_creation_mask(077))));
    EXPECT_EQ(status(base / "a")->st_mode & 07777, 0700U);
    Command command = stepdown({"-u", "app", "-m", base / "b", "true"}).with({"GOSU_UMASK=0027"});
    expect_silent_success(run(command.after(file_creation_mask(077))));
    EXPECT_EQ(status(base / "b")->st_mode & 07777, 0750U);
}

// A second start finds everything made.
TEST(Mkdir, TouchesNothingThatIsThere) {
    const TemporaryDirectory base;
    make_directory(base / "a", 0700);
    give(base / "a", {2000, 2000});
    const auto start = [&base] { return run(stepdown({"-u", "app", "-m", base / "a/b", "true"})); };
    expect_silent_success(start());
    const timespec a = status(base / "a")->st_ctim;
    const timespec b = status(base / "a/b")->st_ctim;
    expect_silent_success(start());
    EXPECT_EQ(status(base / "a")->st_ctim.tv_nsec, a.tv_nsec);
    EXPECT_EQ(status(base / "a/b")->st_ctim.tv_nsec, b.tv_nsec);
    EXPECT_EQ(owner(base / "a"), Owner({2000, 2000}));
}

// Once, when it is created.
TEST(Mkdir, IsWarnedOfWhereAPathIsMeantOtherwise) {
    const TemporaryDirectory base;
    for (const std::string path : {"a,/b", "a:/b", "~", "$DATA", "*"}) {
        const auto start = [&](Words words) {
            words.insert(words.end(), {"-u", "app", "-m", path, "true"});
            return run(stepdown(words).after(working_directory(base.path())));
        };
        EXPECT_THAT(start({"--dry-run"}).out, HasSubstr("warning   --mkdir creates " + path + ". "));
        EXPECT_THAT(start({}).err, HasSubstr("warning: --mkdir creates " + path + ". "));
        EXPECT_EQ(owner(base / path), app);
        expect_silent_success(start({}));
    }
}

TEST(Mkdir, ComesBeforeChown) {
    const TemporaryDirectory base;
    expect_silent_success(run(stepdown({"-u", "app", "-m", base / "a/b", "-c", base / "a", "true"})));
    EXPECT_EQ(owner(base / "a"), app);
}

TEST(Mkdir, EndsTheStartWhereItCannot) {
    const TemporaryDirectory base;
    write_file(base / "file", "");
    expect_refused(run(stepdown({"-u", "app", "-m", base / "file/a", "true"})), {base / "file", "is not a directory"});
    make_directory(base / "home");
    make_link("/etc", base / "home/link");
    give(base / "home/link", app);
    give(base / "home", app);
    expect_refused(run(stepdown({"-u", "app", "-m", base / "home/link/a", "true"})), {"symbolic link", "1500"});
    const Command sealed = stepdown({"-u", "app", "-m", base / "a", "true"}).after(read_only(base.path()));
    expect_refused(run(sealed), {base / "a", "Read-only file system"});
}

TEST(Mkdir, NeedsNoMoreThanTheThreeCapabilities) {
    const TemporaryDirectory base;
    make_directory(base / "foreign", 0700);
    give(base / "foreign", {2000, 2000});
    std::vector<int> dropped;
    for (int capability = 0; capability <= 40; ++capability) {
        if (capability != cap_chown && capability != cap_setuid && capability != cap_setgid) {
            dropped.push_back(capability);
        }
    }
    Command command = stepdown({"-u", "app", "-m", base / "foreign/a/b", "true"});
    expect_silent_success(run(command.after(without_capabilities(dropped))));
    EXPECT_EQ(owner(base / "foreign/a"), app);
    EXPECT_EQ(owner(base / "foreign/a/b"), app);
}

TEST(Mkdir, IsHonouredForAnArbitraryUid) {
    const TemporaryDirectory base;
    make_directory(base / "open", 0775);
    Command command = stepdown({"true"}).with({"GOSU_USER=app", "GOSU_MKDIR=" + (base / "open/a/b")});
    const Outcome outcome = run(command.after(ids(100000, 0)));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(messages(outcome), SizeIs(1)) << "of the user that it cannot become";
    EXPECT_EQ(owner(base / "open/a/b"), Owner({100000, 0}));
}

TEST(Mkdir, IsWarnedOfWhereAnArbitraryUidCannot) {
    const TemporaryDirectory base;
    const auto start = [&base](const Words& words) {
        return run(stepdown(words).with({"GOSU_MKDIR=" + (base / "a")}).after(ids(1000, 1000)));
    };
    const Outcome outcome = start({"true"});
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(messages(outcome),
                ElementsAre(AllOf(HasSubstr("warning: uid 1000 is not root and cannot create " + (base / "a") +
                                            " (Permission denied). "),
                                  HasSubstr("USER in the Dockerfile, user: in compose, or runAsUser in a pod"))));
    const std::string reason = "cannot create " + (base / "a") + ": Permission denied. " + base.path() + ": 0:0 07";
    EXPECT_THAT(start({"--log-level=info", "true"}).err, HasSubstr(reason + "55, uid 1000 cannot write"));
    ASSERT_EQ(::chmod(base.path().c_str(), 0700), 0);
    EXPECT_THAT(start({"--log-level=info", "true"}).err, HasSubstr(reason + "00, uid 1000 cannot enter"));
    expect_refused(start({"--strict", "true"}), {base / "a", "Permission denied", "cannot honour GOSU_MKDIR="});
}

TEST(Mkdir, IsShownByADryRun) {
    const TemporaryDirectory base;
    const Outcome outcome =
        run(stepdown({"--dry-run", "-u", "app", "-m", base / "a/b", "-c", (base / "a") + " " + (base / "a/b")}));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("mkdir     " + (base / "a/b") + ": creates " + (base / "a") + ", " +
                                       (base / "a/b") + " for 1500:1500\n"));
    EXPECT_THAT(outcome.out, HasSubstr("chown     " + (base / "a") + ": is created first, for the user\n"));
    EXPECT_FALSE(status(base / "a"));
    const Outcome missing = run(stepdown({"--dry-run", "-u", "app", "-m", base / "a", "-c", base / "a/b"}));
    EXPECT_EQ(missing.exit_code, 125) << "nobody makes a/b: " << describe(missing);
}

TEST(Mkdir, IsShownByADryRunWhereItCannot) {
    const TemporaryDirectory base;
    write_file(base / "file", "");
    const Outcome blocked = run(stepdown({"--dry-run", "-u", "app", "-m", base / "file"}));
    EXPECT_EQ(blocked.exit_code, 125) << describe(blocked);
    EXPECT_THAT(blocked.out, HasSubstr("problem   cannot create " + (base / "file")));
    Command sealed = stepdown({"--dry-run", "-u", "app", "-m", base / "a"});
    const Outcome read_only_mount = run(sealed.after(read_only(base.path())));
    EXPECT_EQ(read_only_mount.exit_code, 125) << describe(read_only_mount);
    EXPECT_THAT(read_only_mount.out, HasSubstr("Read-only file system"));
    Command user = stepdown({"--dry-run", "-m", base / "a"});
    const Outcome warned = run(user.after(ids(1000, 1000)));
    EXPECT_EQ(warned.exit_code, 0) << describe(warned);
    EXPECT_THAT(warned.out, HasSubstr("Permission denied"));
    EXPECT_THAT(warned.out, Not(HasSubstr("problem")));
}

TEST(Mkdir, BelongsToTheStartAndNotToACall) {
    const TemporaryDirectory base;
    expect_silent_success(run(stepdown({"-u", "app", "true"}).with({"GOSU_USER=app", "GOSU_MKDIR=" + (base / "a")})));
    EXPECT_FALSE(status(base / "a"));
}

}  // namespace
}  // namespace stepdown::test
