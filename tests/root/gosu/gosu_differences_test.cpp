// SPDX-License-Identifier: Apache-2.0
// Where this gosu is not Debian's: every difference there is meant to be, as a list (README, "As gosu and su-exec").
// Each row is what both make of the same start, so that a difference that is gone is noticed, too. Some differences
// ended with a version of gosu, or of the Go that compiled it; from that version on, the same is expected of both.
#include "support/files/temporary.h"
#include "support/process/gosus.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <csignal>
#include <ostream>
#include <string>
#include <vector>

namespace stepdown::test {
namespace {

using namespace std::string_literals;

enum class Look { summary, error, open_files, ignored_signals, capabilities, environment };

struct Difference {
    std::string name;
    std::string passwd = test_passwd;
    std::string group = test_group;
    std::string spec = "app";
    Words command = {"probe", "ids"};
    Look look = Look::summary;
    std::string gosus;
    std::string ours;
    std::vector<std::string> environment = {};
    std::vector<Step> steps = {};
    Version until_gosu = {};  // the first version without the difference; empty: every version has it
    Version until_go = {};    // likewise, of Go
};

void PrintTo(const Difference& difference, std::ostream* out) { *out << difference.name; }

const std::string refused = "exit code 1";
const std::string app = "exit code 0, ids 1500:1500, groups 29 44, HOME=/srv/app";

std::string entry(const std::string& line) { return line + "\n" + test_passwd; }

// What a line is that this gosu passes over, and the original takes for somebody: for root, mostly.
const std::vector<Difference> malformed_lines{
    {.name = "a line without ids",
     .passwd = entry("bad"),
     .spec = "bad",
     .gosus = "exit code 0, ids 0:0, groups, HOME=",
     .ours = refused},
    {.name = "a uid that is no number",
     .passwd = entry("app:x:what:5::/bad:"),
     .gosus = "exit code 0, ids 0:5, groups 29 44, HOME=/bad",
     .ours = app},
    {.name = "a gid that is no number",
     .passwd = entry("app:x:1500:what::/bad:"),
     .gosus = "exit code 0, ids 1500:0, groups 29 44, HOME=/bad",
     .ours = app},
    {.name = "a number with a sign",
     .passwd = entry("signed:x:+5:60::/signed:"),
     .spec = "signed",
     .gosus = "exit code 0, ids 5:60, groups, HOME=/signed",
     .ours = refused},
    {.name = "a comment",
     .passwd = entry("#old:x:1500:0::/old:"),
     .spec = "1500",
     .gosus = "exit code 0, ids 1500:0, groups, HOME=/old",
     .ours = app},
    {.name = "an entry of NIS",
     .passwd = entry("+::::::"),
     .spec = "+",
     .gosus = "exit code 0, ids 0:0, groups, HOME=",
     .ours = refused},
    {.name = "an empty name",
     .passwd = entry(":x:1500:0::/nameless:"),
     .spec = "1500",
     .gosus = "exit code 0, ids 1500:0, groups, HOME=/nameless",
     .ours = app},
    {.name = "a NUL",
     .passwd = entry("z\0:x:1500:0::/nul:"s),
     .spec = "1500",
     .gosus = "exit code 0, ids 1500:0, groups, HOME=/nul",
     .ours = app},
    {.name = "a group without a gid",
     .group = test_group + "bad:x::app\n"s,
     .gosus = "exit code 0, ids 1500:1500, groups 0 29 44, HOME=/srv/app",
     .ours = app},
    {.name = "a named group without a gid",
     .group = test_group + "bad:x:what:\n"s,
     .spec = "app:bad",
     .gosus = "exit code 0, ids 1500:0, groups, HOME=/srv/app",
     .ours = refused},
    {.name = "blanks around a line of passwd",
     .passwd = " blank:x:5:60::/blank: \n",
     .spec = "blank",
     .gosus = "exit code 0, ids 5:60, groups, HOME=/blank",
     .ours = refused},
    {.name = "a line of 65 KiB",
     .passwd = entry("long:x:5:60:" + std::string(66560, 'x') + ":/long:"),
     .gosus = refused,
     .ours = app},
};

const std::vector<Difference> numbers{
    {.name = "a uid that wraps around to 0",
     .passwd = entry("wraps:x:4294967296:4294967296::/wraps:"),
     .spec = "wraps",
     .gosus = "exit code 0, ids 0:0, groups, HOME=/wraps",
     .ours = refused},
    {.name = "an id over 2147483647 that has an entry",
     .passwd = entry("far:x:3000000000:5::/far:"),
     .spec = "3000000000",
     .gosus = "exit code 0, ids 3000000000:5, groups, HOME=/far",
     .ours = refused},
    {.name = "more digits than a number has, as a name",
     .passwd = entry("99999999999999999999:x:0:0::/digits:"),
     .spec = "99999999999999999999",
     .gosus = "exit code 0, ids 0:0, groups, HOME=/digits",
     .ours = refused},
};

const Step small_limit = limit(RLIMIT_NOFILE, 100, 200);
const Step privileged_user = ids_with_capabilities(1000, 1000, {}, {cap_setuid, cap_setgid, cap_net_bind_service});

// A working directory with bin/true in it, which must not run.
Step directory_with_a_trap() {
    return [] {
        empty_tmpfs("/mnt")();
        working_directory("/mnt")();
        directory("bin")();
        file("bin/true", "#!/bin/sh\nexit 3\n", 0755)();
    };
}

const std::vector<Difference> surroundings{
    {.name = "a limit of open files that is raised",
     .command = {"probe", "see"},
     .look = Look::open_files,
     .gosus = "200 200",
     .ours = "100 200",
     .steps = {small_limit},
     .until_go = {1, 19, 9}},
    {.name = "a signal that is no longer ignored",
     .command = {"probe", "see"},
     .look = Look::ignored_signals,
     .gosus = "0000000000000000",
     .ours = "0000000000004000",
     .steps = {ignored(SIGTERM)}},
    {.name = "capabilities that outlive a uid other than 0",
     .command = {"probe", "see"},
     .look = Look::capabilities,
     .gosus = "00000000000004c0",
     .ours = "0000000000000000",
     .steps = {privileged_user}},
    {.name = "a variable that is there twice",
     .command = {"probe", "see"},
     .look = Look::environment,
     .gosus = "TWICE=a",
     .ours = "TWICE=a TWICE=b",
     .environment = {"TWICE=a", "TWICE=b"}},
    {.name = "a relative directory of PATH",
     .command = {"true"},
     .gosus = refused,
     .ours = "exit code 0",
     .environment = {"PATH=bin:/bin"},
     .steps = {directory_with_a_trap()}},
};

const std::vector<Difference> older_versions{
    {.name = "the quotes of a spec",
     .spec = "missing",
     .look = Look::error,
     .gosus =
         "error: failed switching to \"missing\": unable to find user missing: no matching entries in passwd file\n",
     .ours = "error: failed switching to 'missing': unable to find user missing: no matching entries in passwd file\n",
     .until_gosu = {1, 19}},
    {.name = "a file in PATH that only others may execute",
     .command = {"true"},
     .gosus = refused,
     .ours = "exit code 0",
     .environment = {"PATH=/mnt:/bin"},
     .steps = {empty_tmpfs("/mnt"), file("/mnt/true", "#!/bin/sh\nexit 3\n", 0700)},
     .until_go = {1, 20}},
};

std::string words_starting_with(const std::vector<std::string>& words, const std::string& prefix) {
    std::string text;
    for (const auto& word : words) {
        if (word.starts_with(prefix)) text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

std::string look_at(const Outcome& outcome, Look look) {
    if (look == Look::summary) return summary(outcome);
    if (look == Look::error) return outcome.err;
    const Seen after = seen(outcome);
    switch (look) {
        case Look::open_files: return after.all("rlimit").at(RLIMIT_NOFILE).substr(2);
        case Look::ignored_signals: return after.one("SigIgn");
        case Look::capabilities: return after.one("CapPrm");
        default: return words_starting_with(after.texts("env"), "TWICE=");
    }
}

std::string see(Gosu which, const Difference& difference) {
    Words words{difference.spec};
    words.insert(words.end(), difference.command.begin(), difference.command.end());
    Command command = run_as(which, words);
    command.environment = {"PATH=" + programs().directory + ":/bin", "ASAN_OPTIONS=detect_leaks=0"};
    if (!difference.environment.empty() && difference.environment.front().starts_with("PATH=")) {
        command.environment.clear();
    }
    command.environment.insert(command.environment.end(), difference.environment.begin(), difference.environment.end());
    command.after(private_mounts()).after(accounts(difference.passwd, difference.group));
    for (const Step& step : difference.steps) command.after(step);
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.setup_error, "");
    return look_at(outcome, difference.look);
}

bool ended(const Version& until, const Version& version) { return !until.empty() && version >= until; }

class GosuDifference : public testing::TestWithParam<Difference> {};

TEST_P(GosuDifference, IsAsListed) {
    STEPDOWN_SKIP_IF(no_debians_gosu());
    const Difference& difference = GetParam();
    const GosuVersions versions = debians_versions();
    ASSERT_FALSE(versions.gosu.empty()) << "`gosu --version` names no versions";
    const bool agree = ended(difference.until_gosu, versions.gosu) || ended(difference.until_go, versions.go);
    EXPECT_EQ(see(Gosu::debians, difference), agree ? difference.ours : difference.gosus);
    EXPECT_EQ(see(Gosu::ours, difference), difference.ours);
}

INSTANTIATE_TEST_SUITE_P(MalformedLines, GosuDifference, testing::ValuesIn(malformed_lines));
INSTANTIATE_TEST_SUITE_P(Numbers, GosuDifference, testing::ValuesIn(numbers));
INSTANTIATE_TEST_SUITE_P(Surroundings, GosuDifference, testing::ValuesIn(surroundings));
INSTANTIATE_TEST_SUITE_P(OlderVersions, GosuDifference, testing::ValuesIn(older_versions));

}  // namespace
}  // namespace stepdown::test
