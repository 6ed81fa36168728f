// SPDX-License-Identifier: Apache-2.0
// Edits of passwd(5) and group(5) as text.
#include "stepdown/prepare/account_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

const AccountEdit new_app = NewUser{"app", 1500, 1501, "/srv/app"};
const AccountEdit new_staff = NewGroup{"staff", 1501};
const AccountEdit app_to_2000 = NewIds{"app", 2000, 2001};
const AccountEdit staff_to_2001 = NewGid{"staff", 1501, 2001};
const std::string app_line = "app:x:1500:1501:app:/srv/app:/sbin/nologin";

struct Row {
    AccountEdit edit;
    std::string before;
    std::string after;
};

// Each after is a fixed point, too.
void expect_all(const std::vector<Row>& rows) {
    for (const auto& [edit, before, after] : rows) {
        const std::string changed = apply_edit(edit, before);
        EXPECT_EQ(changed, after) << in_words(edit) << " in " << testing::PrintToString(before.substr(0, 200));
        EXPECT_EQ(apply_edit(edit, changed), changed) << in_words(edit);
    }
}

TEST(ApplyEdit, AppendsALineThatEndsAsTheOthersDo) {
    const std::string root = "root:x:0:0:root:/root:/bin/sh";
    expect_all({
        {new_app, "", app_line + "\n"},
        {new_app, root + "\n", root + "\n" + app_line + "\n"},
        {new_app, root, root + "\n" + app_line + "\n"},
        {new_app, root + "\r\n", root + "\r\n" + app_line + "\r\n"},
        {new_app, root + "\r", root + "\r\n" + app_line + "\r\n"},
        {new_app, root + "\r\nlast:x:7:7::/:", root + "\r\nlast:x:7:7::/:\r\n" + app_line + "\r\n"},
        {new_app, root + "\n\n", root + "\n\n" + app_line + "\n"},
        {new_app, "+::::::\n", "+::::::\n" + app_line + "\n"},
        {new_staff, "root:x:0:\n", "root:x:0:\nstaff:x:1501:\n"},
        {new_staff, "root:x:0:", "root:x:0:\nstaff:x:1501:\n"},
    });
}

TEST(ApplyEdit, AppendsNothingWhereTheIdOrTheNameIsThere) {
    for (const std::string& there :
         {app_line + "\n", app_line, "other:x:1500:7::/:/bin/sh\n"s, "app:x:7:7::/:/bin/sh\r\n"s, "x:x:1500:7"s}) {
        EXPECT_EQ(apply_edit(new_app, there), there);
    }
    for (const std::string& there : {"staff:x:7:\n"s, "other:x:1501:a,b"s}) {
        EXPECT_EQ(apply_edit(new_staff, there), there);
    }
}

TEST(ApplyEdit, TakesNoLineForAnEntryThatIsNone) {
    for (const std::string& noise :
         {"#app:x:1500:1500::/:\n"s, "+app:x:1500:1500::/:\n"s, "-app:x:1500:1500::/:\n"s, "app:x:zero:1500::/:\n"s,
          "app\n"s, "ap\0p:x:1500:1500::/:\n"s, "app:x: 1500:1500::/:\n"s, "APP:x:15000:1500::/:\n"s}) {
        EXPECT_EQ(apply_edit(new_app, noise), noise + app_line + "\n");
        EXPECT_EQ(apply_edit(app_to_2000, noise), noise);
        EXPECT_EQ(apply_edit(app_to_2000, noise + "app:x:1:2::/:\n"), noise + "app:x:2000:2001::/:\n");
    }
}

TEST(ApplyEdit, ChangesTheIdsOfTheFirstEntryAndNoOtherByte) {
    expect_all({
        {app_to_2000, "app:x:1500:1501:An App,,,:/srv/app:/bin/sh\n", "app:x:2000:2001:An App,,,:/srv/app:/bin/sh\n"},
        {app_to_2000, "app:x:1500:1501::/:/bin/sh", "app:x:2000:2001::/:/bin/sh"},
        {app_to_2000, "app:x:1500:1501::/:/bin/sh\r\n", "app:x:2000:2001::/:/bin/sh\r\n"},
        {app_to_2000, "app:x:1500:1501", "app:x:2000:2001"},
        {app_to_2000, "app:x:1500:1501\r", "app:x:2000:2001\r"},
        {app_to_2000, "application:x:1:1::/:\napp::1:2::/:\napp:x:3:4::/:\n",
         "application:x:1:1::/:\napp::2000:2001::/:\napp:x:3:4::/:\n"},
        {app_to_2000, "\n\n#c\napp:x:2000:1::/:\n+::::::\n", "\n\n#c\napp:x:2000:2001::/:\n+::::::\n"},
        {app_to_2000, "app:x:1:2:x:/:/bin/sh:more:fields\n", "app:x:2000:2001:x:/:/bin/sh:more:fields\n"},
        {staff_to_2001, "staff:x:1501:a,b\r\nz:x:1501:\r\n", "staff:x:2001:a,b\r\nz:x:1501:\r\n"},
        {staff_to_2001, "staff:!:1501", "staff:!:2001"},
    });
}

