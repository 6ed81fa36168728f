// SPDX-License-Identifier: Apache-2.0
// Values as compose's list form, --env-file, YAML, Helm and Windows leave them. Each remedy is carried out to the
// letter.

#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr Owner app{1500, 1500};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// The variables that the first message says to set: "Set A to x" and "Set A to x, and B to y".
Words remedy_in(const Outcome& outcome) {
    const std::string message = first_line(outcome.err);
    const std::string set = ". Set ";
    const auto at = message.rfind(set);
    if (at == std::string::npos) return {};
    std::string remedy = message.substr(at + set.size());
    Words variables;
    const auto second = remedy.find(", and GOSU_");
    if (second != std::string::npos) {
        variables.push_back(remedy.substr(second + std::string(", and ").size()));
        remedy.erase(second);
    }
    variables.push_back(remedy);
    for (std::string& each : variables) each.replace(each.find(" to "), 4, "=");
    return variables;
}

Command with_each(Command command, const Words& variables) {
    for (const std::string& variable : variables) command.with({variable});
    return command;
}

Outcome start_in(const std::string& directory, const Words& variables) {
    Command command = stepdown({"true"}).with({"GOSU_USER=app"});
    return run(with_each(command, variables).after(working_directory(directory)));
}

struct Typo {
    std::string value;
    std::string named;  // in the message
    Words meant;        // the directories that the remedy is about
};

class PathTypo : public testing::TestWithParam<Typo> {};

const Typo path_typos[] = {
    {"\"one two\"", "quotes", {"one", "two"}},
    {"three/{a,b}", "Braces", {"three/a", "three/b"}},
    {"four # scratch", "comment", {"four"}},
    {"five;", "semicolon", {"five"}},
    {"[six]", "brackets", {"six"}},
    {"seven, eight", "comma", {"seven", "eight"}},
    {"[\"nine\", \"ten\"]", "brackets", {"nine", "ten"}},
    {"eleven;twelve", "semicolon", {"eleven", "twelve"}},
    {"app:app thirteen", "owner", {"thirteen"}},
    {"fourteen GOSU_GROUPS none", "another setting", {"fourteen"}},
    {"=fifteen", "begins with =", {"fifteen"}},
};

TEST_P(PathTypo, IsNamedByMkdirWhoseRemedyCreatesWhatWasMeant) {
    const auto& [value, named, meant] = GetParam();
    const TemporaryDirectory base;
    const Outcome outcome = start_in(base.path(), {"GOSU_MKDIR=" + value});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(first_line(outcome.err), ContainsRegex("warning: GOSU_MKDIR creates .*" + named));
    expect_silent_success(start_in(base.path(), {"GOSU_MKDIR=" + value}));
    const TemporaryDirectory fresh;
    const Words remedy = remedy_in(outcome);
    ASSERT_THAT(remedy, SizeIs(1)) << outcome.err;
    expect_silent_success(start_in(fresh.path(), remedy));
    for (const std::string& path : meant) EXPECT_EQ(owner(fresh / path), app) << path;
}

TEST_P(PathTypo, IsNamedByChownWhoseRemedyChangesTheOwner) {
    const auto& [value, named, meant] = GetParam();
    const TemporaryDirectory base;
    for (const std::string& path : meant) run(stepdown({"-u", "root", "-m", base / path, "true"}));
    const Outcome outcome = start_in(base.path(), {"GOSU_CHOWN=" + value});
    expect_refused(outcome, {named, "No such file or directory"});
    EXPECT_THAT(outcome.err, Not(HasSubstr("need not exist")));
    for (const std::string& path : meant) EXPECT_EQ(owner(base / path), Owner({0, 0})) << path;
    const Words remedy = remedy_in(outcome);
    ASSERT_THAT(remedy, SizeIs(1)) << outcome.err;
    expect_silent_success(start_in(base.path(), remedy));
    for (const std::string& path : meant) EXPECT_EQ(owner(base / path), app) << path;
}

INSTANTIATE_TEST_SUITE_P(Values, PathTypo, testing::ValuesIn(path_typos));

class OpenPathTypo : public testing::TestWithParam<Typo> {};

// What stands for other words, which its author alone knows: here those that are meant.
const Typo open_path_typos[] = {
    {"&& ten", "No shell reads the value", {"ten"}},
    {"el*", "Patterns such as * are not expanded", {"el1", "el2"}},
    {"x[ab]", "Patterns such as * are not expanded", {"xa", "xb"}},
    {"x?", "Patterns such as * are not expanded", {"xa"}},
    {"~", "~, $ and {{ }} are not expanded", {"home"}},
    {"$VAR", "~, $ and {{ }} are not expanded", {"var"}},
    {"C:/data", "The path is one on Windows", {"data"}},
};

