// SPDX-License-Identifier: Apache-2.0
// GOSU_COMPAT: the variables that users of other images set already, in whole starts.

#include "support/files/etc.h"
#include "support/process/expect.h"
#include "support/process/seen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Command with(Command command, const Words& variables) {
    for (const std::string& each : variables) command.with({each});
    return command;
}

class CompatStart : public testing::Test {
  protected:
    [[nodiscard]] Command start(const Words& variables, const Words& options = {},
                                const std::string& user = "app") const {
        return with(etc_.stepdown(and_see(options)).with({"GOSU_USER=" + user}), variables);
    }
    [[nodiscard]] Command dry(const Words& variables, const Words& options) const {
        Words words = options;
        words.emplace_back("true");
        return with(etc_.stepdown(words).with({"GOSU_USER=app"}), variables);
    }
    [[nodiscard]] const Etc& etc() const { return etc_; }
    [[nodiscard]] std::string at(const std::string& name) const { return volume_ / name; }

  private:
    TemporaryDirectory volume_;
    Etc etc_;
};

const Words linuxserver{"GOSU_COMPAT=linuxserver", "PUID=2000", "PGID=2001", "UMASK=022"};

TEST_F(CompatStart, TakesTheVariablesOfLinuxserver) {
    const Outcome outcome = run(start(linuxserver));
    const Seen after = seen(outcome);
    EXPECT_EQ(after.ids(), "2000:2001 29 44");
    EXPECT_EQ(after.one("Umask"), "0022");
    EXPECT_EQ(after.variable("HOME"), "/srv/app");
    EXPECT_EQ(after.variable("PUID"), "2000");
    EXPECT_EQ(outcome.err, "");
    EXPECT_THAT(etc().passwd(), HasSubstr("app:x:2000:2001:"));
}

TEST_F(CompatStart, TakesNothingThatTheImageDoesNotAskFor) {
    const Words variables{"PUID=2000", "PGID=2001", "UMASK=022", "NB_UID=3000", "CHOWN_EXTRA=/no/such/tree"};
    for (const Words& words : {Words{}, Words{"GOSU_COMPAT="}}) {
        const Outcome outcome = run(with(start(variables), words));
        EXPECT_EQ(seen(outcome).ids(), "1500:1500 29 44");
        EXPECT_EQ(outcome.err, "");
    }
}

TEST_F(CompatStart, PrefersStepdownsOwnSettings) {
    EXPECT_EQ(seen(run(start(linuxserver).with({"GOSU_UID=4000"}))).ids(), "4000:2001 29 44");
    EXPECT_EQ(seen(run(start(linuxserver, {"--uid=5000", "--umask=7"}))).one("Umask"), "0007");
    EXPECT_THAT(etc().passwd(), HasSubstr("app:x:5000:2001:"));
}

// Only recursive: as Jupyter's start.sh does it, chown(1) would change the listed paths alone.
TEST_F(CompatStart, TakesThePathsOfJupyter) {
    for (const char* name : {"own", "extra", "other"}) {
        make_directory(at(name));
        write_file(at(name) + "/file", "");
    }
    const Words jupyter{"GOSU_COMPAT=jupyter", "NB_UID=2000", "GOSU_CHOWN=" + at("own"),
                        "CHOWN_EXTRA=" + at("extra") + "," + at("other")};
    const Outcome without = run(start(jupyter));
    EXPECT_EQ(seen(without).ids(), "2000:1500 29 44");
    EXPECT_THAT(messages(without), ElementsAre(HasSubstr("CHOWN_EXTRA_OPTS does not hold -R")));
    EXPECT_EQ(owner(at("own/file")), Owner({2000, 1500}));
    EXPECT_EQ(owner(at("extra")), Owner({0, 0}));
    const Outcome recursive = run(start(jupyter).with({"CHOWN_EXTRA_OPTS=-R"}));
    EXPECT_THAT(messages(recursive), IsEmpty());
    EXPECT_EQ(owner(at("extra/file")), Owner({2000, 1500}));
    EXPECT_EQ(owner(at("other/file")), Owner({2000, 1500}));
}

