// SPDX-License-Identifier: Apache-2.0
// uid, gid and passwd-name: what is taken, and how the rest is refused.
#include "support/plan/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Words = std::vector<std::string>;

TEST(AccountSettings, AreUnsetWithoutAValue) {
    const auto settings = Call({"app"}, {"GOSU_UID=", "GOSU_GID=", "GOSU_PASSWD_NAME="}).settings();
    ASSERT_TRUE(settings) << message_of(settings);
    EXPECT_FALSE(settings->uid);
    EXPECT_FALSE(settings->gid);
    EXPECT_FALSE(settings->passwd_name);
}

TEST(AccountSettings, ComeFromFlagsAndVariables) {
    const auto flags = Call({"--uid=1", "--gid", "0", "--passwd-name=app", "app"}).settings();
    const auto variables = Call({"app"}, {"GOSU_UID=1", "GOSU_GID=0", "GOSU_PASSWD_NAME=app"}).settings();
    for (const auto* settings : {&flags, &variables}) {
        ASSERT_TRUE(*settings) << message_of(*settings);
        EXPECT_EQ((*settings)->uid->value, "1");
        EXPECT_EQ((*settings)->gid->value, "0");
        EXPECT_EQ((*settings)->passwd_name->value, "app");
    }
}

TEST(AccountSettings, TakeIdsAndPaths) {
    for (const char* id : {"1", "1500", "65535", "4294967294", "@/workspace", "@workspace", "@/a b", "-@/workspace"}) {
        EXPECT_TRUE(Call({"app"}, {std::string("GOSU_UID=") + id}).settings()) << id;
        EXPECT_TRUE(Call({"app"}, {std::string("GOSU_GID=") + id}).settings()) << id;
    }
}

void expect_refused(const std::string& assignment, const std::string& reason) {
    const auto settings = Call({"app"}, {assignment}).settings();
    ASSERT_FALSE(settings) << assignment;
    EXPECT_THAT(settings.error().message, StartsWith("cannot use GOSU_"));
    EXPECT_THAT(settings.error().message, HasSubstr(reason)) << assignment;
}

TEST(AccountSettings, RefuseWhatIsNoId) {
    for (const char* id : {"4294967295", "4294967296", "99999999999999999999", "-1", "+5", " 5", "5 ", "0x10", "1e3",
                           "app", "@", "-", "-@", "--@/a", "-1500", "1500:1500", "1,5", "1.0"}) {
        expect_refused(std::string("GOSU_UID=") + id, "it must be a number from 1 to 4294967294, or @PATH");
        expect_refused(std::string("GOSU_GID=") + id, "it must be a number from 0 to 4294967294, or @PATH");
    }
}

TEST(AccountSettings, RefuseToMakeAnAccountRoot) {
    for (const char* zero : {"0", "00", "000000000000"}) {
        expect_refused(std::string("GOSU_UID=") + zero, "To run as root set GOSU_USER=root, and leave GOSU_UID out");
    }
}

TEST(AccountSettings, TakeNamesThatEveryProgramTakes) {
    for (const char* name : {"app", "a", "_app", "App-1", "a.b", "www-data", "abcdefghijklmnopqrstuvwxyz012345"}) {
        EXPECT_TRUE(Call({"app"}, {std::string("GOSU_PASSWD_NAME=") + name}).settings()) << name;
    }
}

TEST(AccountSettings, RefuseOtherNames) {
    for (const char* name : {"1000", "1app", "-app", "+app", "#app", ".app", "a:b", "a b", "a\nb", "a\tb", "a/b", "a,b",
                             "a\x80", "\xc3\xa4", "a$", "abcdefghijklmnopqrstuvwxyz0123456", ":", "app\r"}) {
        expect_refused(std::string("GOSU_PASSWD_NAME=") + name, "at most 32 letters");
    }
}

}  // namespace
}  // namespace stepdown::test
