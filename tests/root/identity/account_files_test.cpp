// SPDX-License-Identifier: Apache-2.0
// /etc/passwd and /etc/group in every state an image may bring them.
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>

#include <ostream>

namespace stepdown::test {
namespace {

using namespace std::string_literals;

const std::string app = "app:x:1500:1500:app:/srv/app:/bin/sh\n";
const std::string groups_of_app = "audio:x:29:app\napp:x:1500:\n";

std::string members(std::size_t bytes) {
    std::string result;
    while (result.size() < bytes) result += "user" + std::to_string(result.size()) + ",";
    return result;
}

struct Files {
    std::string name;
    std::string passwd;
    std::string group;
    std::string spec;
    std::string ids;  // as the command sees them; empty: refused
};

void PrintTo(const Files& files, std::ostream* out) { *out << files.name; }

const Files table[] = {
    {"no last newline", "app:x:1500:1500:app:/srv/app:/bin/sh", "audio:x:29:app", "app", "1500:1500 29"},
    {"CRLF", "app:x:1500:1500:app:/srv/app:/bin/sh\r\n", "audio:x:29:games,app\r\nlast:x:44:app\r\n", "app",
     "1500:1500 29 44"},
    {"CRLF without last newline", "app:x:1500:1500:app:/srv/app:/bin/sh\r", "audio:x:29:app\r", "app", "1500:1500 29"},
    {"empty lines", "\n\n" + app + "\n", "\n" + groups_of_app + "\n\n", "app", "1500:1500 29"},
    {"64 KB group line", app, "big:x:90:" + members(64 << 10) + "app\naudio:x:29:app\n", "app", "1500:1500 29 90"},
    {"1 MB group line", app, "big:x:90:" + members(1 << 20) + "app\naudio:x:29:app\n", "app", "1500:1500 29 90"},
    {"1 MB line before", "x:" + std::string(1 << 20, 'y') + "\n" + app, groups_of_app, "app", "1500:1500 29"},
    {"1 MB of gecos", "app:x:1500:1500:" + std::string(1 << 20, 'y') + ":/srv/app:/bin/sh\n", groups_of_app, "app",
     "1500:1500 29"},
    {"NUL bytes in another line", "ev\0il:x:0:0\0::/:/bin/sh\n"s + app, "e\0:x:\0:app\n"s + groups_of_app, "app",
     "1500:1500 29"},
    {"NUL byte in the name", "app\0:x:1500:1500::/:/bin/sh\n"s, "", "app", ""},
    {"NUL byte in the uid", "app:x:15\0:1500::/:/bin/sh\n"s, "", "app", ""},
    {"only NUL bytes", std::string(4096, '\0'), "", "app", ""},
    {"digit-named user is no uid", "1000:x:7:7::/seven:/bin/sh\n", "", "1000:1000", "1000:1000"},
    {"digit-named user is not found by its number", "1000:x:7:7::/seven:/bin/sh\n", "", "1000", ""},
    {"digit-named group is no gid", app, "1000:x:7:\n", "app:1000", "1500:1000"},
    {"first of two users wins", app + "app:x:1:1::/:/bin/sh\n", groups_of_app, "app", "1500:1500 29"},
    {"first of two entries of a uid wins", app + "other:x:1500:1::/:/bin/sh\n", "one:x:50:other\n", "1500",
     "1500:1500"},
    {"first of two groups wins", app, "docker:x:999:\ndocker:x:1:\n", "app:docker", "1500:999"},
    {"both lines of a group list members", app, "a:x:29:app\na:x:44:app\n", "app", "1500:1500 29 44"},
    {"commented user", "#app:x:0:0::/:/bin/sh\n" + app, groups_of_app, "app", "1500:1500 29"},
    {"compat user", "+app:x:0:0::/:/bin/sh\n-app:x:0:0::/:/bin/sh\n+::::::\n" + app, groups_of_app, "app",
     "1500:1500 29"},
    {"comment is no name", "#app:x:5:5::/:/bin/sh\n", "", "#app", ""},
    {"compat plus is no name", "+app:x:5:5::/:/bin/sh\n", "", "+app", ""},
    {"compat minus is no name", "-app:x:5:5::/:/bin/sh\n", "", "-app", ""},
    {"commented group", app, "#audio:x:29:app\n+audio:x:30:app\n-audio:x:31:app\n", "app", "1500:1500"},
    {"commented group is no name", app, "#docker:x:999:\n", "app:#docker", ""},
    {"uid is not a number", "app:x:zero:0::/:/bin/sh\n", "", "app", ""},
    {"uid is empty", "app:x::0::/:/bin/sh\n", "", "app", ""},
    {"uid is negative", "app:x:-1:0::/:/bin/sh\n", "", "app", ""},
    {"uid is signed", "app:x:+0:0::/:/bin/sh\n", "", "app", ""},
    {"uid has a blank", "app:x: 0:0::/:/bin/sh\n", "", "app", ""},
    {"uid would wrap to 0", "app:x:4294967296:4294967296::/:/bin/sh\n", "", "app", ""},
    {"uid is the invalid one", "app:x:4294967295:4294967295::/:/bin/sh\n", "", "app", ""},
    {"uid ends in letters", "app:x:1500x:1500::/:/bin/sh\n", "", "app", ""},
    {"gid is not a number", "app:x:1500:zero::/:/bin/sh\n", "", "app", ""},
    {"too few fields", "app\napp:\napp:x\napp:x:0\n", "", "app", ""},
    {"a good line after bad ones", "app\napp:x\napp:x:0\napp:x:zero:0::/:/bin/sh\n" + app, groups_of_app, "app",
     "1500:1500 29"},
    {"group gid is not a number", app, "docker:x:zero:\n", "app:docker", ""},
    {"group gid would wrap to 0", app, "docker:x:4294967296:\n", "app:docker", ""},
    {"group with too few fields", app, "docker\ndocker:x\n", "app:docker", ""},
    {"empty name", ":x:0:0::/:/bin/sh\n", ":x:0:\n", "app", ""},
    {"member that is part of a name", app, "a:x:29:application\nb:x:44:my-app,ap\n", "app", "1500:1500"},
    {"binary garbage", "\x7f\xff\xfe:\x01:\n" + app, "\xff\xff:x:0:app\xff\n" + groups_of_app, "app", "1500:1500 29"},
    {"empty files", "", "", "1000:1000", "1000:1000"},
};

Command as(const Files& files, Command command) { return command.after(accounts(files.passwd, files.group)); }

class AccountFiles : public testing::TestWithParam<Files> {};

TEST_P(AccountFiles, GiveTheRightIdsOrNone) {
    const Files& files = GetParam();
    const Outcome outcome = run(as(files, stepdown(and_see({"--user=" + files.spec}))));
    if (files.ids.empty()) return expect_refused(outcome);
    EXPECT_EQ(seen(outcome).ids(), files.ids);
    EXPECT_EQ(outcome.err, "");
}

// Whatever they hold, no line becomes uid 0 under the other names either.
TEST_P(AccountFiles, NeverMakeGosuOrSuExecRoot) {
    const Files& files = GetParam();
    for (const Command& command : {gosu(and_see({files.spec})), su_exec(and_see({files.spec}))}) {
        const Outcome outcome = run(as(files, command));
        if (outcome.exit_code == 0) {
            EXPECT_NE(Seen(outcome.out).uid(), "0") << command.argv.at(0);
        } else {
            EXPECT_EQ(outcome.exit_code, 1) << command.argv.at(0) << '\n' << describe(outcome);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Contents, AccountFiles, testing::ValuesIn(table));

Command with_etc(const std::string& spec, const std::vector<Step>& content) {
    Command command = stepdown(and_see({"-u", spec}));
    command.after(empty_tmpfs("/etc"));
    for (const Step& step : content) command.after(step);
    return command;
}

TEST(MissingAccountFiles, CountAsEmpty) {
    const Seen after = seen(run(with_etc("1000:1000", {})));
    EXPECT_EQ(after.ids(), "1000:1000");
    EXPECT_EQ(after.variable("HOME"), "/");
    EXPECT_EQ(seen(run(with_etc("app", {file("/etc/passwd", app)}))).ids(), "1500:1500");
    EXPECT_EQ(seen(run(with_etc("1000:docker", {file("/etc/group", "docker:x:999:\n")}))).ids(), "1000:999");
    expect_refused(run(with_etc("app", {})), {"app"});
    expect_refused(run(with_etc("1000", {})), {"1000:"});
    EXPECT_EQ(seen(run(with_etc("root", {file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")}))).uid(), "0");
    EXPECT_EQ(seen(run(with_etc("0:0", {}))).uid(), "0");
}

TEST(BadAccountFiles, AreAnErrorThatNamesThem) {
    const auto good = file("/etc/passwd", app);
    expect_refused(run(with_etc("app", {directory("/etc/passwd")})), {"/etc/passwd"});
    expect_refused(run(with_etc("app", {fifo("/etc/passwd")})), {"/etc/passwd"});
    expect_refused(run(with_etc("app", {sparse_file("/etc/passwd", 17 << 20)})), {"/etc/passwd"});
    expect_refused(run(with_etc("app:docker", {good, directory("/etc/group")})), {"/etc/group"});
    expect_refused(run(with_etc("app:docker", {good, fifo("/etc/group")})), {"/etc/group"});
    expect_refused(run(with_etc("app:docker", {good, sparse_file("/etc/group", 17 << 20)})), {"/etc/group"});
}

TEST(UnreadableAccountFiles, AreAnErrorThatNamesThem) {
    const auto weak = without_capabilities({cap_dac_override, cap_dac_read_search});
    const auto good = file("/etc/passwd", app);
    expect_refused(run(with_etc("app", {file("/etc/passwd", app, 0600, 7), weak})), {"/etc/passwd"});
    expect_refused(run(with_etc("app:docker", {good, file("/etc/group", "docker:x:999:\n", 0600, 7), weak})),
                   {"/etc/group"});
}

}  // namespace
}  // namespace stepdown::test
