// SPDX-License-Identifier: Apache-2.0
// The variables of other images, which count where the image asks for it.
#include "stepdown/settings/compat_variables.h"

#include "support/plan/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Words = std::vector<std::string>;

// The labels of uid, gid, umask and chown; "" for one that is not set.
Words labels_of(const Result<Settings>& settings) {
    EXPECT_TRUE(settings) << message_of(settings);
    Words labels;
    for (const Option option : compat_options) {
        const auto& given = settings->raw_value(option);
        labels.push_back(given ? given->label : "");
    }
    return labels;
}

struct Row {
    Words words;
    Words variables;
    Words labels;
};

const Words of_linuxserver{"PUID=1000", "PGID=100", "UMASK=022"};
const Words of_jupyter{"NB_UID=1000", "NB_GID=100", "NB_UMASK=002", "CHOWN_EXTRA=/a,/b", "CHOWN_EXTRA_OPTS=-R"};

Words with(Words variables, const Words& more) {
    variables.insert(variables.end(), more.begin(), more.end());
    return variables;
}

TEST(CompatVariables, CountWhereTheImageAsksForThem) {
    const Row table[] = {
        {{}, with(of_linuxserver, of_jupyter), {"", "", "", ""}},
        {{}, with(of_linuxserver, {"GOSU_COMPAT="}), {"", "", "", ""}},
        {{}, with(of_linuxserver, {"GOSU_COMPAT=linuxserver"}), {"PUID=1000", "PGID=100", "UMASK=022", ""}},
        {{}, with(of_jupyter, {"GOSU_COMPAT=linuxserver"}), {"", "", "", ""}},
        {{},
         with(with(of_linuxserver, of_jupyter), {"GOSU_COMPAT=jupyter"}),
         {"NB_UID=1000", "NB_GID=100", "NB_UMASK=002", "CHOWN_EXTRA=/a,/b"}},
        {{"--compat=linuxserver"}, of_linuxserver, {"PUID=1000", "PGID=100", "UMASK=022", ""}},
        {{"--compat=jupyter"}, with(of_linuxserver, {"GOSU_COMPAT=linuxserver", "NB_UID=7"}), {"NB_UID=7", "", "", ""}},
        {{}, {"GOSU_COMPAT=linuxserver", "PUID=", "PGID=100"}, {"", "PGID=100", "", ""}},
        {{}, {"GOSU_COMPAT=linuxserver", "PUID=1", "PUID=2"}, {"PUID=1", "", "", ""}},
    };
    for (const auto& [words, variables, labels] : table) {
        EXPECT_EQ(labels_of(Call(with(words, {"app"}), variables).settings()), labels)
            << testing::PrintToString(words) << testing::PrintToString(variables);
    }
}

TEST(CompatVariables, DoNotCountBesideStepdownsOwn) {
    const Words own{"GOSU_UID=2000", "GOSU_GID=200", "GOSU_UMASK=0027", "GOSU_COMPAT=linuxserver"};
    const auto settings = Call({"app"}, with(of_linuxserver, own)).settings();
    EXPECT_THAT(labels_of(settings), ElementsAre("GOSU_UID=2000", "GOSU_GID=200", "GOSU_UMASK=0027", ""));
    EXPECT_EQ(settings->names.as_given(Option::uid), "GOSU_UID");
    const Words flags{"--uid=3", "--umask=7", "app"};
    EXPECT_THAT(labels_of(Call(flags, with(of_linuxserver, {"GOSU_COMPAT=linuxserver"})).settings()),
                ElementsAre("--uid=3", "PGID=100", "--umask=7", ""));
    const Words empty{"GOSU_UID=", "GOSU_COMPAT=linuxserver"};
    EXPECT_THAT(labels_of(Call({"app"}, with(of_linuxserver, empty)).settings()),
                ElementsAre("PUID=1000", "PGID=100", "UMASK=022", ""));
}

TEST(CompatVariables, NameTheSettingsThatTheyStandFor) {
    const auto jupyter = Call({"app"}, with(of_jupyter, {"GOSU_COMPAT=jupyter"})).settings();
    ASSERT_TRUE(jupyter) << message_of(jupyter);
    EXPECT_EQ(jupyter->names.as_given(Option::uid), "NB_UID");
    EXPECT_EQ(jupyter->names.as_given(Option::gid), "NB_GID");
    EXPECT_EQ(jupyter->names.as_given(Option::umask), "NB_UMASK");
    EXPECT_EQ(jupyter->names.as_given(Option::chown), "CHOWN_EXTRA");
    EXPECT_EQ(jupyter->names.as_given(Option::chown_errors), "GOSU_CHOWN_ERRORS");
    EXPECT_EQ(jupyter->names[Option::chown], "GOSU_CHOWN");
    EXPECT_EQ(jupyter->umask, mode_t{2});
}

Words paths_of(const Result<Settings>& settings) {
    EXPECT_TRUE(settings) << message_of(settings);
    Words paths;
    for (const Operand& each : settings->chown.operands) {
        paths.push_back((each.presence == Presence::optional ? "-" : "") + each.path);
    }
    return paths;
}

Result<Settings> with_extra(const Words& variables, const Words& words = {"app"}) {
    return Call(words, with(variables, {"GOSU_COMPAT=jupyter"})).settings();
}