TEST_P(OpenPathTypo, IsNamedAlikeByMkdirAndChown) {
    const auto& [value, named, meant] = GetParam();
    const TemporaryDirectory base;
    expect_refused(start_in(base.path(), {"GOSU_CHOWN=" + value}), {named});
    const Outcome outcome = start_in(base.path(), {"GOSU_MKDIR=" + value});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(first_line(outcome.err), HasSubstr("warning: GOSU_MKDIR creates "));
    EXPECT_THAT(first_line(outcome.err), HasSubstr(named));
    std::string written;
    for (const std::string& path : meant) written += base / path + " ";
    expect_silent_success(start_in("/", {"GOSU_MKDIR=" + written, "GOSU_CHOWN=" + written}));
}

INSTANTIATE_TEST_SUITE_P(Values, OpenPathTypo, testing::ValuesIn(open_path_typos));

TEST(PathTypos, AreNamedByADryRun) {
    const TemporaryDirectory base;
    const auto page = [&base](const std::string& variable) {
        Command command = stepdown({"--dry-run", "true"}).with({"GOSU_USER=app", variable});
        return run(command.after(working_directory(base.path()))).out;
    };
    EXPECT_THAT(page("GOSU_MKDIR=five;"),
                ContainsRegex("warning   GOSU_MKDIR creates five;. .* Set GOSU_MKDIR to five"));
    EXPECT_THAT(page("GOSU_CHOWN=five;"), ContainsRegex("five;: No such file.* Set GOSU_CHOWN to five"));
}

TEST(PathTypos, AreNotSeenInPathsThatExist) {
    const TemporaryDirectory base;
    for (const std::string path :
         {"a,b", "a;", "[x]", "{a,b}", "x:y", "#x", "~", "$VAR", "el*", "&&", "'a b'", "'/a /b'"}) {
        const std::string name = path.front() == '\'' ? path.substr(1, path.size() - 2) : path;
        for (const std::string& each : {base / name, base / "plain"}) {
            run(stepdown({"-u", "root", "--mkdir", "'" + each + "'", "true"}));
        }
        for (const std::string& value : {path, "plain " + path}) {
            if (name == "/a /b") continue;  // not below the working directory
            expect_silent_success(start_in(base.path(), {"GOSU_MKDIR=" + value, "GOSU_CHOWN=" + value}));
            EXPECT_EQ(owner(base / name), app) << value;
        }
    }
}

TEST(PathTypos, AreNotSeenInPathsWithBlanksThatAreCreated) {
    const TemporaryDirectory base;
    for (const std::string& value :
         Words{"\"" + (base / "my data") + "\"", base / "my\\ other\\ data", std::string("a\\ b")}) {
        expect_silent_success(start_in(base.path(), {"GOSU_MKDIR=" + value}));
    }
    for (const char* name : {"my data", "my other data", "a b"}) EXPECT_EQ(owner(base / name), app) << name;
}

TEST(MissingPath, IsOptionalOrCreatedAsItsRefusalSays) {
    const TemporaryDirectory base;
    const std::string path = base / "data";
    const Outcome outcome = start_in("/", {"GOSU_CHOWN=" + path});
    expect_refused(outcome, {"Write -" + path + " in GOSU_CHOWN if it need not exist, or set GOSU_MKDIR=" + path +
                             " to create it"});
    expect_silent_success(start_in("/", {"GOSU_CHOWN=-" + path}));
    expect_silent_success(start_in("/", {"GOSU_CHOWN=" + path, "GOSU_MKDIR=" + path}));
    EXPECT_EQ(owner(path), app);
}

TEST(MissingPath, CannotBeCreatedBelowAFile) {
    const TemporaryDirectory base;
    write_file(base / "file", "");
    const Outcome outcome = start_in("/", {"GOSU_CHOWN=" + (base / "file/data")});
    expect_refused(outcome, {"Write -" + (base / "file/data") + " in GOSU_CHOWN if it need not exist"});
    EXPECT_THAT(outcome.err, Not(HasSubstr("GOSU_MKDIR")));
}

struct BadIds {
    const char* value;
    const char* named;
    const char* ids;  // with the remedy
};

class IdTypo : public testing::TestWithParam<BadIds> {};

