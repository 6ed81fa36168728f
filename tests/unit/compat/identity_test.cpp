// SPDX-License-Identifier: Apache-2.0
// The tables of gosu 1.19 (main.go, moby/sys/user) and su-exec 0.3 (su-exec.c).
#include "stepdown/compat/identity.h"

#include "support/plan/identities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace stepdown::test {
namespace {

using testing::HasSubstr;

constexpr CurrentIds start{0, 7};

const char* const out_of_range = "uids and gids must be in range 0-2147483647";

template <typename T>
std::string message_of(const Result<T>& result) {
    return result ? "" : result.error().message;
}

struct Row {
    const char* spec;
    CompatIdentity gosu;
};

const Row meanings[] = {
    {"0", {0, 0, {6}, "/root"}},
    {"root", {0, 0, {6}, "/root"}},
    {"0:", {0, 0, {6}, "/root"}},
    {"root:", {0, 0, {6}, "/root"}},
    {"", {0, 0, {6}, "/root"}},
    {":", {0, 0, {6}, "/root"}},
    {"0:0", {0, 0, {}, "/root"}},
    {"root:0", {0, 0, {}, "/root"}},
    {"0:root", {0, 0, {}, "/root"}},
    {":0", {0, 0, {}, "/root"}},
    {":audio", {0, 29, {}, "/root"}},
    {"0:1000", {0, 1000, {}, "/root"}},
    {"root:1000", {0, 1000, {}, "/root"}},
    {"1000", {1000, 7, {}, "/"}},
    {"1000:", {1000, 7, {}, "/"}},
    {"1000:1000", {1000, 1000, {}, "/"}},
    {"1000:root", {1000, 0, {}, "/"}},
    {"1000:daemon", {1000, 1, {}, "/"}},
    {"games", {5, 60, {29}, "/usr/games"}},
    {"5", {5, 60, {29}, "/usr/games"}},
    {"05", {5, 60, {29}, "/usr/games"}},
    {"+5", {5, 60, {29}, "/usr/games"}},
    {"games:daemon", {5, 1, {}, "/usr/games"}},
    {"app", {1500, 1500, {29, 44, 1500}, "/srv/app"}},
    {"app:app", {1500, 1500, {}, "/srv/app"}},
    {"app:+29", {1500, 29, {}, "/srv/app"}},
    {"1500", {1500, 1500, {29, 44, 1500}, "/srv/app"}},
    {"toor", {0, 0, {}, "/toor"}},
    {"2147483647", {2147483647, 7, {}, "/"}},
    {"2147483647:2147483647", {2147483647, 2147483647, {}, "/"}},
};

TEST(Gosu, MeansWhatItsTableSays) {
    for (const auto& [spec, expected] : meanings) {
        const auto identity = resolve_as_gosu(spec, some_accounts(), start);
        ASSERT_TRUE(identity) << spec << ": " << identity.error().message;
        EXPECT_EQ(*identity, expected) << spec;
    }
}

// As gosu's, but the groups include the primary one.
TEST(SuExec, MeansWhatItsTableSays) {
    for (const auto& [spec, gosu] : meanings) {
        const auto identity = resolve_as_su_exec(spec, some_accounts(), start);
        ASSERT_TRUE(identity) << spec << ": " << identity.error().message;
        EXPECT_EQ(identity->uid, gosu.uid) << spec;
        EXPECT_EQ(identity->gid, gosu.gid) << spec;
        EXPECT_EQ(identity->home, gosu.home) << spec;
        std::vector<gid_t> expected = gosu.groups;
        if (std::find(expected.begin(), expected.end(), gosu.gid) == expected.end()) expected.push_back(gosu.gid);
        std::vector<gid_t> groups = identity->groups;
        std::sort(groups.begin(), groups.end());
        groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
        EXPECT_THAT(groups, testing::UnorderedElementsAreArray(expected)) << spec;
    }
}

// su-exec reads ids with strtol(3); gosu refuses what a signed number of 32 bits cannot hold.
TEST(SuExec, TakesEveryIdThatTheKernelHas) {
    EXPECT_EQ(*resolve_as_su_exec("2147483648", some_accounts(), start), (CompatIdentity{2147483648, 7, {7}, "/"}));
    EXPECT_EQ(*resolve_as_su_exec("4294967294:4294967294", some_accounts(), start),
              (CompatIdentity{4294967294, 4294967294, {4294967294}, "/"}));
    const Accounts far("far:x:3000000000:3000000001::/far:\n", "team:x:29:far\n");
    EXPECT_EQ(*resolve_as_su_exec("3000000000", far, start),
              (CompatIdentity{3000000000, 3000000001, {29, 3000000001}, "/far"}));
    for (const char* spec : {"2147483648", "4294967294", "app:2147483648", "3000000000"}) {
        EXPECT_EQ(message_of(resolve_as_gosu(spec, some_accounts(), start)), out_of_range) << spec;
        EXPECT_EQ(message_of(resolve_as_gosu(spec, far, start)),
                  *spec == 'a' ? "unable to find user app: no matching entries in passwd file" : out_of_range);
    }
}

TEST(Applets, TakeAnEmptyUserForTheCurrentOne) {
    constexpr CurrentIds app{1500, 1234};
    EXPECT_EQ(*resolve_as_gosu("", some_accounts(), app), (CompatIdentity{1500, 1500, {29, 44, 1500}, "/srv/app"}));
    EXPECT_EQ(*resolve_as_gosu(":60", some_accounts(), app), (CompatIdentity{1500, 60, {}, "/srv/app"}));
    EXPECT_EQ(*resolve_as_su_exec(":60", some_accounts(), app), (CompatIdentity{1500, 60, {60}, "/srv/app"}));
    constexpr CurrentIds unknown{4000, 4001};
    EXPECT_EQ(*resolve_as_gosu(":", some_accounts(), unknown), (CompatIdentity{4000, 4001, {}, "/"}));
    EXPECT_EQ(*resolve_as_su_exec(":", some_accounts(), unknown), (CompatIdentity{4000, 4001, {4001}, "/"}));
}

TEST(Gosu, IgnoresWhatFollowsASecondColon) {
    EXPECT_EQ(*resolve_as_gosu("app:audio:video", some_accounts(), start), (CompatIdentity{1500, 29, {}, "/srv/app"}));
    EXPECT_EQ(*resolve_as_gosu("app::video", some_accounts(), start),
              (CompatIdentity{1500, 1500, {29, 44, 1500}, "/srv/app"}));
}

struct Refusal {
    const char* spec;
    const char* gosu;
    const char* su_exec;
};

const Refusal refusals[] = {
    {"missing", "unable to find user missing: no matching entries in passwd file", "getpwnam(missing)"},
    {"0day", "unable to find user 0day: no matching entries in passwd file", "getpwnam(0day)"},
    {"0x0", "unable to find user 0x0: no matching entries in passwd file", "getpwnam(0x0)"},
    {" 0", "unable to find user  0: no matching entries in passwd file", "getpwnam( 0)"},
    {"-", "unable to find user -: no matching entries in passwd file", "getpwnam(-)"},
    {"missing:0", "unable to find user missing: no matching entries in passwd file", "getpwnam(missing)"},
    {"app:missing", "unable to find group missing: no matching entries in group file", "getgrnam(missing)"},
    {":missing", "unable to find group missing: no matching entries in group file", "getgrnam(missing)"},
    {"-1", out_of_range, "setuid(-1)"},
    {"4294967295", out_of_range, "setuid(4294967295)"},
    {"4294967296", out_of_range, "setuid(4294967296)"},
    {"4294968796", out_of_range, "setuid(4294968796)"},
    {"99999999999999999999", "unable to find user 99999999999999999999: no matching entries in passwd file",
     "setuid(99999999999999999999)"},
    {"app:-1", out_of_range, "setgid(-1)"},
    {"app:4294967295", out_of_range, "setgid(4294967295)"},
    {"app:4294967296", out_of_range, "setgid(4294967296)"},
    {"app:99999999999999999999", "unable to find group 99999999999999999999: no matching entries in group file",
     "setgid(99999999999999999999)"},
};

TEST(Applets, RefuseInTheirOwnWords) {
    for (const auto& [spec, gosu, su_exec] : refusals) {
        const auto as_gosu = resolve_as_gosu(spec, some_accounts(), start);
        ASSERT_FALSE(as_gosu) << spec;
        EXPECT_EQ(as_gosu.error().message, gosu) << spec;
        const auto as_su_exec = resolve_as_su_exec(spec, some_accounts(), start);
        ASSERT_FALSE(as_su_exec) << spec;
        EXPECT_THAT(as_su_exec.error().message, HasSubstr(su_exec)) << spec;
    }
    EXPECT_EQ(resolve_as_gosu("app:b:c", some_accounts(), start).error().message,
              "unable to find group b: no matching entries in group file");
    EXPECT_THAT(resolve_as_su_exec("app:audio:c", some_accounts(), start).error().message,
                HasSubstr("getgrnam(audio:c)"));
}

// A number is never a name, and garbage never uid 0.
TEST(Applets, DoNotTakeANumberForAName) {
    const Accounts accounts("1000:x:0:0::/:\n99999999999999999999:x:0:0::/:\n:x:0:0::/:\nbad:x:x:0::/:\n",
                            "1000:x:0:\n99999999999999999999:x:0:\n");
    EXPECT_EQ(resolve_as_gosu("1000", accounts, start)->uid, 1000U);
    EXPECT_EQ(resolve_as_su_exec("1000", accounts, start)->uid, 1000U);
    EXPECT_EQ(resolve_as_gosu("1000:1000", accounts, start)->gid, 1000U);
    EXPECT_EQ(resolve_as_su_exec("1000:1000", accounts, start)->gid, 1000U);
    for (const char* spec : {"99999999999999999999", "1:99999999999999999999", "bad"}) {
        EXPECT_FALSE(resolve_as_gosu(spec, accounts, start)) << spec;
        EXPECT_FALSE(resolve_as_su_exec(spec, accounts, start)) << spec;
    }
}

}  // namespace
}  // namespace stepdown::test
