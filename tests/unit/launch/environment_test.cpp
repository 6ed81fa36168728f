// SPDX-License-Identifier: Apache-2.0
// HOME, USER and LOGNAME; everything else stays as it is.
#include "stepdown/launch/environment.h"

#include "support/kernel/strings.h"

#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using Variables = std::vector<std::string>;
using Changes = std::vector<EnvironmentChange>;

TEST(FindVariable, TakesTheFirstOfThatName) {
    const Strings environment({"A=1", "HOMER=x", "HOME=/a=b", "HOME=/c", "EMPTY=", "NONE", "=x"});
    EXPECT_EQ(find_variable(environment.data(), "HOME"), "/a=b");
    EXPECT_EQ(find_variable(environment.data(), "EMPTY"), "");
    EXPECT_EQ(find_variable(environment.data(), "NONE"), std::nullopt);
    EXPECT_EQ(find_variable(environment.data(), "HOM"), std::nullopt);
    EXPECT_EQ(find_variable(environment.data(), "home"), std::nullopt);
}

struct Row {
    Variables before;
    Changes changes;
    Variables after;
};

const Row rows[] = {
    {{}, {}, {}},
    {{"B=2", "A=1", "B=3", "X", "", "=y"}, {}, {"B=2", "A=1", "B=3", "X", "", "=y"}},
    {{"A=1", "HOME=/root", "B=2"}, {{"HOME", "/srv"}}, {"A=1", "HOME=/srv", "B=2"}},
    {{"HOME=/a", "A=1", "HOME=/b"}, {{"HOME", "/srv"}}, {"HOME=/srv", "A=1", "HOME=/srv"}},
    {{"A=1"}, {{"HOME", "/srv"}, {"USER", "app"}}, {"A=1", "HOME=/srv", "USER=app"}},
    {{"A=1", "USER=root", "B=2", "USER=root"}, {{"USER", std::nullopt}}, {"A=1", "B=2"}},
    {{"A=1"}, {{"USER", std::nullopt}}, {"A=1"}},
    {{"HOMER=1", "HOM=2", "HOME", "home=3"}, {{"HOME", "/"}}, {"HOMER=1", "HOM=2", "HOME", "home=3", "HOME=/"}},
    {{"HOME="}, {{"HOME", "/a=b"}}, {"HOME=/a=b"}},
    {{"USER=x", "HOME=y"}, {{"HOME", "1"}, {"USER", "2"}, {"LOGNAME", "3"}}, {"USER=2", "HOME=1", "LOGNAME=3"}},
};

TEST(Environment, ChangesInPlaceAndKeepsOrderAndDuplicates) {
    for (const auto& [before, changes, after] : rows) {
        const Strings original(before);
        const Environment changed(original.data(), changes);
        EXPECT_EQ(copy_of(changed.data()), after) << testing::PrintToString(before);
        EXPECT_EQ(copy_of(original.data()), before);
    }
}

TEST(Environment, DoesNotCopyWhatItKeeps) {
    const Strings original({"A=1", "HOME=/root", "B=2"});
    const Environment changed(original.data(), {{"HOME", "/srv"}});
    EXPECT_EQ(changed.data()[0], original.data()[0]);
    EXPECT_NE(changed.data()[1], original.data()[1]);
    EXPECT_EQ(changed.data()[2], original.data()[2]);
}

struct HomeRow {
    const char* what;
    AccountChange account;
    Variables environment;
    std::string home;
};

const HomeRow homes[] = {
    {"the setting first", {"/root", "app", "/srv/app", "/set"}, {"HOME=/inherited"}, "/set"},
    {"the setting without entry", {"/root", {}, {}, "/set"}, {"HOME=/inherited"}, "/set"},
    {"then the entry", {"/root", "app", "/srv/app", {}}, {"HOME=/inherited"}, "/srv/app"},
    {"then what is inherited", {"/root", {}, {}, {}}, {"HOME=/inherited"}, "/inherited"},
    {"also for an empty field", {"/root", "app", "", {}}, {"HOME=/inherited"}, "/inherited"},
    {"but not the starting account's own", {"/root", {}, {}, {}}, {"HOME=/root"}, "/"},
    {"whatever that is", {"/srv/first", {}, {}, {}}, {"HOME=/srv/first"}, "/"},
    {"nor for an empty field", {"/root", "app", "", {}}, {"HOME=/root"}, "/"},
    {"nor an empty one", {"/root", {}, {}, {}}, {"HOME="}, "/"},
    {"nor none", {"/root", {}, {}, {}}, {"A=1"}, "/"},
    {"the entry even where it is root's", {"/root", "app", "/root", {}}, {}, "/root"},
};

TEST(ChangesForNewUser, DecideHome) {
    for (const auto& [what, account, variables, home] : homes) {
        const Strings environment(variables);
        const Changes changes = changes_for_new_user(account, environment.data());
        const Changes only_home{changes.at(0)};
        EXPECT_EQ(only_home, (Changes{{"HOME", home}})) << what;
    }
}

Changes names(std::optional<std::string> entry, const Variables& variables) {
    const Strings environment(variables);
    Changes changes = changes_for_new_user({"/root", std::move(entry), "/", {}}, environment.data());
    changes.erase(changes.begin());  // HOME
    return changes;
}

TEST(ChangesForNewUser, NameTheEntry) {
    const Changes app{{"USER", "app"}, {"LOGNAME", "app"}};
    EXPECT_EQ(names("app", {}), app);
    EXPECT_EQ(names("app", {"USER=root", "LOGNAME=other"}), app);
}

TEST(ChangesForNewUser, RemoveRootsNameWithoutAnEntry) {
    EXPECT_EQ(names({}, {}), Changes{});
    EXPECT_EQ(names({}, {"USER=other", "LOGNAME="}), Changes{});
    EXPECT_EQ(names({}, {"USER=root", "LOGNAME=other"}), (Changes{{"USER", std::nullopt}}));
    EXPECT_EQ(names({}, {"LOGNAME=root"}), (Changes{{"LOGNAME", std::nullopt}}));
    EXPECT_EQ(names({}, {"USER=root", "LOGNAME=root"}), (Changes{{"USER", std::nullopt}, {"LOGNAME", std::nullopt}}));
    EXPECT_EQ(names({}, {"USER=rooty", "LOGNAME=Root"}), Changes{});
}

}  // namespace
}  // namespace stepdown::test
