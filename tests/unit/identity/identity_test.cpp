// SPDX-License-Identifier: Apache-2.0
// From a spec to ids.
#include "stepdown/identity/identity.h"

#include "support/plan/identities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::HasSubstr;

constexpr uid_t as_root = 0;

Result<Identity> resolve(std::string_view spec, uid_t current_uid = as_root) {
    return resolve_user(parse_user_spec(spec), some_accounts(), current_uid);
}

struct Row {
    const char* spec;
    uid_t uid;
    gid_t gid;
    const char* entry;  // the name of the passwd entry; "" for none
    const char* group;
};

const Row meanings[] = {
    {"root", 0, 0, "root", "root"},
    {"0", 0, 0, "root", "root"},
    {"root:", 0, 0, "root", "root"},
    {"0:", 0, 0, "root", "root"},
    {"0:0", 0, 0, "root", "root"},
    {"root:app", 0, 1500, "root", "app"},
    {"0:4000", 0, 4000, "root", ""},
    {"app", 1500, 1500, "app", "app"},
    {"app:", 1500, 1500, "app", "app"},
    {"app:audio", 1500, 29, "app", "audio"},
    {"app:0", 1500, 0, "app", "root"},
    {"app:root", 1500, 0, "app", "root"},
    {"1500", 1500, 1500, "app", "app"},
    {"1500:29", 1500, 29, "app", "audio"},
    {"01500", 1500, 1500, "app", "app"},
    {"games", 5, 60, "games", "games"},
    {"5", 5, 60, "games", "games"},
    {"5:0060", 5, 60, "games", "games"},
    {"1234:1234", 1234, 1234, "", ""},
    {"1234:audio", 1234, 29, "", "audio"},
    {"1234:0", 1234, 0, "", "root"},
    {"twin", 1500, 1700, "twin", ""},
    {"4294967294:4294967294", 4294967294, 4294967294, "", ""},
};

TEST(ResolveUser, GivesTheIdsThatASpecMeans) {
    for (const auto& [spec, uid, gid, entry, group] : meanings) {
        const auto identity = resolve(spec);
        ASSERT_TRUE(identity) << spec << ": " << identity.error().message;
        EXPECT_EQ(identity->uid, uid) << spec;
        EXPECT_EQ(identity->gid, gid) << spec;
        EXPECT_EQ(identity->entry ? identity->entry->name : "", entry) << spec;
        EXPECT_EQ(identity->group_name, group) << spec;
    }
}

TEST(ResolveUser, TakesTheCurrentUidForAnEmptyUserHalf) {
    const auto app = resolve(":audio", 1500);
    ASSERT_TRUE(app);
    EXPECT_EQ(app->uid, 1500U);
    EXPECT_EQ(app->gid, 29U);
    EXPECT_EQ(app->entry->name, "app");
    const auto unknown = resolve(":29", 1234);
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->uid, 1234U);
    EXPECT_FALSE(unknown->entry);
}

struct Refusal {
    const char* spec;
    const char* reason;
};

const Refusal refusals[] = {
    {"missing", "there is no user missing in /etc/passwd"},
    {"missing:0", "there is no user missing in /etc/passwd"},
    {"App", "there is no user App in /etc/passwd"},
    {"app ", "there is no user \"app \" in /etc/passwd"},
    {"0day", "there is no user 0day in /etc/passwd"},
    {"0x0", "there is no user 0x0 in /etc/passwd"},
    {"1e3", "there is no user 1e3 in /etc/passwd"},
    {"-1", "there is no user -1 in /etc/passwd"},
    {"+5", "there is no user +5 in /etc/passwd"},
    {"+0", "there is no user +0 in /etc/passwd"},
    {" 0", "there is no user \" 0\" in /etc/passwd"},
    {"a\nb", "there is no user a\\nb in /etc/passwd"},
    {"app:missing", "there is no group missing in /etc/group"},
    {"app:b:c", "there is no group b:c in /etc/group"},
    {"app:-1", "there is no group -1 in /etc/group"},
    {"4294967295", "4294967295 is not an id: ids are 0 to 4294967294"},
    {"4294967296", "4294967296 is not an id: ids are 0 to 4294967294"},
    {"4294968796", "4294968796 is not an id"},
    {"18446744073709551616", "18446744073709551616 is not an id"},
    {"99999999999999999999", "99999999999999999999 is not an id"},
    {"app:4294967295", "4294967295 is not an id"},
    {"app:4294967296", "4294967296 is not an id"},
    {"1234", "uid 1234 has no entry in /etc/passwd, so its group is unknown. Write 1234:GID"},
    {"1234:", "Write 1234:GID"},
    {"1000", "uid 1000 has no entry"},
};