TEST_F(CompatStart, NamesTheVariableThatIsRefused) {
    const Words jupyter{"GOSU_COMPAT=jupyter", "CHOWN_EXTRA_OPTS=-R"};
    expect_refused(run(start({"GOSU_COMPAT=linuxserver", "PUID=0"})), {"PUID=0", "set GOSU_USER=root"});
    expect_refused(run(start({"GOSU_COMPAT=jupyter", "NB_UID=0"})), {"NB_UID=0", "set GOSU_USER=root"});
    expect_refused(run(start({"GOSU_COMPAT=linuxserver", "UMASK=22"})),
                   {"UMASK=22", "Write UMASK=\"022\" or \"0026\""});
    expect_refused(run(start(jupyter).with({"CHOWN_EXTRA=/proc"})), {"Leave it out of CHOWN_EXTRA"});
    expect_refused(run(start(jupyter).with({"CHOWN_EXTRA=/no/such", "GOSU_CHOWN=" + at("")})),
                   {"/no/such", "in GOSU_CHOWN or CHOWN_EXTRA if it need not exist"});
    expect_refused(run(start({"GOSU_COMPAT=linuxserver", "PUID=7"}, {}, "9:9")),
                   {"PUID=7", "set GOSU_USER=7:7, and leave PUID out"});
    EXPECT_EQ(etc().passwd(), test_passwd);
}

// The remedies of the refusals.
TEST_F(CompatStart, SucceedsAsTheRefusalsSay) {
    EXPECT_EQ(seen(run(start({"GOSU_COMPAT=linuxserver"}, {}, "root"))).uid(), "0");
    Command unset = etc().stepdown(and_see({})).with({"PUID=2000", "PGID=2001"});
    expect_refused(run(unset), {"no user is set", "PUID and PGID", "GOSU_COMPAT=linuxserver"});
    EXPECT_EQ(seen(run(unset.with({"GOSU_COMPAT=linuxserver", "GOSU_USER=app"}))).ids(), "2000:2001 29 44");
    Command notebook = etc().stepdown(and_see({})).with({"NB_UID=2002"});
    expect_refused(run(notebook), {"no user is set", "NB_UID", "GOSU_COMPAT=jupyter"});
    EXPECT_EQ(seen(run(notebook.with({"GOSU_COMPAT=jupyter", "GOSU_USER=app"}))).uid(), "2002");
}

TEST_F(CompatStart, ShowsInADryRunWhereValuesComeFrom) {
    const Outcome text = run(dry(linuxserver, {"--dry-run"}));
    EXPECT_EQ(text.exit_code, 0) << describe(text);
    EXPECT_THAT(text.out, HasSubstr("\nnote      the value of GOSU_UID comes from PUID=2000\n"));
    EXPECT_THAT(text.out, HasSubstr("\numask     0022\n"));
    const Outcome json = run(dry(linuxserver, {"--dry-run", "--json"}));
    EXPECT_THAT(json.out, HasSubstr(R"("the value of GOSU_GID comes from PGID=2001")"));
    EXPECT_THAT(json.out, HasSubstr(R"("user":{"uid":2000,"name":"app"})"));
    const Outcome strict = run(dry({"GOSU_COMPAT=jupyter", "CHOWN_HOME=yes", "GOSU_STRICT=1"}, {"--dry-run"}));
    EXPECT_EQ(strict.exit_code, 125) << describe(strict);
    EXPECT_THAT(strict.out, HasSubstr("\nproblem   cannot honour CHOWN_HOME=yes: "));
    EXPECT_EQ(etc().passwd(), test_passwd);
}

// Stepdown's own setting counts beside CHOWN_EXTRA, so it is what the suggestion names.
TEST_F(CompatStart, IsNoSettingThatADryRunSuggests) {
    make_directory(at("listed"));
    make_directory(at("closed"), 0700);
    const Words extra{"GOSU_COMPAT=jupyter", "CHOWN_EXTRA=" + at("listed"), "CHOWN_EXTRA_OPTS=-R"};
    const Words words{"--dry-run", "ls", at("closed")};
    const Outcome before = run(dry(extra, words));
    EXPECT_THAT(before.out, HasSubstr("dd " + at("closed") + " to GOSU_CHOWN"));
    Words both = extra;
    both.push_back("GOSU_CHOWN=" + at("closed"));
    EXPECT_THAT(run(dry(both, words)).out, Not(HasSubstr("argument " + at("closed"))));
}

// The variable belongs to the container's start, and with it those that it stands for.
TEST_F(CompatStart, LeavesACallAlone) {
    const Outcome call = run(start(linuxserver, {"-u", "app"}));
    EXPECT_EQ(seen(call).ids(), "1500:1500 29 44");
    const Outcome flag = run(start(linuxserver, {"-u", "app", "--compat=linuxserver"}));
    EXPECT_EQ(seen(flag).ids(), "2000:2001 29 44");
}

TEST_F(CompatStart, IsNoneOfGosus) {
    Command command = start(linuxserver);
    command.argv = {"gosu", "app", "id", "-u"};
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.out, "1500\n") << describe(outcome);
}

}  // namespace
}  // namespace stepdown::test