const AccountEdit app_in_users = NewMember{"users", 100, "app"};

TEST(ApplyEdit, AddsAMemberOnceAndChangesNoOtherByte) {
    expect_all({
        {app_in_users, "users:x:100:\nz:x:1:\n", "users:x:100:app\nz:x:1:\n"},
        {app_in_users, "users:x:100:", "users:x:100:app"},
        {app_in_users, "users:x:100", "users:x:100:app"},
        {app_in_users, "users:x:100\r\n", "users:x:100:app\r\n"},
        {app_in_users, "users:x:100:a,b\r\nz:x:1:\r\n", "users:x:100:a,b,app\r\nz:x:1:\r\n"},
        {app_in_users, "users:x:100:a,\n", "users:x:100:a,app\n"},
        {app_in_users, "users:x:0100:application\n", "users:x:0100:application,app\n"},
        {app_in_users, "users:x:7:\nusers:x:100:\n", "users:x:7:\nusers:x:100:app\n"},
        {app_in_users, "users:x:100:a:more\n", "users:x:100:a,app:more\n"},
        {app_in_users, "#users:x:100:\nusers:x:x:\nusers:x:100:\nusers:x:100:\n",
         "#users:x:100:\nusers:x:x:\nusers:x:100:app\nusers:x:100:\n"},
    });
    for (const std::string& there :
         {"users:x:100:app\n"s, "users:x:100:a,app,b"s, "users:x:7:\n"s, "other:x:100:\n"s, ""s}) {
        EXPECT_EQ(apply_edit(app_in_users, there), there);
    }
}

TEST(ApplyEdit, LeavesAnIdThatIsRightAsItIsWritten) {
    const std::string padded = "app:x:02000:002001::/:\n";
    EXPECT_EQ(apply_edit(app_to_2000, padded), padded);
    EXPECT_EQ(apply_edit(NewGid{"staff", 1501, 1501}, "staff:x:01501:\n"), "staff:x:01501:\n");
}

// Somebody else may have changed it between the plan and the lock.
TEST(ApplyEdit, RenumbersAGroupOnlyFromTheGidThatWasSeen) {
    for (const std::string& other : {"staff:x:7:\nstaff:x:1501:\n"s, "other:x:1501:\n"s, ""s}) {
        EXPECT_EQ(apply_edit(staff_to_2001, other), other);
    }
}

TEST(ApplyEdit, KeepsLongLinesAndBinaryOnes) {
    const std::string noise = "x:" + std::string(1 << 20, 'y') + "\n\xff\xfe:\x01:\n" + std::string(4096, '\0') + "\n";
    EXPECT_EQ(apply_edit(new_app, noise), noise + app_line + "\n");
    EXPECT_EQ(apply_edit(app_to_2000, noise + app_line + noise),
              noise + "app:x:2000:2001:app:/srv/app:/sbin/nologin" + noise);
    const std::string members(1 << 20, 'm');
    EXPECT_EQ(apply_edit(staff_to_2001, "staff:x:1501:" + members), "staff:x:2001:" + members);
}

TEST(InWords, NamesWhatAndWhich) {
    EXPECT_EQ(in_words(new_app), "add user app with the ids 1500:1501");
    EXPECT_EQ(in_words(new_staff), "add group staff with the gid 1501");
    EXPECT_EQ(in_words(app_to_2000), "give user app the ids 2000:2001");
    EXPECT_EQ(in_words(staff_to_2001), "give group staff the gid 2001");
    EXPECT_EQ(in_words(app_in_users), "add user app to group users");
    EXPECT_THAT(in_words(NewGid{"a\x1b", 1, 2}), HasSubstr("a\\x1b"));
}

TEST(IsAddition, TellsNewLinesFromChangedOnes) {
    EXPECT_TRUE(is_addition(new_app));
    EXPECT_TRUE(is_addition(new_staff));
    EXPECT_FALSE(is_addition(app_to_2000));
    EXPECT_FALSE(is_addition(staff_to_2001));
    EXPECT_FALSE(is_addition(app_in_users));
}

}  // namespace
}  // namespace stepdown
