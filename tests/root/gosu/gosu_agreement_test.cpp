// SPDX-License-Identifier: Apache-2.0
// Debian's gosu and this one, called gosu, side by side: the same spec, files, process and command, and nothing to tell
// them apart by. Malformed lines are kept from the original, for here they count as absent; what it makes of them, and
// every other difference, is in gosu_differences_test.cpp.
#include "support/files/account_files.h"
#include "support/files/temporary.h"
#include "support/process/forked.h"
#include "support/process/gosus.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <vector>

namespace stepdown::test {
namespace {

#ifdef STEPDOWN_SANITIZED
constexpr int cases_of_a_seed = 60;
#else
constexpr int cases_of_a_seed = 400;
#endif
constexpr std::size_t cases_of_a_file = 10;

struct Start {
    std::string name;
    Step step;
};

const std::vector<Start>& starts() {
    static const std::vector<Start> all{
        {"root in groups 0 and 20", groups({0, 20})},
        {"root in gid 77", ids(0, 77, {77, 20})},
        {"uid 1000 with SETUID and SETGID", ids_with_capabilities(1000, 1000, {20}, {cap_setuid, cap_setgid})},
        {"uid 4000 with SETUID and SETGID", ids_with_capabilities(4000, 4001, {}, {cap_setuid, cap_setgid})},
        {"uid 1000", ids(1000, 1000)},
    };
    return all;
}

struct Case {
    std::string spec;
    const Start* start = nullptr;
    Words command;
    std::string path;
};

// What to run, in a directory that holds nothing executable but the probe.
Words generate_command(Dice& dice) {
    if (!dice.one_in(10)) return {programs().probe, "ids"};
    static const std::vector<Words> others{
        {"probe", "ids"},
        {"/bin/sh", "-c", "exit 42"},
        {"/bin/sh", "-c", "kill -9 $$"},
        {"sh", "-c", "exit 7"},
        {"no-such-command"},
        {"/etc/passwd"},
        {"/etc"},
        {"/nonexistent/file"},
        {"/etc/passwd/file"},
        {""},
        {"."},
        {"--version"},
    };
    return dice.pick(others);
}

Case generate_case(Dice& dice, const AccountFiles& files) {
    Case result{generate_spec(dice, files), &dice.pick(starts()), generate_command(dice), {}};
    if (dice.one_in(2)) result.start = &starts().front();
    static const std::vector<std::string> paths{"", "/nonexistent:/bin", "/etc/passwd:/bin", "/bin:/nonexistent"};
    result.path = dice.one_in(10) ? dice.pick(paths) : programs().directory + ":/usr/bin:/bin";
    return result;
}

Outcome run_case(Gosu which, const Case& each) {
    Words words{each.spec};
    words.insert(words.end(), each.command.begin(), each.command.end());
    Command command = run_as(which, words);
    command.environment.at(0) = "PATH=" + each.path;
    command.environment.at(1) = "HOME=/inherited";
    return run(command.after(each.start->step));
}

std::string in_words(const Case& each, const AccountFiles& files) {
    std::string text = "spec '" + each.spec + "' as " + each.start->name + ", PATH=" + each.path + ", command:";
    for (const auto& word : each.command) text += " '" + word + "'";
    return text + "\n/etc/passwd:\n" + files.passwd + "\n/etc/group:\n" + files.group;
}

// A batch for each tool, so that the files are written twice only. How many of the commands saw what they became.
int compare(const AccountFiles& files, const std::vector<Case>& cases) {
    int seen = 0;
    std::vector<Outcome> originals;
    write_file("/etc/passwd", files.passwd_entries);
    write_file("/etc/group", files.group_entries);
    for (const Case& each : cases) originals.push_back(run_case(Gosu::debians, each));
    write_file("/etc/passwd", files.passwd);
    write_file("/etc/group", files.group);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const Outcome ours = run_case(Gosu::ours, cases[i]);
        EXPECT_EQ(ours.setup_error, "");
        EXPECT_EQ(summary(ours), summary(originals[i]))
            << in_words(cases[i], files) << "\nhere: " << describe(ours) << "\nthere: " << describe(originals[i]);
        if (ours.out.starts_with("Uid ")) ++seen;
    }
    return seen;
}

class GosuAgreement : public testing::TestWithParam<std::uint32_t> {};

TEST_P(GosuAgreement, HoldsForGeneratedSpecsAndFiles) {
    STEPDOWN_SKIP_IF(no_debians_gosu());
    STEPDOWN_SKIP_IF(setup_error_of({private_mounts(), accounts({}, {})}));
    const int result = in_child([seed = GetParam()] {
        private_mounts()();
        accounts({}, {})();
        Dice dice(seed);
        int seen = 0;
        for (int done = 0; done < cases_of_a_seed && !testing::Test::HasFailure();) {
            const AccountFiles files = generate_account_files(dice);
            std::vector<Case> cases;
            while (cases.size() < cases_of_a_file) cases.push_back(generate_case(dice, files));
            done += static_cast<int>(cases.size());
            seen += compare(files, cases);
        }
        EXPECT_TRUE(seen > cases_of_a_seed / 4 || testing::Test::HasFailure()) << "only " << seen << " commands ran";
        return 0;
    });
    EXPECT_EQ(result, 0) << "seed " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Seeds, GosuAgreement, testing::Range<std::uint32_t>(1, 7));

}  // namespace
}  // namespace stepdown::test
