// SPDX-License-Identifier: Apache-2.0
// The grammar: stepdown [OPTION]... [--] COMMAND [ARG]...
#include "support/plan/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Words = std::vector<std::string>;

std::string value(const CommandLine& line, Option option) {
    return line.has(option) ? line[option]->value : "(not given)";
}

struct Ending {
    Words words;
    std::string user;
    Words command;
};

TEST(CommandLine, EndsTheOptionsAtTheFirstWordThatIsNone) {
    const Ending table[] = {
        {{}, "(not given)", {}},
        {{"app"}, "(not given)", {"app"}},
        {{"-u", "a", "app"}, "a", {"app"}},
        {{"-ua", "app"}, "a", {"app"}},
        {{"-u=a", "app"}, "=a", {"app"}},
        {{"--user", "a", "app"}, "a", {"app"}},
        {{"--user=a", "app"}, "a", {"app"}},
        {{"-u", "a", "--", "app"}, "a", {"app"}},
        {{"--", "-u", "a"}, "(not given)", {"-u", "a"}},
        {{"--", "--", "app"}, "(not given)", {"--", "app"}},
        {{"-u", "a", "--"}, "a", {}},
        {{"-u", "--", "app"}, "--", {"app"}},
        {{"app", "-u", "a"}, "(not given)", {"app", "-u", "a"}},
        {{"app", "--", "-u", "a"}, "(not given)", {"app", "--", "-u", "a"}},
        {{"app", "--help", "-V", "--no-such-option"}, "(not given)", {"app", "--help", "-V", "--no-such-option"}},
        {{"-u", "a", "app", "", "b\nc", "-", "--user=x"}, "a", {"app", "", "b\nc", "-", "--user=x"}},
        {{"-u", "a", "app", "b", "-u", "c", "--", "d"}, "a", {"app", "b", "-u", "c", "--", "d"}},
        {{"-u", "a", "--", "app", "b", "c"}, "a", {"app", "b", "c"}},
        {{"--strict", "app", "-u", "a", "b"}, "(not given)", {"app", "-u", "a", "b"}},
        {{"-u", "--user=b", "app"}, "--user=b", {"app"}},
        {{"--user={}", "app"}, "{}", {"app"}},
        {{"-u", "[a,b]", "app"}, "[a,b]", {"app"}},
        {{"-", "-u", "a"}, "(not given)", {"-", "-u", "a"}},
        {{"", "-u", "a"}, "(not given)", {"", "-u", "a"}},
    };
    for (const auto& [words, user, command] : table) {
        const Call call(words);
        const auto line = call.line();
        ASSERT_TRUE(line) << testing::PrintToString(words) << message_of(line);
        EXPECT_EQ(value(*line, Option::user), user) << testing::PrintToString(words);
        EXPECT_EQ(copy_of(line->command), command) << testing::PrintToString(words);
        EXPECT_FALSE(line->has(Option::help)) << testing::PrintToString(words);
    }
}

TEST(CommandLine, LeavesTheWordsOfTheCommandWhereTheyStand) {
    const Strings argv({"stepdown", "-u", "a", "app", "x"});
    const auto line = read_command_line(argv.data());
    ASSERT_TRUE(line);
    EXPECT_EQ(line->command, argv.data() + 3);
}

struct Refusal {
    Words words;
    std::string option;
    std::string reason;
};

const std::string of_a_command =
    " Options of a command come after its name. If CMD holds them alone, write ENTRYPOINT "
    "[\"stepdown\",\"--\",\"app\"] "
    "with its name for app";

std::string is_not_known(const std::string& option) {
    return "cannot read the command line: option " + option + " is not known." + of_a_command;
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
    const std::pair<Words, std::string> table[] = {
        {{"--no-such-option", "app"}, "--no-such-option"},
        {{"--no-such=1", "app"}, "--no-such"},
        {{"-x", "app"}, "-x"},
        {{"-1", "app"}, "-1"},
        {{"-Vh"}, "-Vh"},
        {{"--strict", "--bad\x1b", "app"}, "--bad\\x1b"},
    };
    for (const auto& [words, option] : table) {
        EXPECT_EQ(message_of(Call(words).line()), is_not_known(option)) << testing::PrintToString(words);
    }
}

// CLI11 takes them for a letter and its value.
TEST(CommandLine, RefusesANameAfterOneDash) {
    for (const OptionDeclaration& declared : option_table) {
        const std::string word(declared.long_flag().substr(1));
        for (const Words& words : {Words{word, "a", "app"}, Words{"-u", "a", word}}) {
            EXPECT_THAT(message_of(Call(words).line()),
                        HasSubstr("option " + word + " is not known. Did you mean -" + word + "?"))
                << testing::PrintToString(words);
        }
    }
    EXPECT_EQ(value(*Call({"-users", "app"}).line(), Option::user), "sers");
    EXPECT_EQ(value(*Call({"-u", "ser", "app"}).line(), Option::user), "ser");
}