TEST(ResolveUser, RefusesWhatItDoesNotKnow) {
    for (const auto& [spec, reason] : refusals) {
        const auto identity = resolve(spec);
        ASSERT_FALSE(identity) << spec;
        EXPECT_THAT(identity.error().message, HasSubstr(reason)) << spec;
    }
}

// Only a user half that reads root or 0 is root.
TEST(ResolveUser, RefusesUid0ByEveryOtherWay) {
    const Refusal others[] = {
        {"", "To run as root write 0:GID"},
        {":", "To run as root write 0:GID"},
        {":1000", "To run as root write 0:GID"},
        {":audio", "To run as root write 0:GID"},
        {"toor", "has uid 0"},
        {"toor:1000", "has uid 0"},
        {"00", "is uid 0"},
        {"000000000000:1000", "is uid 0"},
    };
    for (const auto& [spec, reason] : others) {
        const auto identity = resolve(spec);
        ASSERT_FALSE(identity) << spec;
        EXPECT_THAT(identity.error().message, HasSubstr(reason)) << spec;
    }
}

TEST(ResolveUser, NeedsAGroupForRootWithoutAnEntry) {
    const Accounts none;
    EXPECT_FALSE(resolve_user(parse_user_spec("root"), none, as_root));
    EXPECT_FALSE(resolve_user(parse_user_spec("0"), none, as_root));
    EXPECT_TRUE(resolve_user(parse_user_spec("0:0"), none, as_root));
}

// A line that says root without being uid 0 is what it says.
TEST(ResolveUser, BelievesTheLineOfRoot) {
    const Accounts odd("root:x:1000:1000::/:\n", "");
    EXPECT_EQ(resolve_user(parse_user_spec("root"), odd, as_root)->uid, 1000U);
}

class OwnersOfPaths : public OwnedPaths {};

TEST_F(OwnersOfPaths, GiveBothIdsAlone) {
    const std::string path = owned_by(1500, 29);
    const auto identity = resolve("@" + path);
    ASSERT_TRUE(identity) << identity.error().message;
    EXPECT_EQ(identity->uid, 1500U);
    EXPECT_EQ(identity->gid, 29U) << "the group of the path, not of the passwd entry";
    EXPECT_EQ(identity->entry->name, "app");
    EXPECT_EQ(resolve("@" + owned_by(1234, 1235))->gid, 1235U);
}

TEST_F(OwnersOfPaths, GiveTheHalfTheyStandIn) {
    const std::string path = owned_by(1234, 1235);
    EXPECT_EQ(resolve("@" + path + ":29")->uid, 1234U);
    EXPECT_EQ(resolve("@" + path + ":29")->gid, 29U);
    EXPECT_EQ(resolve("app:@" + path)->uid, 1500U);
    EXPECT_EQ(resolve("app:@" + path)->gid, 1235U);
}

