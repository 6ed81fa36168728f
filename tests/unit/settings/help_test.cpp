#include "stepdown/settings/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Help, NamesEveryOptionVariableAndArgumentOfTheTable) {
    const std::string help = help_text();
    for (const OptionDeclaration& declared : option_table) {
        EXPECT_THAT(help, HasSubstr(std::string(declared.long_flag())));
        if (declared.short_flag() != '\0') {
            EXPECT_THAT(help, HasSubstr(std::string{'-', declared.short_flag(), ','}));
        }
        if (!declared.is_boolean()) {
            EXPECT_THAT(help, HasSubstr(std::string(declared.long_flag()) + " " + declared.argument));
        }
        if (*declared.variable != '\0') {
            EXPECT_THAT(help, HasSubstr(std::string("[") + declared.variable + "]"));
        }
    }
}

TEST(Help, StartsWithTheGrammar) {
    EXPECT_THAT(help_text(), HasSubstr("Usage: stepdown [OPTION]... [--] COMMAND [ARG]...\n"));
    EXPECT_TRUE(help_text().ends_with('\n'));
}

TEST(Version, IsOneLine) { EXPECT_THAT(version_text(), testing::MatchesRegex("stepdown [0-9]+\\.[0-9]+\\.[0-9]+\n")); }

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
        {Option::mkdir, "-m,--mkdir", "GOSU_MKDIR"},
        {Option::chown, "-c,--chown", "GOSU_CHOWN"},
        {Option::chown_policy, "--chown-policy", "GOSU_CHOWN_POLICY"},
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
        {Option::dry_run, "--dry-run", ""},
        {Option::json, "--json", ""},
        {Option::help, "-h,--help", ""},
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