TEST(CommandLine, ReportsTheFirstMistakeFromTheLeft) {
    const Refusal table[] = {
        {{"--no-such", "--user=", "app"}, "--no-such", "is not known"},
        {{"--no-such", "-Vh", "app"}, "--no-such", "is not known"},
        {{"--no-such", "-u"}, "--no-such", "is not known"},
        {{"--no-such", "--none", "app"}, "--no-such", "is not known"},
        {{"--no-such=", "-u", "a", "app"}, "--no-such", "is not known"},
        {{"--no-such", "-u", "a", "app", "--user="}, "--no-such", "is not known"},
        {{"--user=", "--no-such", "app"}, "--user", "has an empty value"},
        {{"-u", "", "--home=", "app"}, "--user", "has an empty value"},
        {{"-u", "a", "-Vh", "--no-such", "app"}, "-Vh", "is not known"},
        {{"--strict=", "-u"}, "--strict", "has an empty value"},
    };
    for (const auto& [words, option, reason] : table) {
        const Call call(words);
        const std::string refusal = "cannot read the command line: option " + option + " " + reason;
        EXPECT_THAT(message_of(call.line()), StartsWith(refusal + ".")) << testing::PrintToString(words);
    }
}

TEST(CommandLine, TakesWhatFollowsTheEqualsSignAsItStandsThere) {
    for (const std::string text : {"no", "{}", "=", "[]", "%%", "\"on\"", "-1", "--"}) {
        const Call boolean({"--strict=" + text, "app"});
        EXPECT_EQ(value(*boolean.line(), Option::strict), text);
        const Call list({"--groups=" + text, "--groups", text, "app"});
        EXPECT_EQ(value(*list.line(), Option::groups), text + "\n" + text);
    }
}

TEST(CommandLine, NamesTheNearestOfTheOptions) {
    const Refusal table[] = {
        {{"--chonw", "/data", "app"}, "--chonw", "--chown"}, {{"--chonw=/data", "app"}, "--chonw", "--chown"},
        {{"--use", "a", "app"}, "--use", "--user"},          {{"--USER", "a", "app"}, "--USER", "--user"},
        {{"---user", "a", "app"}, "---user", "--user"},      {{"-help"}, "-help", "--help"},
        {{"-dry-run", "app"}, "-dry-run", "--dry-run"},
    };
    for (const auto& [words, option, meant] : table) {
        const Call call(words);
        EXPECT_EQ(message_of(call.line()), "cannot read the command line: option " + option +
                                               " is not known. Did you mean " + meant + "?" + of_a_command);
    }
}

TEST(CommandLine, RefusesAValueThatIsMissingOrEmpty) {
    const Refusal table[] = {
        {{"-u"}, "--user", "needs a value"},
        {{"--user"}, "--user", "needs a value"},
        {{"-c"}, "--chown", "needs a value"},
        {{"-u", "", "app"}, "--user", "has an empty value"},
        {{"--user=", "app"}, "--user", "has an empty value"},
        {{"--user=", "true"}, "--user", "has an empty value"},
        {{"--user", "", "app"}, "--user", "has an empty value"},
        {{"--umask=", "app"}, "--umask", "has an empty value"},
        {{"--strict=", "app"}, "--strict", "has an empty value"},
    };
    for (const auto& [words, option, reason] : table) {
        const Call call(words, {"GOSU_USER=app"});
        const auto line = call.line();
        ASSERT_FALSE(line) << testing::PrintToString(words);
        EXPECT_EQ(line.error().code, ExitCode::failure);
        EXPECT_THAT(line.error().message, HasSubstr("option " + option + " " + reason))
            << testing::PrintToString(words);
    }
}

TEST(CommandLine, KnowsEveryFlagOfTheTable) {
    for (const OptionDeclaration& declared : option_table) {
        const std::string name(declared.long_flag());
        const Call by_name(declared.is_boolean() ? Words{name, "app"} : Words{name, "1", "app"});
        const auto line = by_name.line();
        ASSERT_TRUE(line) << name << message_of(line);
        EXPECT_EQ(value(*line, declared.option), declared.is_boolean() ? "true" : "1") << name;
        EXPECT_EQ(copy_of(line->command), Words{"app"}) << name;
        if (declared.short_flag() == '\0') continue;
        const std::string letter{'-', declared.short_flag()};
        const Call by_letter(declared.is_boolean() ? Words{letter, "app"} : Words{letter, "1", "app"});
        EXPECT_TRUE(by_letter.line()->has(declared.option)) << letter;
    }
}

TEST(CommandLine, SurvivesAnEmptyArgumentVector) {
    const Strings none(Words{});
    const auto line = read_command_line(none.data());
    ASSERT_TRUE(line);
    EXPECT_EQ(copy_of(line->command), Words{});
}

TEST(CommandLine, ReadsHelpWhateverTheVariablesSay) {
    for (const OptionDeclaration& declared : option_table) {
        if (*declared.variable == '\0') continue;
        const Call call({"--help"}, {std::string(declared.variable) + "=no such value"});
        const auto line = call.line();
        ASSERT_TRUE(line) << declared.variable << message_of(line);
        EXPECT_TRUE(line->has(Option::help)) << declared.variable;
    }
}

}  // namespace
}  // namespace stepdown::test