TEST(CompatVariables, GiveTheChownMorePaths) {
    const Words recursive{"CHOWN_EXTRA_OPTS=-v -R"};
    EXPECT_THAT(paths_of(with_extra(with(recursive, {"CHOWN_EXTRA=/a,-/b,,/c"}))), ElementsAre("/a", "-/b", "/c"));
    EXPECT_THAT(paths_of(with_extra(with(recursive, {"CHOWN_EXTRA=,"}))), IsEmpty());
    const auto both = with_extra(with(recursive, {"CHOWN_EXTRA=/a", "GOSU_CHOWN=/data -/c"}));
    EXPECT_THAT(paths_of(both), ElementsAre("/data", "-/c", "/a"));
    EXPECT_EQ(both->chown.label, "GOSU_CHOWN=\"/data -/c\", CHOWN_EXTRA=/a");
    EXPECT_EQ(both->names.as_given(Option::chown), "GOSU_CHOWN or CHOWN_EXTRA");
    EXPECT_THAT(paths_of(with_extra(with(recursive, {"CHOWN_EXTRA=/a"}), {"-c", "/flag", "app"})),
                ElementsAre("/flag"));
    EXPECT_THAT(paths_of(with_extra({"CHOWN_EXTRA=/a"})), IsEmpty());
}

// chown(1) takes letters that are joined in one word.
TEST(CompatVariables, GiveTheChownMorePathsIfItsOptionsAreRecursive) {
    for (const std::string options : {"-R", "--recursive", "-vR", "-hR", "-Rv", "-v -R", "-v\t-R\n"}) {
        EXPECT_THAT(paths_of(with_extra({"CHOWN_EXTRA=/a", "CHOWN_EXTRA_OPTS=" + options})), ElementsAre("/a"))
            << options;
    }
    for (const std::string options :
         {"", " ", "-v", "-r", "R", "-", "-v R", "--R", "--reference=/R", "--no-recursive"}) {
        EXPECT_THAT(paths_of(with_extra({"CHOWN_EXTRA=/a", "CHOWN_EXTRA_OPTS=" + options})), IsEmpty()) << options;
    }
}

// A quote that one value lacks does not end in the other.
TEST(CompatVariables, AreNotReadTogetherWithAValueThatIsBroken) {
    const auto message = [](const std::string& own, const std::string& extra) {
        return message_of(with_extra({"GOSU_CHOWN=" + own, "CHOWN_EXTRA=" + extra, "CHOWN_EXTRA_OPTS=-R"}));
    };
    EXPECT_THAT(message("'/a", "/b'"), StartsWith("cannot use GOSU_CHOWN=\"'/a\": a ' is not closed"));
    EXPECT_THAT(message("/a\\", "/b"), StartsWith("cannot use GOSU_CHOWN=/a\\\\: it ends with a backslash"));
    EXPECT_THAT(message("/a", "'/b"), StartsWith("cannot use CHOWN_EXTRA=\"'/b\": a ' is not closed"));
}

TEST(CompatVariables, TakeTheValuesOfStepdownsOwn) {
    const std::pair<Words, const char*> table[] = {
        {{"GOSU_COMPAT=linuxserver", "PUID=0"},
         "cannot use PUID=0: uid 0 is root, and no other account. To run as root set GOSU_USER=root, and leave PUID "
         "out"},
        {{"GOSU_COMPAT=jupyter", "NB_UID=00"}, "set GOSU_USER=root, and leave NB_UID out"},
        {{"GOSU_COMPAT=linuxserver", "PUID=abc"}, "cannot use PUID=abc: it must be a number from 1 to 4294967294"},
        {{"GOSU_COMPAT=linuxserver", "PGID=\"100\""}, "Set PGID to 100"},
        {{"GOSU_COMPAT=linuxserver", "UMASK=22"}, "Write UMASK=\"022\" or \"0026\", with the leading 0"},
        {{"GOSU_COMPAT=jupyter", "NB_UMASK=8"}, "cannot use NB_UMASK=8: it must be an octal number"},
        {{"GOSU_COMPAT=jupyter", "CHOWN_EXTRA=/a,''", "CHOWN_EXTRA_OPTS=-R"}, "it holds an empty path"},
        {{"GOSU_COMPAT=Jupyter"}, "cannot use GOSU_COMPAT=Jupyter: it must be one of linuxserver, jupyter"},
    };
    for (const auto& [variables, message] : table) {
        EXPECT_THAT(message_of(Call({"app"}, variables).settings()), HasSubstr(message));
    }
    EXPECT_TRUE(Call({"app"}, {"GOSU_COMPAT=linuxserver", "PUID=@/workspace", "PGID=0"}).settings());
}

TEST(CompatVariables, CountInACallOnlyByTheFlag) {
    const Words variables = with(of_linuxserver, {"GOSU_USER=abc", "GOSU_COMPAT=linuxserver"});
    const Words none(compat_options.size());
    EXPECT_EQ(labels_of(Call({"-u", "abc", "sh"}, variables).settings()), none);
    EXPECT_THAT(labels_of(Call({"-u", "abc", "--compat=linuxserver", "sh"}, variables).settings()),
                ElementsAre("PUID=1000", "PGID=100", "UMASK=022", ""));
    EXPECT_THAT(labels_of(Call({"-u", "abc", "sh"}, variables, Parent::none).settings()),
                ElementsAre("PUID=1000", "PGID=100", "UMASK=022", ""));
}

}  // namespace
}  // namespace stepdown::test
