// SPDX-License-Identifier: Apache-2.0
// Rows of the table in src/docs/troubleshooting.md: each start is refused, or warned, with the message of its row, and
// succeeds without it once the remedy is carried out as it is written. tests/docs/remedies.txt says which test has
// which row.
#include "support/files/permission_failure.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <functional>
#include <string>
#include <vector>

namespace stepdown::test {
namespace {

using Change = std::function<void()>;
using Prepare = std::function<Command(Command)>;

struct Start {
    std::vector<std::string> variables;
    Words words{"true"};
    Prepare prepare{};
};

struct Row {
    const char* message;  // as the page quotes it
    Start refused;
    Start remedied;
    Change remedy{};  // outside of the container
};

class Remedies : public PermissionFailure {
  protected:
    static Outcome outcome_of(const Start& start) {
        Command command = stepdown(start.words);
        for (const std::string& each : start.variables) command.environment.push_back(each);
        return run(start.prepare ? start.prepare(std::move(command)) : command);
    }

    // The parts between the … of the page.
    static void expect_message(const std::string& text, const std::string& message, bool is_there) {
        constexpr std::string_view gap = "…";
        std::size_t from = 0;
        for (std::size_t at = 0; at < message.size();) {
            const std::size_t end = std::min(message.find(gap, at), message.size());
            const std::string part = message.substr(at, end - at);
            from = part.empty() ? from : text.find(part, from);
            at = end + gap.size();
            if (from == std::string::npos) break;
        }
        EXPECT_EQ(from != std::string::npos, is_there) << message << "\n" << text;
    }

    static void expect_remedy(const Row& row) {
        const Outcome refused = outcome_of(row.refused);
        expect_message(refused.err, row.message, true);
        if (row.remedy) row.remedy();
        const Outcome started = outcome_of(row.remedied);
        EXPECT_EQ(started.exit_code, 0) << row.message << describe(started);
        expect_message(started.err, row.message, false);
    }

