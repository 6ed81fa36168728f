// Supplementary groups of the native personality. See design 2.2.
#include "support/child.h"
#include "support/expect.h"
#include "support/programs.h"
#include "support/seen.h"
#include "support/temporary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
    {"groups added by whoever started it stay", {"-u", "1000:1000"}, 0, {20, 30}, "1000:1000 20 30"},
    {"group 0 is left out", {"-u", "1000:1000"}, 0, {0, 20}, "1000:1000 20"},
    {"the overflow group is left out", {"-u", "1000:1000"}, 0, {20, 65534}, "1000:1000 20"},
    {"groups that list root are left out", {"-u", "1000:1000"}, 0, {6, 20}, "1000:1000 20"},
    {"the starting primary group is left out", {"-u", "1000:1000"}, 50, {20, 50}, "1000:1000 20"},
    {"groups that list the user are joined", {"-u", "app"}, 0, {20}, "1500:1500 20 29 44"},
    {"but not when the spec names a group", {"-u", "app:app"}, 0, {20}, "1500:1500 20"},
    {"names, gids, commas and blanks",
     {"-u", "1000:1000", "-g", "docker,29 44\t45"},
     0,
     {20},
     "1000:1000 20 29 44 45 999"},
    {"further groups join those of the user", {"-u", "app", "--groups=docker"}, 0, {}, "1500:1500 29 44 999"},
    {"none means none at all", {"-u", "app", "-g", "none"}, 0, {0, 20}, "1500:1500"},
    {"each once", {"-u", "app", "-g", "audio,29,video"}, 0, {29, 44}, "1500:1500 29 44"},
    {"the primary group is not repeated", {"-u", "1000:20", "-g", "20,30"}, 0, {20}, "1000:20 30"},
    {"group 0 for those who mean it", {"-u", "1000:1000", "-g", "0"}, 0, {}, "1000:1000 0"},
    {"a left-out group for those who mean it", {"-u", "1000:1000", "-g", "disk"}, 0, {6}, "1000:1000 6"},
    {"root keeps its groups as they are", {"-u", "root"}, 0, {0, 6, 20}, "0:0 0 6 20"},
    {"root by numbers keeps them too", {"-u", "0:0"}, 0, {0, 6, 20}, "0:0 0 6 20"},
    {"root with none has none", {"-u", "root", "-g", "none"}, 0, {0, 6, 20}, "0:0"},
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
    EXPECT_EQ(seen(run(command.after(groups({20})))).ids(), "1500:1500 20 29 44 45 999");
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
                   {directory.path(), "GOSU_GROUPS=0"});
}

TEST(GroupsSetting, RefusesWhatIsNoGroup) {
    for (const char* value : {"missing-group", "-1", "+5", "4294967295", "4294967296", "0x10", "@/missing/path"}) {
        expect_refused(run(stepdown(and_see({"-u", "app", std::string("--groups=") + value}))),
                       {std::string(value).substr(value[0] == '@' ? 1 : 0)});
    }
}

TEST(LeftOutGroups, AreNamedAtInfo) {
    Command command = stepdown({"--log-level", "info", "true"}).with({"GOSU_USER=1000:1000"});
    const Outcome outcome = run(command.after(groups({0, 6, 20, 65534})));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.err, testing::HasSubstr("disk"));
    EXPECT_THAT(outcome.err, testing::HasSubstr("65534"));
}

}  // namespace
}  // namespace stepdown::test
