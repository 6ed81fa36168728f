// SPDX-License-Identifier: Apache-2.0
// Starts that are not root: nothing that needs root fails them, and one warning says what is left undone.

#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// USER in the Dockerfile, user: in compose, runAsUser in a pod.
Command as_app(const Words& words, const Words& variables = {}) {
    Command command = stepdown(words).after(ids(1500, 1500));
    command.environment.insert(command.environment.end(), variables.begin(), variables.end());
    return command;
}

TEST(Unprivileged, SkipsWhatCannotBeResolved) {
    for (const Words& variables : {Words{"GOSU_USER=missing"},
                                   {"GOSU_USER=1234"},
                                   {"GOSU_USER=@/missing"},
                                   {"GOSU_USER=app", "GOSU_UID=@/missing", "GOSU_GID=@/missing"},
                                   {"GOSU_USER=app", "GOSU_GROUPS=missing"}}) {
        const Outcome outcome = run(as_app(and_see({}), variables));
        EXPECT_EQ(seen(outcome).uid(), "1500") << variables.back();
        EXPECT_THAT(messages(outcome),
                    ElementsAre(AllOf(HasSubstr("uid 1500 is not root"), HasSubstr(variables.back()))));
        Words strict = variables;
        strict.emplace_back("GOSU_STRICT=1");
        expect_refused(run(as_app(and_see({}), strict)), {"cannot honour", variables.back()});
    }
}

TEST(Unprivileged, RefusesAFlagAndABadValueAsAnybodyDoes) {
    expect_refused(run(as_app(and_see({"-u", "missing"}))), {"--user=missing"});
    expect_refused(run(as_app(and_see({"-u", "app", "-g", "missing"}))), {"--groups=missing"});
    expect_refused(run(as_app(and_see({})).with({"GOSU_USER=4294967295"})), {"GOSU_USER=4294967295"});
    expect_refused(run(as_app(and_see({})).with({"GOSU_USER=7:8", "GOSU_UID=9"})), {"GOSU_UID=9"});
}

class UnprivilegedPaths : public testing::Test {
  protected:
    // Of three entries two are root's, and in the other tree all is right.
    UnprivilegedPaths() {
        for (const char* tree : {"wrong", "right"}) {
            make_directory(base_ / tree);
            write_file(base_ / tree + "/a", "");
            write_file(base_ / tree + "/b", "");
        }
        for (const char* path : {"wrong/a", "right", "right/a", "right/b"}) give(base_ / path, {1500, 1500});
    }
    [[nodiscard]] std::string at(const std::string& name) const { return base_ / name; }
    [[nodiscard]] Outcome start(const Words& words, const Words& variables) const {
        return run(as_app(words, variables).with({"GOSU_USER=app"}));
    }
    [[nodiscard]] Words wrong() const {
        return {"GOSU_MKDIR=" + at("x") + " " + at("right/made"),
                "GOSU_CHOWN=" + at("wrong") + " " + at("right") + " " + at("missing") + " " + at("x")};
    }

  private:
    TemporaryDirectory base_;
};

TEST_F(UnprivilegedPaths, AreToldInOneWarning) {
    const Outcome outcome = start(and_see({}), wrong());
    EXPECT_EQ(seen(outcome).uid(), "1500");
    EXPECT_THAT(
        messages(outcome),
        ElementsAre("stepdown: warning: uid 1500 is not root and cannot create " + at("x") +
                    " (Permission denied), nor change the owner of " + at("missing") + ", nor change the owner of " +
                    at("x") + ", nor change the owner of 2 of 3 entries of " + at("wrong") +
                    ". The container starts as that uid because of USER in the Dockerfile, user: in compose, or "
                    "runAsUser in a pod. Prepare this in the image, or leave that out"));
    EXPECT_EQ(owner(at("right/made")), Owner({1500, 1500})) << "what it may, it does";
    EXPECT_THAT(start(and_see({"--log-level=info"}), wrong()).err, HasSubstr("info: cannot change the owner of"));
}

TEST_F(UnprivilegedPaths, AreNotMentionedWhereAllIsRight) {
    EXPECT_THAT(messages(start(and_see({}), {"GOSU_MKDIR=" + at("right"), "GOSU_CHOWN=" + at("right")})), IsEmpty());
}

TEST_F(UnprivilegedPaths, AreRefusedInOneMessageUnderStrict) {
    Words variables = wrong();
    variables.emplace_back("GOSU_STRICT=1");
    const Outcome outcome = start(and_see({}), variables);
    expect_refused(outcome, {"cannot honour GOSU_MKDIR=", "2 of 3 entries", "runAsUser"});
    EXPECT_EQ(messages(outcome).size(), 1U);
    expect_refused(start(and_see({}), {"GOSU_CHOWN=" + at("wrong"), "GOSU_CHOWN_ERRORS=fail"}), {"2 of 3 entries"});
}

TEST_F(UnprivilegedPaths, AreShownByADryRunWithTheReasons) {
    const Outcome outcome = start({"--dry-run"}, wrong());
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("warning   uid 1500 is not root and cannot create " + at("x") + " (Permission"));
    EXPECT_THAT(outcome.out, HasSubstr("mkdir     cannot create " + at("x") + ": Permission denied"));
    EXPECT_THAT(outcome.out, HasSubstr("chown     cannot change the owner of " + at("missing") + ": No such file"));
    Words variables = wrong();
    variables.emplace_back("GOSU_STRICT=1");
    const Outcome strict = start({"--dry-run"}, variables);
    EXPECT_EQ(strict.exit_code, 125);
    EXPECT_THAT(strict.out, HasSubstr("problem   cannot honour GOSU_MKDIR="));
}

}  // namespace
}  // namespace stepdown::test
