// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/typo.h"

#include "stepdown/settings/options.h"

#include "support/kernel/strings.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace stepdown::test {
namespace {

TEST(EditDistance, IsALetterMissingAddedChangedOrTwoSwapped) {
    const std::pair<const char*, const char*> table[] = {
        {"abc", "ab"},  {"abc", "bc"},   {"abc", "ac"},   {"abc", "abcd"}, {"abc", "xabc"}, {"abc", "axbc"},
        {"abc", "abb"}, {"abc", "xbc"},  {"abc", "axc"},  {"abc", "bac"},  {"abc", "acb"},  {"", "a"},
        {"a", "b"},     {"aab", "aaab"}, {"aaa", "aaaa"}, {"ab", "ba"},
    };
    for (const auto& [a, b] : table) {
        EXPECT_TRUE(is_one_edit_apart(a, b)) << a << ' ' << b;
        EXPECT_TRUE(is_one_edit_apart(b, a)) << b << ' ' << a;
    }
}

TEST(EditDistance, IsNotNoneAndNotTwo) {
    const std::pair<const char*, const char*> table[] = {
        {"", ""},       {"abc", "abc"}, {"abc", "a"},    {"", "ab"},       {"abc", "cba"},
        {"abc", "cab"}, {"abc", "axy"}, {"abc", "xbcy"}, {"abcd", "badc"}, {"abc", "ABC"},
        {"abc", "bcx"}, {"abc", "xac"}, {"abc", "bxc"},
    };
    for (const auto& [a, b] : table) {
        EXPECT_FALSE(is_one_edit_apart(a, b)) << a << ' ' << b;
        EXPECT_FALSE(is_one_edit_apart(b, a)) << b << ' ' << a;
    }
}

TEST(Typo, NamesTheVariableAndWhatIsMeant) {
    const std::pair<const char*, const char*> table[] = {
        {"GOSU_CHONW", "GOSU_CHOWN"},
        {"GOSU_USR", "GOSU_USER"},
        {"GOSU_USERS", "GOSU_USER"},
        {"GOSU_GROUP", "GOSU_GROUPS"},
        {"GOSO_USER", "GOSU_USER"},
        {"GOSU_UMSAK", "GOSU_UMASK"},
        {"GOSU_user", ""},
        {"GOSU_ONE_FILE_SYSTEM", "GOSU_CHOWN_ONE_FILE_SYSTEM"},
        {"GOSU_HELP", ""},
        {"GOSU_STRICTT", "GOSU_STRICT"},
        {"OSU_USER", "GOSU_USER"},
        {"OSU_UID", "GOSU_UID"},
        {"GOSU_GI", "GOSU_GID"},
        {"GOSU_CHOWN_ERROR", "GOSU_CHOWN_ERRORS"},
    };
    for (const auto& [name, meant] : table) {
        const Strings environment({std::string(name) + "=GOSU_CHONW"});
        const auto warnings = typo_warnings(environment.data());
        if (*meant == '\0') {
            EXPECT_TRUE(warnings.empty()) << name;
            continue;
        }
        ASSERT_EQ(warnings.size(), 1U) << name;
        EXPECT_EQ(warnings[0], "unknown setting " + std::string(name) + ". Did you mean " + meant + "?");
    }
}

std::vector<std::string> typos_of(const std::string& name) {
    std::vector<std::string> typos;
    for (std::size_t at = 0; at <= name.size(); ++at) {
        typos.push_back(std::string(name).insert(at, "X"));
        if (at == name.size()) break;
        typos.push_back(std::string(name).erase(at, 1));
        typos.push_back(std::string(name).replace(at, 1, "X"));
        if (at + 1 == name.size() || name[at] == name[at + 1]) continue;
        std::string& swapped = typos.emplace_back(name);
        std::swap(swapped[at], swapped[at + 1]);
    }
    return typos;
}

TEST(Typo, SeesATypoAnywhere) {
    for (const OptionDeclaration& declared : option_table) {
        if (*declared.variable == '\0') continue;
        for (const std::string& typo : typos_of(declared.variable)) {
            const auto is_that = [&typo](const auto& each) { return typo == each.variable; };
            if (std::any_of(option_table.begin(), option_table.end(), is_that)) continue;
            const Strings environment({typo + "=1"});
            EXPECT_EQ(typo_warnings(environment.data()).size(), 1U) << typo;
        }
    }
}

TEST(Typo, WarnsOnceOfEach) {
    const Strings environment({"GOSU_CHONW=1", "PATH=/bin", "GOSU_USRE=1", "GOSU_USER=1"});
    EXPECT_EQ(typo_warnings(environment.data()).size(), 2U);
}

// Not even where two of them are one edit apart.
TEST(Typo, TakesNoSettingForATypo) {
    for (const OptionDeclaration& declared : option_table) {
        const Strings environment({std::string(declared.variable) + "=1"});
        EXPECT_TRUE(typo_warnings(environment.data()).empty()) << declared.variable;
    }
}

TEST(Typo, MindsNobodyElsesBusiness) {
    const Strings environment({"GOSU_VERSION=1.19", "GOSU_USER=app", "GOSU_CHOWN=/data", "GOSU=1", "USER=root",
                               "PATH=", "GOSU_", "", "=", "NOEQUALS", "GOSU_HOMEPAGE=x", "GOSU_CHOWN_ERRORS=warn",
                               "A=GOSU_CHONW"});
    EXPECT_TRUE(typo_warnings(environment.data()).empty());
}

}  // namespace
}  // namespace stepdown::test
