// SPDX-License-Identifier: Apache-2.0
// Supplementary groups of the native applet.
#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <optional>
#include <ostream>

namespace stepdown::test {
namespace {

struct Row {
    std::string name;
    Words words;     // before the command
    gid_t gid;       // started with
    Groups started;  // with these
    std::string ids;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

// In test_group root is listed in disk (6), app in audio (29) and video (44).
const Row table[] = {
    {"groups added by whoever started it stay", {"-u", "1000:1000"}, 0, {2020, 2030}, "1000:1000 2020 2030"},
    {"group 0 is left out", {"-u", "1000:1000"}, 0, {0, 2020}, "1000:1000 2020"},
    {"the overflow group is left out", {"-u", "1000:1000"}, 0, {2020, 65534}, "1000:1000 2020"},
    {"groups that list root are left out", {"-u", "1000:1000"}, 0, {6, 2020}, "1000:1000 2020"},
    {"the starting primary group is left out", {"-u", "1000:1000"}, 2050, {2020, 2050}, "1000:1000 2020"},
    {"groups that list the user are joined", {"-u", "app"}, 0, {2020}, "1500:1500 29 44 2020"},
    {"but not when the spec names a group", {"-u", "app:app"}, 0, {2020}, "1500:1500 2020"},
    {"names, gids, commas and blanks",
     {"-u", "1000:1000", "-g", "docker,29 44\t45"},
     0,
     {2020},
     "1000:1000 29 44 45 999 2020"},
    {"further groups join those of the user", {"-u", "app", "--groups=docker"}, 0, {}, "1500:1500 29 44 999"},
    {"none means none at all", {"-u", "app", "-g", "none"}, 0, {0, 2020}, "1500:1500"},
    {"each once", {"-u", "app", "-g", "audio,29,video"}, 0, {29, 44}, "1500:1500 29 44"},
    {"the primary group is not repeated", {"-u", "1000:2020", "-g", "2020,2030"}, 0, {2020}, "1000:2020 2030"},
    {"group 0 for those who mean it", {"-u", "1000:1000", "-g", "0"}, 0, {}, "1000:1000 0"},
    {"a left-out group for those who mean it", {"-u", "1000:1000", "-g", "disk"}, 0, {6}, "1000:1000 6"},
    {"root keeps its groups as they are", {"-u", "root"}, 0, {0, 6, 2020}, "0:0 0 6 2020"},
    {"root by numbers keeps them too", {"-u", "0:0"}, 0, {0, 6, 2020}, "0:0 0 6 2020"},
    {"root with none has none", {"-u", "root", "-g", "none"}, 0, {0, 6, 2020}, "0:0"},
};

class SupplementaryGroups : public testing::TestWithParam<Row> {};

TEST_P(SupplementaryGroups, AreThoseOfTheContract) {
    const Row& row = GetParam();
    Command command = stepdown(and_see(row.words)).after(ids(0, row.gid, row.started));
    command.pids = PidNamespace::own;  // a call takes over no groups
    const Outcome outcome = run(command);
    EXPECT_EQ(seen(outcome).ids(), row.ids);
    EXPECT_EQ(outcome.err, "");
}

INSTANTIATE_TEST_SUITE_P(Table, SupplementaryGroups, testing::ValuesIn(table));

TEST(GroupsSetting, IsTheSameAsAVariable) {
    Command command = stepdown(and_see({})).with({"GOSU_USER=app", "GOSU_GROUPS=docker 45"});
    EXPECT_EQ(seen(run(command.after(groups({2020})))).ids(), "1500:1500 29 44 45 999 2020");
}

TEST(GroupsSetting, MayNameTheOwnerOfAPath) {
    const TemporaryDirectory directory;
    write_file(directory / "socket", "");
    give(directory / "socket", {0, 1801});
    const Command command = stepdown(and_see({"-u", "1000:1000", "-g", "@" + (directory / "socket")}));
    EXPECT_EQ(seen(run(Command(command).after(groups({})))).ids(), "1000:1000 1801");
}

TEST(GroupsSetting, RefusesThePathOfGroup0AndSaysHowToMeanIt) {
    const TemporaryDirectory directory;
    expect_refused(run(stepdown(and_see({"-u", "1000:1000", "-g", "@" + directory.path()}))),
                   {directory.path(), "--groups 0"});
}

TEST(GroupsSetting, RefusesWhatIsNoGroup) {
    for (const char* value :
         {"missing-group", "-", "--5", "-4294967295", "+5", "4294967295", "4294967296", "0x10", "@/missing/path"}) {
        expect_refused(run(stepdown(and_see({"-u", "app", std::string("--groups=") + value}))),
                       {std::string(value).substr(value[0] == '@' ? 1 : 0)});
    }
}

TEST(IgnoredGroups, AreNamedAtInfo) {
    Command command = stepdown({"--log-level", "info", "true"}).with({"GOSU_USER=1000:1000"});
    const Outcome outcome = run(command.after(groups({0, 6, 2020, 65534})));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.err, testing::HasSubstr("disk"));
    EXPECT_THAT(outcome.err, testing::HasSubstr("65534"));
}

TEST(GroupsSetting, MaySayThatAGroupNeedNotExist) {
    const TemporaryDirectory directory;
    write_file(directory / "card0", "");
    give(directory / "card0", {0, 1801});
    const std::string list = "-video,-render,-109,-@" + (directory / "renderD128") + ",-@" + (directory / "card0");
    const Outcome outcome = run(stepdown(and_see({"-u", "1000:1000", "-g", list})).after(groups({})));
    EXPECT_EQ(seen(outcome).ids(), "1000:1000 44 1801");
    EXPECT_EQ(outcome.err, "");
    for (const char* entry : {"render", "@/no/such/path"}) {
        expect_refused(run(stepdown(and_see({"-u", "1000:1000", "-g", entry}))),
                       {std::string("If it need not exist, write -") + entry});
    }
    const Outcome dry = run(stepdown({"-u", "1000:1000", "-g", "-render", "--dry-run"}));
    EXPECT_THAT(dry.out, testing::HasSubstr("note      -render in --groups does not exist, which is allowed\n"));
    const Outcome json = run(stepdown({"--dry-run", "--json"}).with({"GOSU_USER=1000:1000", "GOSU_GROUPS=-render"}));
    EXPECT_THAT(json.out, testing::HasSubstr(R"("notes":["-render in GOSU_GROUPS does not exist, which is allowed"])"));
}

// The start of a container, which takes over groups, for a user without an entry.
Command start(const Words& words) { return stepdown(and_see(words)).with({"GOSU_USER=1000:1000"}); }

// The harness mounts /etc as a whole, as a volume or the host's group file would be.
TEST(SystemGroups, AreIgnoredWhereTheGroupFileIsMounted) {
    const Groups of_root{0, 1, 2, 6, 29, 2020};
    const Outcome outcome = run(start({}).after(groups(of_root)));
    EXPECT_EQ(seen(outcome).ids(), "1000:1000 2020");
    EXPECT_THAT(messages(outcome), testing::ElementsAre(testing::AllOf(testing::HasSubstr("groups left out: 1, 2, 29."),
                                                                       testing::HasSubstr("GOSU_GROUPS=1,2,29"))));
    const Outcome named = run(start({"-g", "1,2,29"}).after(groups(of_root)));
    EXPECT_EQ(seen(named).ids(), "1000:1000 1 2 29 2020");
    EXPECT_EQ(named.err, "");
    const Outcome dry = run(stepdown({"--dry-run"}).with({"GOSU_USER=1000:1000"}).after(groups(of_root)));
    EXPECT_THAT(dry.out,
                testing::HasSubstr("left out  29 (audio): it may be root's, and the image's /etc/group is hidden"));
}

// stepdown as the machine has it, with no mount of ours on /etc.
Command with_this_etc() {
    Command start = command(programs().stepdown, "stepdown", and_see({}));
    return start.with({"GOSU_USER=1000:1000"});
}

std::optional<std::string> no_plain_etc() {
    const auto root = status("/");
    const auto file = status("/etc/group");
    if (file && file->st_dev == root->st_dev) return {};
    return "/etc/group of this machine is on a mount of its own";
}

TEST(SystemGroups, PassWhereTheGroupFileIsTheImages) {
    STEPDOWN_SKIP_IF(no_plain_etc());
    const Outcome outcome = run(with_this_etc().after(groups({0, 987, 2020})));
    EXPECT_EQ(seen(outcome).ids(), "1000:1000 987 2020");
    EXPECT_EQ(outcome.err, "");
}

// A bind mount of one file, from the same file system.
TEST(SystemGroups, AreIgnoredWhereOneFileIsMounted) {
    STEPDOWN_SKIP_IF(no_plain_etc());
    const TemporaryDirectory directory;
    write_file(directory / "group", test_group);
    Command command = with_this_etc().after(private_mounts());
    const Outcome outcome =
        run(command.after(bind_mount(directory / "group", "/etc/group")).after(groups({0, 987, 2020})));
    EXPECT_EQ(seen(outcome).ids(), "1000:1000 2020");
    EXPECT_THAT(messages(outcome), testing::ElementsAre(testing::HasSubstr("groups left out: 987.")));
}

// A mount over /etc hides the image's group file, and has none.
TEST(SystemGroups, AreIgnoredWhereAMountHidesTheGroupFile) {
    const Command command =
        with_this_etc().after(private_mounts()).after(empty_tmpfs("/etc")).after(groups({0, 6, 50}));
    const Outcome outcome = run(command);
    EXPECT_EQ(seen(outcome).ids(), "1000:1000");
    EXPECT_THAT(messages(outcome), testing::ElementsAre(testing::HasSubstr("groups left out: 6, 50.")));
}

TEST(UnmappedGroups, AreNamedInAWarning) {
    const Step some_ids = user_namespace(Setgroups::allowed, 65536);
    STEPDOWN_SKIP_IF(setup_error_of({some_ids}));
    const auto run_as = [&](const std::string& user, const Words& words) {
        const Command command = stepdown(and_see(words)).with({"GOSU_USER=" + user});
        return run(Command(command).after(groups({2020, 100000})).after(some_ids));
    };
    const Outcome outcome = run_as("1000:1000", {});
    EXPECT_EQ(seen(outcome).ids(), "1000:1000 2020");
    EXPECT_THAT(messages(outcome),
                testing::ElementsAre(testing::AllOf(testing::HasSubstr("group left out: 65534."),
                                                    testing::HasSubstr("loses the access that they give"))));
    EXPECT_EQ(run_as("root", {}).err, "") << "root keeps it";
    EXPECT_EQ(run_as("1000:1000", {"-g", "none"}).err, "") << "nothing is lost that was wanted";
}

// The group cannot be named, and whoever is root here cannot change an owner that is not mapped.
TEST(UnmappedGroups, AreNoReasonForASuggestionThatFails) {
    const Step some_ids = user_namespace(Setgroups::allowed, 65536);
    STEPDOWN_SKIP_IF(setup_error_of({some_ids}));
    const TemporaryDirectory directory;
    make_directory(directory / "share");
    give(directory / "share", {0, 100000});
    ASSERT_EQ(::chmod((directory / "share").c_str(), 02770), 0);
    const Command dry = stepdown({"-u", "500:500", "--dry-run", "/bin/touch", directory / "share/app"});
    const Outcome outcome = run(Command(dry).after(groups({100000})).after(some_ids));
    EXPECT_THAT(outcome.out, testing::HasSubstr(
                                 "Grant that outside: its owner or group may not be mapped in this user namespace\n"));
    EXPECT_THAT(outcome.out, testing::Not(testing::HasSubstr("GOSU_GROUPS=@")));
    EXPECT_THAT(outcome.out, testing::Not(testing::HasSubstr("GOSU_CHOWN=")));
}

}  // namespace
}  // namespace stepdown::test