const BadIds bad_ids[] = {
    {"\"1000:1000\"", "quotes", "1000:1000"},
    {"1000:1000 ", "ends with a blank", "1000:1000"},
    {" 1000:1000", "begins with a blank", "1000:1000"},
    {"1000:1000\r", "carriage return", "1000:1000"},
    {"1000:1000,", "comma", "1000:1000"},
    {"1000:1000 # app", "comment", "1000:1000"},
    {"1.00064e+09:1000", "rounded", "1000640000:1000"},
    {"1000:1000:999", "third part", "1000:1000 999"},
    {"[1000:1000]", "brackets", "1000:1000"},
    {"1000.1000", "colon", "1000:1000"},
    {"1000:1000 GOSU_UMASK 0027", "another setting", "1000:1000"},
};

TEST_P(IdTypo, IsNamedByARefusalWhoseRemedyWorks) {
    const BadIds& bad = GetParam();
    const Outcome outcome = run(stepdown({"true"}).with({std::string("GOSU_USER=") + bad.value}));
    expect_refused(outcome, {"cannot use GOSU_USER=", bad.named});
    const Words remedy = remedy_in(outcome);
    ASSERT_THAT(remedy, Not(SizeIs(0))) << outcome.err;
    EXPECT_EQ(seen(run(with_each(stepdown(and_see({})), remedy))).ids(), bad.ids);
}

INSTANTIATE_TEST_SUITE_P(Values, IdTypo, testing::ValuesIn(bad_ids));

TEST(ValueTypos, AreNamedForEverySettingWhoseRemedyWorks) {
    const std::pair<const char*, const char*> bad[] = {
        {"GOSU_UID=\"1777\"", "quotes"},
        {"GOSU_GID=1777 ", "ends with a blank"},
        {"GOSU_GROUPS=[audio]", "brackets"},
        {"GOSU_GROUPS=audio;video", "semicolons"},
        {"GOSU_GROUPS=audio:video", "colons"},
        {"GOSU_GROUPS=\"audio\"", "quotes"},
        {"GOSU_GROUPS=audio # sound", "comment"},
        {"GOSU_UMASK=\"0027\"", "quotes"},
        {"GOSU_HOME=\"/srv\"", "quotes"},
        {"GOSU_STDIO=keep\r", "carriage"},
        {"GOSU_CAPS='chown'", "quotes"},
        {"GOSU_STRICT=true # so", "comment"},
        {"GOSU_LOG_LEVEL= warn", "begins with a blank"},
        {"GOSU_CHOWN_ERRORS=\"warn\"", "quotes"},
        {"GOSU_NO_NEW_PRIVS=yes\r", "carriage"},
    };
    for (const auto& [variable, named] : bad) {
        const Outcome outcome = start_in("/", {variable});
        expect_refused(outcome, {named});
        const Words remedy = remedy_in(outcome);
        ASSERT_THAT(remedy, SizeIs(1)) << outcome.err;
        expect_silent_success(start_in("/", remedy));
    }
}

TEST(ValueTypos, OfAnAccountThatGetsOtherIdsAreNamed) {
    const Outcome outcome = run(stepdown({"true"}).with({"GOSU_USER=app ", "GOSU_UID=1777"}));
    expect_refused(outcome, {"there is no user \"app \"", "ends with a blank. Set GOSU_USER to app"});
    expect_refused(run(stepdown({"true"}).with({"GOSU_USER=app", "GOSU_UID=@/nowhere "})),
                   {"Set GOSU_UID to @/nowhere"});
}

// A path that exists was meant as it is written.
TEST(ValueTypos, AreNotSeenInThePathOfAnOwner) {
    const TemporaryDirectory base;
    run(stepdown({"-u", "root", "-m", "'" + (base / "$x # y") + "'", "true"}));
    const Outcome outcome = run(stepdown({"true"}).with({"GOSU_USER=@" + (base / "$x # y")}));
    expect_refused(outcome, {"belongs to root"});
    EXPECT_THAT(outcome.err, Not(HasSubstr("comment")));
    EXPECT_THAT(run(stepdown({"true"}).with({"GOSU_USER=@/nowhere # y"})).err, HasSubstr("Set GOSU_USER to @/nowhere"));
}

// YAML's base 60: nothing is left to be seen.
TEST(ValueTypos, CannotBeSeenInANumber) {
    EXPECT_EQ(seen(run(stepdown(and_see({})).with({"GOSU_USER=2013:2013"}))).ids(), "2013:2013");
}

}  // namespace
}  // namespace stepdown::test
