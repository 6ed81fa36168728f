// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <vector>

namespace stepdown {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// What a terminal of 80 columns and 24 lines holds, less the line of the prompt that follows.
constexpr std::size_t columns = 80;
constexpr std::size_t lines_of_a_screen = 23;

std::vector<std::string> lines_of(const std::string& page) {
    std::vector<std::string> lines;
    std::istringstream in(page);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

void expect_narrow(const std::string& page) {
    for (const std::string& line : lines_of(page)) {
        EXPECT_LE(line.size(), columns) << line;
        EXPECT_FALSE(line.ends_with(' ')) << line;
    }
}

// "      --chown PATHS": as both pages begin the line of an option.
std::string beginning(const OptionDeclaration& declared) {
    std::string text = declared.short_flag() == '\0' ? "\n      " : std::string("\n  -") + declared.short_flag() + ", ";
    text += declared.long_flag();
    return declared.is_boolean() ? text : text + ' ' + declared.argument;
}

TEST(Help, FitsAScreen) {
    expect_narrow(help_text());
    EXPECT_LE(lines_of(help_text()).size(), lines_of_a_screen);
    EXPECT_TRUE(help_text().ends_with('\n'));
}

TEST(Help, HasOneLineWithFlagVariableAndMeaningForEachCommonOption) {
    for (const OptionDeclaration& declared : option_table) {
        const std::string begins = beginning(declared);
        if (*declared.brief == '\0') {
            EXPECT_THAT(help_text(), Not(HasSubstr(begins)));
            continue;
        }
        ASSERT_THAT(help_text(), HasSubstr(begins + " "));
        const std::string from_there = help_text().substr(help_text().find(begins) + 1);
        const std::string line = from_there.substr(0, from_there.find('\n'));
        EXPECT_THAT(line, HasSubstr(std::string(" ") + declared.variable + " "));
        EXPECT_TRUE(line.ends_with(std::string(" ") + declared.brief)) << line;
    }
}

// Those that a first Dockerfile, and a first look into why it does not work, ask for.
TEST(Help, CountsTheseAmongTheCommonOptions) {
    for (const char* name : {"GOSU_USER", "GOSU_GROUPS", "GOSU_MKDIR", "GOSU_CHOWN", "GOSU_HOME", "GOSU_UMASK",
                             "GOSU_STRICT", "GOSU_DRY_RUN", "--help-all", "--version"}) {
        EXPECT_THAT(help_text(), HasSubstr(std::string(" ") + name + " "));
    }
}

TEST(HelpAll, HoldsEveryOptionOfTheTableInFull) {
    std::string unwrapped;
    for (const char c : help_all_text()) {
        if (c != ' ' && c != '\n') unwrapped += c;
    }
    for (const OptionDeclaration& declared : option_table) {
        const std::string variable = *declared.variable == '\0' ? "" : std::string("  [") + declared.variable + "]";
        EXPECT_THAT(help_all_text(), HasSubstr(beginning(declared) + variable + "\n"));
        std::string meaning(declared.help);
        std::erase(meaning, ' ');
        EXPECT_THAT(unwrapped, HasSubstr(meaning));
    }
    expect_narrow(help_all_text());
    EXPECT_TRUE(help_all_text().ends_with('\n'));
}

TEST(HelpAll, PutsEachOptionUnderItsTopicAndEachTopicOnce) {
    std::vector<std::string> titles;
    std::map<std::string, std::string> title_of_flag;
    for (const std::string& line : lines_of(help_all_text())) {
        if (line.ends_with(':') && !line.starts_with(' ')) titles.push_back(line);
        const auto flag = line.find("--");
        if (line.starts_with("  ") && flag < 8)
            title_of_flag[line.substr(flag, line.find(' ', flag) - flag)] = titles.back();
    }
    EXPECT_THAT(titles, ElementsAre("User and groups:", "Directories and their owners:", "Environment and streams:",
                                    "Privileges:", "Behaviour and messages:", "Values:", "Examples:"));
    for (const OptionDeclaration& declared : option_table) {
        const std::string title = std::string(title_of(declared.topic)) + ":";
        EXPECT_EQ(title_of_flag[std::string(declared.long_flag())], title) << declared.flags;
    }
}

TEST(HelpAll, TellsHowListsAndPathsAreSeparated) {
    EXPECT_THAT(help_all_text(),
                HasSubstr("  PATHS       are separated by blanks or line ends, and quoted as in a shell"));
    EXPECT_THAT(help_all_text(), HasSubstr("  LIST, CAPS  are separated by commas or blanks"));
}

TEST(BothPages, StartWithTheGrammar) {
    const std::string usage = "Usage: stepdown [OPTION]... [--] COMMAND [ARG]...\n";
    EXPECT_THAT(help_text(), StartsWith(usage));
    EXPECT_THAT(help_all_text(), StartsWith(usage));
}

TEST(Version, NamesTheLibcAndTheRevisionInOneLine) {
    const std::string libc = STEPDOWN_LIBC;
    EXPECT_THAT(version_text(),
                testing::MatchesRegex("stepdown [0-9]+\\.[0-9]+\\.[0-9]+ \\(" + libc + "(, [0-9a-f]{7})?\\)\n"));
}

// The rows of the contract: flags, variable and default of each setting.
TEST(Options, AreThoseOfTheContract) {
    struct Row {
        Option option;
        const char* flags;
        const char* variable;
    };
    const Row table[] = {
        {Option::user, "-u,--user", "GOSU_USER"},
        {Option::uid, "--uid", "GOSU_UID"},
        {Option::gid, "--gid", "GOSU_GID"},
        {Option::groups, "-g,--groups", "GOSU_GROUPS"},
        {Option::passwd_name, "--passwd-name", "GOSU_PASSWD_NAME"},
        {Option::compat, "--compat", "GOSU_COMPAT"},
        {Option::mkdir, "-m,--mkdir", "GOSU_MKDIR"},
        {Option::chown, "-c,--chown", "GOSU_CHOWN"},
        {Option::chown_policy, "--chown-policy", "GOSU_CHOWN_POLICY"},
        {Option::chown_exclude, "--chown-exclude", "GOSU_CHOWN_EXCLUDE"},
        {Option::chown_hardlinks, "--chown-hardlinks", "GOSU_CHOWN_HARDLINKS"},
        {Option::chown_errors, "--chown-errors", "GOSU_CHOWN_ERRORS"},
        {Option::one_file_system, "--one-file-system", "GOSU_CHOWN_ONE_FILE_SYSTEM"},
        {Option::home, "--home", "GOSU_HOME"},
        {Option::umask, "--umask", "GOSU_UMASK"},
        {Option::stdio, "--stdio", "GOSU_STDIO"},
        {Option::caps, "--caps", "GOSU_CAPS"},
        {Option::no_new_privs, "--no-new-privs", "GOSU_NO_NEW_PRIVS"},
        {Option::strict, "--strict", "GOSU_STRICT"},
        {Option::log_level, "--log-level", "GOSU_LOG_LEVEL"},
        {Option::log_format, "--log-format", "GOSU_LOG_FORMAT"},
        {Option::dry_run, "--dry-run", "GOSU_DRY_RUN"},
        {Option::json, "--json", ""},
        {Option::help, "-h,--help", ""},
        {Option::help_all, "--help-all", ""},
        {Option::version, "-V,--version", ""},
    };
    for (const auto& [option, flags, variable] : table) {
        const OptionDeclaration& declared = option_table[static_cast<std::size_t>(option)];
        EXPECT_STREQ(declared.flags, flags);
        EXPECT_STREQ(declared.variable, variable) << flags;
        EXPECT_GT(std::string_view(declared.help).size(), 0U) << flags;
    }
}

}  // namespace
}  // namespace stepdown