TEST_F(OwnersOfPaths, MayNotBeRootInTheHalfThatIsTaken) {
    EXPECT_THAT(resolve("@" + owned_by(0, 29)).error().message, HasSubstr("belongs to root"));
    EXPECT_EQ(resolve("@").error().message, "@ needs a path, such as @/data");
    EXPECT_THAT(resolve("@" + owned_by(0, 29) + ":29").error().message, HasSubstr("such as 1000:1000"));
    EXPECT_THAT(resolve("@" + owned_by(1500, 0)).error().message, HasSubstr("belongs to group 0"));
    EXPECT_THAT(resolve("app:@" + owned_by(1500, 0)).error().message, HasSubstr("belongs to group 0"));
    EXPECT_TRUE(resolve("@" + owned_by(1500, 0) + ":29"));
    EXPECT_TRUE(resolve("app:@" + owned_by(0, 29)));
}

// In the first user namespace every id is mapped, so 65534 is nobody and nothing else.
TEST_F(OwnersOfPaths, MayBeNobodyWhereEveryIdIsMapped) {
    if (may_have_no_mapping(OverflowId::uid, 65534)) GTEST_SKIP() << "this is not the first user namespace";
    EXPECT_EQ(resolve("@" + owned_by(65534, 29))->uid, 65534U);
    EXPECT_EQ(resolve("@" + owned_by(1500, 65534))->gid, 65534U);
    EXPECT_EQ(*resolve_id(OwnerOf{owned_by(65534, 65534)}, OverflowId::uid), 65534U);
    EXPECT_EQ(*resolve_group(OwnerOf{owned_by(0, 65534)}, some_accounts(), ""), 65534U);
}

TEST_F(OwnersOfPaths, FollowTheOperandRule) {
    const std::string path = owned_by(1500, 29);
    make_link(path, directory() / "of-root");
    EXPECT_TRUE(resolve("@" + (directory() / "of-root")));
    make_link(path, directory() / "of-app");
    give(directory() / "of-app", {1500, 1500});
    EXPECT_THAT(resolve("@" + (directory() / "of-app")).error().message, HasSubstr("uid 1500 controls"));
}

TEST_F(OwnersOfPaths, MustExist) {
    EXPECT_THAT(resolve("@" + (directory() / "missing")).error().message, HasSubstr("No such file or directory"));
    EXPECT_FALSE(resolve("@"));
    EXPECT_FALSE(resolve("@:29"));
}

TEST_F(OwnersOfPaths, TellAMalformedValueFromOneThatCannotBeResolved) {
    const auto is_bad = [](const auto& result) { return is_malformed(result.error()); };
    for (const char* spec : {"4294967295", "app:4294967295", "00", "@", "app:@"}) EXPECT_TRUE(is_bad(resolve(spec)));
    for (const char* spec : {"missing", "app:missing", "toor", "1234", "@/no/such/path"}) {
        EXPECT_FALSE(is_bad(resolve(spec))) << spec;
    }
    EXPECT_FALSE(is_bad(resolve("@" + owned_by(0, 0))));
}

TEST(ResolveGroup, TakesNamesAndGids) {
    const Accounts accounts = some_accounts();
    EXPECT_EQ(*resolve_group(SpecName{"audio"}, accounts, ""), 29U);
    EXPECT_EQ(*resolve_group(SpecNumber{"29"}, accounts, ""), 29U);
    EXPECT_EQ(*resolve_group(SpecNumber{"0"}, accounts, ""), 0U);
    EXPECT_EQ(*resolve_group(SpecName{"root"}, accounts, ""), 0U);
    EXPECT_FALSE(resolve_group(SpecName{"missing"}, accounts, ""));
    EXPECT_FALSE(resolve_group(SpecNumber{"4294967295"}, accounts, ""));
}

TEST_F(OwnersOfPaths, OfGroup0GiveTheSuggestionOfTheCaller) {
    const auto gid = resolve_group(OwnerOf{owned_by(1500, 0)}, some_accounts(), "Some advice");
    ASSERT_FALSE(gid);
    EXPECT_THAT(gid.error().message, HasSubstr("belongs to group 0. Some advice"));
    EXPECT_EQ(*resolve_group(OwnerOf{owned_by(0, 999)}, some_accounts(), ""), 999U);
}

}  // namespace
}  // namespace stepdown::test