    // The same start after a change.
    static Row changed(const char* message, Start start, Change remedy) {
        return {message, start, start, std::move(remedy)};
    }
    static Row rewritten(const char* message, std::vector<std::string> bad, std::vector<std::string> good) {
        return {message, {std::move(bad)}, {std::move(good)}};
    }
};

Prepare without(std::vector<int> capabilities) {
    return [=](Command command) { return command.after(without_capabilities(capabilities)); };
}

TEST_F(Remedies, OfTheUserAndTheGroups) {
    const std::string roots = directory("roots");
    for (const Row& row : {
             rewritten("cannot start: no user is set", {}, {"GOSU_USER=root"}),
             rewritten("cannot use …: there is no user …", {"GOSU_USER=host"}, {"GOSU_USER=1000:1000"}),
             rewritten("cannot use …: uid … has no entry in /etc/passwd, so its group is unknown", {"GOSU_USER=1234"},
                       {"GOSU_USER=1234:1234"}),
             rewritten("cannot use …: the user before the colon is empty", {"GOSU_USER=:1000"},
                       {"GOSU_USER=1000:1000"}),
             rewritten("cannot use …: … is uid 0", {"GOSU_USER=00"}, {"GOSU_USER=0"}),
             rewritten("cannot use …: … is not an id", {"GOSU_USER=4294967295:1"}, {"GOSU_USER=4294967294:1"}),
             rewritten("cannot use …: … belongs to root", {"GOSU_USER=@" + roots}, {"GOSU_USER=1000:1000"}),
             rewritten("cannot use …: … belongs to group 0", {"GOSU_USER=app", "GOSU_GROUPS=@" + roots},
                       {"GOSU_USER=app", "GOSU_GROUPS=0"}),
             rewritten("If it need not exist, write -", {"GOSU_USER=app", "GOSU_GROUPS=nosuch"},
                       {"GOSU_USER=app", "GOSU_GROUPS=-nosuch"}),
             rewritten("cannot use …: … names a group already", {"GOSU_USER=app:app", "GOSU_GID=1700"},
                       {"GOSU_USER=app", "GOSU_GID=1700"}),
             rewritten("cannot use …: it needs … to be a name", {"GOSU_USER=1500:1500", "GOSU_UID=1700"},
                       {"GOSU_USER=1700:1500"}),
             rewritten("it has no leading 0", {"GOSU_USER=app", "GOSU_UMASK=23"}, {"GOSU_USER=app", "GOSU_UMASK=0027"}),
             rewritten("cannot use …: it must be …", {"GOSU_USER=app", "GOSU_STDIO=take"},
                       {"GOSU_USER=app", "GOSU_STDIO=own"}),
             rewritten("The value has a third part", {"GOSU_USER=1000:1000:999"},
                       {"GOSU_USER=1000:1000", "GOSU_GROUPS=999"}),
             rewritten("The value holds quotes", {"GOSU_USER=\"1000:1000\""}, {"GOSU_USER=1000:1000"}),
             rewritten("A number is rounded", {"GOSU_USER=1.00064e+09:1000"}, {"GOSU_USER=1000640000:1000"}),
             Row{"The value begins with =, which no short option takes",
                 {{}, {"-u=1000:1000", "true"}},
                 {{}, {"-u", "1000:1000", "true"}}},
             rewritten("YAML 1.1 reads … as the number … where it has no quotes", {"GOSU_USER=89"}, {"GOSU_USER=1:29"}),
         }) {
        expect_remedy(row);
    }
}

TEST_F(Remedies, OfCapabilities) {
    const std::string data = directory("data");
    const std::string bad = "GOSU_CHOWN=" + data;
    const std::vector<std::string> owns{"GOSU_USER=app", bad};
    const auto restore = [=] { give(data, {0, 0}); };
    for (const Row& row : {
             Row{"cannot use …: root lacks the …",
                 {{"GOSU_USER=app"}, {"true"}, without({cap_setuid})},
                 {{"GOSU_USER=app"}}},
             Row{"the capability CHOWN is missing",
                 {{"GOSU_USER=app", "GOSU_MKDIR=" + at("new")}, {"true"}, without({cap_chown})},
                 {{"GOSU_USER=app", "GOSU_MKDIR=" + at("new")}}},
             Row{"The capability CHOWN is missing", {owns, {"true"}, without({cap_chown})}, {owns}, restore},
         }) {
        expect_remedy(row);
    }
}

TEST_F(Remedies, OfPaths) {
    const std::string data = directory("data");
    const std::string volume = directory("volume");
    const std::string users = directory("users");
    write_file(at("file"), "");
    give(users, app);
    make_link(data, users + "/link");
    const auto owning = [](const std::string& paths) {
        return std::vector<std::string>{"GOSU_USER=app", "GOSU_CHOWN=" + paths};
    };
    const auto making = [](const std::string& paths) {
        return std::vector<std::string>{"GOSU_USER=app", "GOSU_MKDIR=" + paths};
    };
    const auto closed = [&](Command command) { return command.after(read_only(volume)); };
    for (const Row& row : {
             rewritten("a ' is not closed", making(at("it's")), making("\"" + at("it's") + "\"")),
             rewritten("it ends with a backslash", making(at("x\\")), making(at("x"))),
             rewritten("cannot use …: a leading - means \"if it exists\"", making("-" + at("x")), making(at("x"))),
             rewritten("cannot create …: it exists and is not a directory", making(at("file")), making(at("other"))),
             rewritten("cannot change the owner of …: No such file or directory", owning(at("none")),
                       owning("-" + at("none"))),
             rewritten("is a symbolic link that …", owning(users + "/link"), owning(data)),
             rewritten("cannot change the owner of …: it is the root directory", owning("/"), owning(data)),
             rewritten("cannot change the owner of …: it is one of the system's own directories", owning("/usr"),
                       owning(data)),
             rewritten("is an open file of a process", owning("/dev/stdout"), {"GOSU_USER=app"}),
             rewritten("cannot change the owner of …: it is on a kernel file system", owning("/proc/sys"),
                       {"GOSU_USER=app"}),
             Row{"cannot change the owner of …: … is mounted read-only",
                 {owning(volume), {"true"}, closed},
                 {owning(volume)},
                 [=] {
                     give(volume, {0, 0});
                 }},
             Row{"cannot create …: Read-only file system",
                 {making(volume + "/new"), {"true"}, closed},
                 {making(volume + "/new")}},
             rewritten("Blanks separate paths", owning(data + ";" + users), owning(data + " " + users)),
         }) {
        expect_remedy(row);
    }
}

TEST_F(Remedies, OfExclusions) {
    const std::string data = directory("data");
    const std::string cache = directory("data/cache");
    const std::string users = directory("data/users");
    make_link(cache, users + "/link");
    give(users, app);
    const auto without = [&](const std::string& paths, const std::string& excluded) {
        return std::vector<std::string>{"GOSU_USER=app", "GOSU_CHOWN=" + paths, "GOSU_CHOWN_EXCLUDE=" + excluded};
    };
    for (const Row& row : {
             rewritten("which … leaves alone. Take one of the two paths out", without(cache, data),
                       without(cache, users)),
             rewritten("cannot exclude …: … is a symbolic link that …", without(data, users + "/link"),
                       without(data, cache)),
         }) {
        expect_remedy(row);
    }
    EXPECT_EQ(owner(data), app);
}

TEST_F(Remedies, OfSettingsThatAreWrittenWrong) {
    const std::string data = directory("data");
    const auto as = [](uid_t uid) { return [uid](Command command) { return command.after(ids(uid, uid)); }; };
    for (const Row& row : {
             rewritten("The value holds another setting", {"GOSU_USER=1000:1000 GOSU_UMASK 0027"},
                       {"GOSU_USER=1000:1000", "GOSU_UMASK=0027"}),
             rewritten("The user setting names the owner", {"GOSU_USER=app", "GOSU_CHOWN=app:app " + data},
                       {"GOSU_USER=app", "GOSU_CHOWN=" + data}),
             rewritten("cannot use …: … has uid 0", {"GOSU_USER=toor"}, {"GOSU_USER=root"}),
             rewritten("… creates …", {"GOSU_USER=app", "GOSU_MKDIR=" + at("a") + "," + at("b")},
                       {"GOSU_USER=app", "GOSU_MKDIR=" + at("a") + " " + at("b")}),
             rewritten("unknown setting …. Did you mean …?", {"GOSU_USER=app", "GOSU_CHONW=" + data},
                       {"GOSU_USER=app", "GOSU_CHOWN=" + data}),
             Row{"cannot read the command line: …",
                 {{"GOSU_USER=app"}, {"--no-such-option", "true"}},
                 {{"GOSU_USER=app"}}},
             Row{"cannot use …: uid … is not root and lacks the …",
                 {{}, {"-u", "app", "true"}, as(1234)},
                 {{}, {"-u", "app", "true"}}},
             Row{"cannot honour …: uid … is not root",
                 {{"GOSU_USER=app", "GOSU_STRICT=1"}, {"true"}, as(1234)},
                 {{"GOSU_USER=app", "GOSU_STRICT=1"}}},
             Row{"so the command runs as that uid; skipped: …",
                 {{"GOSU_USER=app"}, {"true"}, as(1234)},
                 {{"GOSU_USER=app"}}},
             Row{"so what prepares for another user is skipped",
                 {{"GOSU_USER=root", "GOSU_CHOWN=" + data}},
                 {{}, {"-u", "root", "-c", data, "true"}}},
             Row{"cannot use …: user … has uid 0, and root keeps its ids",
                 {{}, {"-u", "root", "--uid", "1700", "true"}},
                 {{}, {"-u", "app", "--uid", "1700", "true"}}},
         }) {
        expect_remedy(row);
    }
}

TEST_F(Remedies, OfTheCommand) {
    const std::string plain = script("plain", 0644);
    directory("data");
    directory("more");
    directory("hidden", 0700);
    const std::string hidden = script("hidden/tool");
    const std::string lost = script("lost", 0755, "#!/no/such/shell");
    const std::string crlf = script("crlf", 0755, "#!/bin/sh\r");
    write_file(at("bom"), "\xef\xbb\xbf#!/bin/sh\n", 0755);
    write_file(at("blank"), "\n#!/bin/sh\n", 0755);
    write_file(at("none"), "exit 0\n", 0755);
    make_link("/opt/host-only/tool", at("dangling"));
    const auto running = [](const std::string& file) { return Start{{"GOSU_USER=app"}, {file}}; };
    const auto closed = [&](Command command) { return command.after(no_exec(at(""))); };
    const auto save_right = [](const std::string& file) { return [=] { write_file(file, "#!/bin/sh\n", 0755); }; };
    const auto mode = [](const std::string& file) { return [=] { ::chmod(file.c_str(), 0755); }; };
    for (const Row& row : {
             Row{"cannot run …: there is no such command in PATH=…", running("no-such-command"), running("true")},
             Row{"If it belongs to the option before it, write all its paths as one word",
                 {{}, {"-u", "app", "--chown", at("more"), at("data"), "true"}},
                 {{}, {"-u", "app", "--chown", at("more") + " " + at("data"), "true"}}},
             changed("cannot run …: Permission denied. …, uid … cannot execute", running(plain), mode(plain)),
             changed("cannot run …: Permission denied. …, uid … cannot enter", running(hidden), mode(at("hidden"))),
             changed("Its interpreter … does not exist", running(lost), save_right(lost)),
             changed("Its interpreter … does not exist: its first line ends in a carriage return", running(crlf),
                     save_right(crlf)),
             changed("begins with a byte order mark (UTF-8). Save it without", running(at("bom")),
                     save_right(at("bom"))),
             changed("has a blank line before its #! line", running(at("blank")), save_right(at("blank"))),
             changed("It is neither a program for this machine nor a script with a #! line", running(at("none")),
                     save_right(at("none"))),
             changed("it is a link to …, which does not exist here", running(at("dangling")),
                     [&] {
                         ::unlink(at("dangling").c_str());
                         make_link("/bin/true", at("dangling"));
                     }),
             Row{"is mounted noexec", {{"GOSU_USER=app"}, {script("tool")}, closed}, running(at("tool"))},
             Row{"Each word of a command is a string of its own",
                 running("echo hello"),
                 {{"GOSU_USER=app"}, {"echo", "hello"}}},
         }) {
        expect_remedy(row);
    }
}

}  // namespace
}  // namespace stepdown::test
