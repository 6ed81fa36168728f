// SPDX-License-Identifier: Apache-2.0
// Who the command runs as, and which specs are refused, in the native applet.
#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>

#include <ostream>

namespace stepdown::test {
namespace {

struct Taken {
    std::string spec;
    std::string ids;  // "UID:GID SUPPLEMENTARY...", started with group 2020 added by whoever starts the container
    std::string home;
};

void PrintTo(const Taken& taken, std::ostream* out) { *out << '\'' << taken.spec << '\''; }

const Taken taken[] = {
    {"app", "1500:1500 29 44 2020", "/srv/app"},
    {"1500", "1500:1500 29 44 2020", "/srv/app"},
    {"app:", "1500:1500 29 44 2020", "/srv/app"},
    {"app:docker", "1500:999 2020", "/srv/app"},
    {"app:1", "1500:1 2020", "/srv/app"},
    {"1500:docker", "1500:999 2020", "/srv/app"},
    {"games", "5:60 29 2020", "/usr/games"},
    {"1000:1000", "1000:1000 2020", "/"},
    {"1000:daemon", "1000:1 2020", "/"},
    {"1000:0", "1000:0 2020", "/"},
    {"1000:root", "1000:0 2020", "/"},
    {"4294967294:4294967294", "4294967294:4294967294 2020", "/"},
    {"root", "0:0 0 2020", "/root"},
    {"0", "0:0 0 2020", "/root"},
    {"0:0", "0:0 0 2020", "/root"},
    {"root:root", "0:0 0 2020", "/root"},
};

// As the start of a container: a call takes over no groups.
Outcome start(Command command) {
    command.pids = PidNamespace::own;
    return run(command.after(groups({0, 2020})));
}

class Spec : public testing::TestWithParam<Taken> {};

TEST_P(Spec, GivesTheCommandItsIds) {
    const Taken& row = GetParam();
    const Outcome outcome = start(stepdown(and_see({"-u", row.spec})));
    EXPECT_EQ(seen(outcome).ids(), row.ids);
    EXPECT_EQ(seen(outcome).variable("HOME"), row.home);
    EXPECT_EQ(outcome.err, "");
}

TEST_P(Spec, MeansTheSameInTheVariable) {
    const Taken& row = GetParam();
    const Outcome outcome = start(stepdown(and_see({})).with({"GOSU_USER=" + row.spec}));
    EXPECT_EQ(seen(outcome).ids(), row.ids);
    EXPECT_EQ(outcome.err, "");
}

INSTANTIATE_TEST_SUITE_P(Taken, Spec, testing::ValuesIn(taken));

struct Refused {
    std::string spec;
    std::string word;  // what the message holds; empty: the spec
};

void PrintTo(const Refused& refused, std::ostream* out) { *out << '\'' << refused.spec << '\''; }

const Refused refused[] = {
    {"missing", ""},
    {"missing:0", "missing"},
    {"app:missing", "missing"},
    {"0:missing", "missing"},
    {"a:b:c", ""},
    {"root:b:c", "b:c"},
    {"App", ""},
    {"0day", ""},
    {"0x0", ""},
    {"1e3", ""},
    {"+5", ""},
    {" 5", ""},
    {"5 ", ""},
    {"-1", ""},
    {"-1:0", ""},
    {"1000:-1", ""},
    {"1000:+5", ""},
    {"1000: 5", ""},
    {"4294967295", ""},
    {"4294967296", ""},
    {"4294967296:4294967296", ""},
    {"99999999999999999999", ""},
    {"1000:4294967295", ""},
    {"1000:18446744073709551616", ""},
    // A uid without entry and group would silently stay in group 0.
    {"1234", "1234:"},
    // uid 0 by any other way than "root" or "0".
    {":1000", ""},
    {":0", ""},
    {":", ""},
    {"toor", ""},
    {"toor:app", "toor"},
    {"00", ""},
    {"000:0", ""},
    {"@/missing/path", "/missing/path"},
};

class BadSpec : public testing::TestWithParam<Refused> {};

TEST_P(BadSpec, IsRefused) {
    const auto& [spec, word] = GetParam();
    expect_refused(start(stepdown(and_see({"--user=" + spec}))), {word.empty() ? spec : word});
}

TEST_P(BadSpec, IsRefusedInTheVariableToo) {
    const auto& [spec, word] = GetParam();
    expect_refused(start(stepdown(and_see({})).with({"GOSU_USER=" + spec})), {word.empty() ? spec : word});
}

INSTANTIATE_TEST_SUITE_P(Refused, BadSpec, testing::ValuesIn(refused));

TEST(User, MustBeAskedForByRoot) {
    expect_refused(start(stepdown(and_see({}))), {"GOSU_USER=root"});
    expect_refused(start(stepdown(and_see({})).with({"GOSU_USER="})), {"GOSU_USER=root"});
}

TEST(User, MayBeTheOwnerOfAPath) {
    const TemporaryDirectory directory;
    write_file(directory / "owned", "");
    give(directory / "owned", {1700, 1800});
    const std::string path = "@" + (directory / "owned");
    EXPECT_EQ(seen(start(stepdown(and_see({"-u", path})))).ids(), "1700:1800 2020");
    EXPECT_EQ(seen(start(stepdown(and_see({"-u", path + ":1"})))).ids(), "1700:1 2020");
    EXPECT_EQ(seen(start(stepdown(and_see({"-u", "app:" + path})))).ids(), "1500:1800 2020");
}

// Docker creates a missing bind source as root.
TEST(User, IsNeverRootByThePathItOwns) {
    const TemporaryDirectory directory;
    const std::string path = directory / "of-root";
    make_directory(path);
    for (const std::string& spec : {"@" + path, "@" + path + ":1000", "app:@" + path}) {
        expect_refused(start(stepdown(and_see({"-u", spec}))), {path});
    }
}

std::optional<std::string> no_full_map() {
    for (const char* map : {"/proc/self/uid_map", "/proc/self/gid_map"}) {
        if (read_file(map).find("4294967295") == std::string::npos) return "this is not the first user namespace";
    }
    return {};
}

// There 65534 stands for nobody alone.
TEST(User, MayBeNobodyByThePathItOwnsWhereEveryIdIsMapped) {
    STEPDOWN_SKIP_IF(no_full_map());
    const TemporaryDirectory directory;
    give(directory.path(), {65534, 65534});
    const std::string path = "@" + directory.path();
    EXPECT_EQ(seen(start(stepdown(and_see({"-u", path})))).ids(), "65534:65534 2020");
    EXPECT_EQ(seen(start(stepdown(and_see({"-u", "1000:1000", "-g", path})))).ids(), "1000:1000 2020 65534");
    EXPECT_EQ(seen(start(stepdown(and_see({"-u", "app", "--uid", path, "--gid", path})))).uid(), "65534");
}

// Its map holds 65534, but whatever it does not map reads as that, too.
TEST(User, IsNotNobodyByThePathItOwnsWhereThatIsAmbiguous) {
    const Step some_ids = user_namespace(Setgroups::allowed, 65536);
    STEPDOWN_SKIP_IF(setup_error_of({some_ids}));
    const TemporaryDirectory directory;
    give(directory.path(), {65534, 65534});
    const std::string path = "@" + directory.path();
    for (const Words& words : {Words{"-u", path},
                               {"-u", path + ":1000"},
                               {"-u", "app:" + path},
                               {"-u", "app", "-g", path},
                               {"-u", "app", "--uid", path},
                               {"-u", "app", "--gid", path}}) {
        expect_refused(run(stepdown(and_see(words)).after(some_ids)),
                       {directory.path(), "65534", "may stand for one that is not mapped", "Write the"});
    }
}

TEST(User, IsTakenFromTheHalfThatNamesThePathOnly) {
    const TemporaryDirectory directory;
    make_directory(directory / "mixed");
    give(directory / "mixed", {1700, 0});
    const std::string path = "@" + (directory / "mixed");
    EXPECT_EQ(seen(start(stepdown(and_see({"-u", path + ":1000"})))).ids(), "1700:1000 2020");
    expect_refused(start(stepdown(and_see({"-u", "app:" + path}))), {directory / "mixed"});
}

// The application could make its own link to what anybody else owns.
TEST(User, IsNotTakenThroughALinkThatTheApplicationControls) {
    const TemporaryDirectory directory;
    make_directory(directory / "app");
    give(directory / "app", {1500, 1500});
    write_file(directory / "target", "");
    give(directory / "target", {1700, 1700});
    make_link(directory / "target", directory / "app/link");
    expect_refused(start(stepdown(and_see({"-u", "@" + (directory / "app/link")}))), {directory / "app/link"});
}

}  // namespace
}  // namespace stepdown::test
