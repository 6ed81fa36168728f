// SPDX-License-Identifier: Apache-2.0
// Where an access control list (acl(5)) decides: what the dry run says of it, and a start that fails.
#include "support/files/acl.h"

#include "support/files/temporary.h"
#include "support/process/dry_run_page.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// user::rwx, what is given of group:: and of named, mask::rwx, other::r-x.
std::vector<AccessEntry> list(std::uint16_t group, AccessEntry named) {
    return {{ACL_USER_OBJ, 7}, named, {ACL_GROUP_OBJ, group}, {ACL_MASK, 7}, {ACL_OTHER, 5}};
}

// The facts that a dry run for app, uid 1500, finds about the words of the command.
std::vector<std::string> arguments(Words words, const std::string& mounted) {
    words.insert(words.begin(), {"--dry-run", "-u", "app"});
    return access_of(stepdown(words).after(bind_mount(mounted, mounted)), "argument");
}

class Acl : public testing::Test {
  protected:
    void SetUp() override {
        make_directory(data_);
        write_file(file_, "#!/bin/sh\n", 0755);
        give(file_, {0, 4000});
    }
    const TemporaryDirectory directory_;
    const std::string data_ = directory_ / "data";
    const std::string file_ = directory_ / "data/file";
};

TEST_F(Acl, OfAVolumeIsNamedWithTheEntryToAdd) {
    STEPDOWN_SKIP_IF(set_list(data_, list(5, {ACL_USER, 7, 1000})));
    EXPECT_THAT(arguments({"ls", data_}, data_),
                ElementsAre("argument " + data_ + " | write " + data_ + " 0:0 0775 acl | chmod setfacl -m u:1500:rwX " +
                            data_ + " | setting GOSU_CHOWN " + data_));
    EXPECT_THAT(arguments({"-c", data_, "ls", data_}, data_), IsEmpty());
    ASSERT_EQ(set_list(data_, list(5, {ACL_USER, 7, 1500})), std::nullopt);
    EXPECT_THAT(arguments({"ls", data_}, data_), IsEmpty()) << "once the advice was followed";
}

TEST_F(Acl, OfADirectoryOnTheWayMayBarWhomTheModeLetsIn) {
    STEPDOWN_SKIP_IF(set_list(data_, list(5, {ACL_USER, 0, 1500})));
    EXPECT_THAT(arguments({"cat", file_}, directory_.path()),
                ElementsAre("argument " + file_ + " | search " + data_ + " 0:0 0775 acl | chmod setfacl -m u:1500:rx " +
                            data_ + " | setting GOSU_CHOWN " + data_));
}

// The mode shows the mask in the place of the group's rights.
TEST_F(Acl, OfAFileSaysWhatItsGroupMay) {
    STEPDOWN_SKIP_IF(set_list(file_, list(4, {ACL_USER, 6, 1000})));
    EXPECT_THAT(arguments({"cat", file_}, file_), IsEmpty()) << "others may read";
    const std::string denied = "argument " + file_ + " | read " + file_ + " 0:4000 07";
    struct Case {
        std::uint16_t group;
        std::uint16_t mask;
        AccessEntry named;
        bool joins;
    };
    for (const auto& [group, mask, named, joins] :
         {Case{4, 7, {ACL_USER, 6, 1000}, true}, Case{0, 7, {ACL_USER, 6, 1000}, false},
          Case{4, 2, {ACL_USER, 6, 1000}, false}, Case{4, 7, {ACL_USER, 0, 1500}, false}}) {
        ASSERT_EQ(set_list(file_, {{ACL_USER_OBJ, 7}, named, {ACL_GROUP_OBJ, group}, {ACL_MASK, mask}, {ACL_OTHER, 0}}),
                  std::nullopt);
        const std::string mode = std::to_string(mask) + "0 acl | ";
        const std::string remedy = joins ? "setting GOSU_GROUPS @" + file_
                                         : "chmod setfacl -m u:1500:rX " + file_ + " | setting GOSU_CHOWN " + file_;
        EXPECT_THAT(arguments({"cat", file_}, file_), ElementsAre(denied + mode + remedy));
    }
}

TEST_F(Acl, IsPreferredToRootsGroup) {
    give(file_, {0, 0});
    STEPDOWN_SKIP_IF(set_list(file_, list(4, {ACL_USER, 0, 1500})));
    const std::string denied = "argument " + file_ + " | read " + file_ + " 0:0 0";
    const std::string remedy = " acl | chmod setfacl -m u:1500:rX " + file_ + " | setting GOSU_CHOWN " + file_;
    EXPECT_THAT(arguments({"cat", file_}, file_), ElementsAre(denied + "775" + remedy));
    ASSERT_EQ(set_list(file_, {{ACL_USER_OBJ, 7}, {ACL_GROUP_OBJ, 4}, {ACL_MASK, 7}, {ACL_OTHER, 0}}), std::nullopt);
    EXPECT_THAT(arguments({"cat", file_}, file_), ElementsAre(denied + "770" + remedy));
}

TEST_F(Acl, OfTheCommandIsNamedByAStartThatFails) {
    STEPDOWN_SKIP_IF(set_list(file_, list(5, {ACL_USER, 4, 1500})));
    expect_failed(
        run(stepdown({"-u", "app", file_})), 126,
        {"cannot run " + file_ + ": Permission denied. " + file_ + ": 0:4000 0775 and an ACL (see getfacl(1))",
         "Run setfacl -m u:1500:rx " + file_});
}

TEST_F(Acl, SaysNothingOfTheOwner) {
    STEPDOWN_SKIP_IF(
        set_list(data_, {{ACL_USER_OBJ, 5}, {ACL_USER, 7, 1000}, {ACL_GROUP_OBJ, 7}, {ACL_MASK, 7}, {ACL_OTHER, 7}}));
    give(data_, {1500, 1500});
    EXPECT_THAT(arguments({"ls", data_}, data_),
                ElementsAre("argument " + data_ + " | write " + data_ + " 1500:1500 0577 | chmod chmod u+w " + data_));
}

}  // namespace
}  // namespace stepdown::test
