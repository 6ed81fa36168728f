// SPDX-License-Identifier: Apache-2.0
// @PATH under a rootless engine, where the files of the person who runs it seem to be root's.
#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr Owner person{1234, 1235};

const std::string root_is = "Root here is uid 1234 outside (under a rootless engine, the person who runs it). ";
const std::string keep_id_clause = "start the container with podman's --userns=keep-id --user=1234:1235";

class Rootless : public testing::Test {
  protected:
    void SetUp() override {
        STEPDOWN_SKIP_IF(setup_error_of({user_namespace(Setgroups::allowed, rootless)}));
        give(directory_.path(), person);
    }
    [[nodiscard]] const std::string& path() const { return directory_.path(); }
    [[nodiscard]] std::string owner_of_path() const { return "@" + path(); }

    // A start as root of the namespace.
    static Outcome start(Command command, const IdMaps& maps = rootless) {
        return run(command.after(user_namespace(Setgroups::allowed, maps)).after(ids(0, 0)));
    }

  private:
    TemporaryDirectory directory_;
};

TEST_F(Rootless, OwnerOfAPathIsRootOrKeepId) {
    const std::string told =
        path() + " belongs to root. " + root_is + "To run as that person, write root, or " + keep_id_clause + "\n";
    for (const char* group : {"", ":1500"}) {
        const Outcome outcome = start(stepdown(and_see({"-u", owner_of_path() + group})));
        EXPECT_THAT(outcome.err, AllOf(HasSubstr(told), Not(HasSubstr("GOSU_CHOWN"))));
        expect_refused(outcome);
    }
    EXPECT_EQ(seen(start(stepdown(and_see({"-u", "root"})))).uid(), "0");
    Command kept = stepdown(and_see({"-u", owner_of_path()}));
    kept.after(user_namespace(Setgroups::allowed, keep_id)).after(ids(1234, 1235));
    EXPECT_EQ(seen(run(kept)).ids(), "1234:1235");
}

// An image from scratch has no account files.
TEST_F(Rootless, OwnerOfAPathIsZeroWhereNoAccountIsRoot) {
    const auto without_accounts = [](Words words) {
        return stepdown(and_see(std::move(words))).after(accounts({}, {}));
    };
    expect_refused(start(without_accounts({"-u", owner_of_path()})), {"write 0:0, or " + keep_id_clause});
    EXPECT_EQ(seen(start(without_accounts({"-u", "0:0"}))).uid(), "0");
}

TEST_F(Rootless, GroupOfAPathSaysWhoseItIs) {
    for (const Words& words : {Words{"-u", "app:" + owner_of_path()}, {"-u", "app", "-g", owner_of_path()}}) {
        expect_refused(start(stepdown(and_see(words))), {path() + " belongs to group 0 (gid 1235 outside). "});
    }
}

// Root that is one of many ids is nobody's own: dockerd --userns-remap, a pod with a user namespace.
TEST_F(Rootless, IsNotClaimedWhereRootIsOneOfARange) {
    const IdMaps range{"0 1234 65536", "0 1235 65536"};
    const Outcome outcome = start(stepdown(and_see({"-u", owner_of_path()})), range);
    expect_refused(outcome, {path() + " belongs to root (Docker makes", "Give it to a user on the host"});
    EXPECT_THAT(outcome.err, Not(HasSubstr("outside")));
}

#ifndef STEPDOWN_SANITIZED  // a sanitizer needs /proc
TEST_F(Rootless, IsNotClaimedWithoutProc) {
    Command command = stepdown(and_see({"-u", owner_of_path()}));
    command.after(user_namespace(Setgroups::allowed, rootless)).after(ids(0, 0));
    const Outcome outcome = run(command.after(private_mounts()).after(empty_tmpfs("/proc")));
    expect_refused(outcome, {path() + " belongs to root (Docker makes"});
    EXPECT_THAT(outcome.err, Not(HasSubstr("outside")));
}
#endif

TEST_F(Rootless, AccountThatKeepsItsIdsIsToldWhoRootIs) {
    const std::string value = owner_of_path();
    const std::string kept = "user app keeps its uid 1500 and gid 1500: root owns the path of ";
    const auto with_variables = [&](std::string user, std::string more = "GOSU_STRICT=0") {
        return stepdown(and_see({})).with({"GOSU_UID=" + value, "GOSU_GID=" + value, std::move(user), std::move(more)});
    };
    const std::string told = kept + "GOSU_UID=" + value + ", GOSU_GID=" + value + ". " + root_is;
    EXPECT_THAT(messages(start(with_variables("GOSU_USER=app"))),
                ElementsAre(HasSubstr(told + "To run as that person, set GOSU_USER=root, or " + keep_id_clause)));
    // keep-id would be refused.
    const Outcome strict = start(with_variables("GOSU_USER=app", "GOSU_STRICT=1"));
    EXPECT_THAT(strict.err, HasSubstr(told + "To run as that person, set GOSU_USER=root\n"));
    expect_refused(strict);
    for (const char* more : {"GOSU_STRICT=0", "GOSU_STRICT=1"}) {
        EXPECT_EQ(seen(start(with_variables("GOSU_USER=root", more))).uid(), "0");
    }
}

TEST_F(Rootless, AccountOfAFlagIsToldWhichFlagsToLeaveOut) {
    const std::string value = owner_of_path();
    const Outcome outcome = start(stepdown(and_see({"-u", "app", "--uid", value})));
    EXPECT_THAT(messages(outcome),
                ElementsAre(HasSubstr("user app keeps its uid 1500: root owns the path of --uid=" + value + ". " +
                                      root_is + "To run as that person, give --user root and leave --uid out")));
    EXPECT_EQ(seen(start(stepdown(and_see({"-u", "root"})))).uid(), "0");
    expect_refused(start(stepdown(and_see({"-u", "root", "--uid", value}))), {"root keeps its ids"});
}

TEST_F(Rootless, AccountThatKeepsItsGidAloneIsToldNothing) {
    const Outcome outcome = start(stepdown(and_see({"-u", "app", "--uid", "1601", "--gid", owner_of_path()})));
    EXPECT_THAT(messages(outcome), Contains(HasSubstr("keeps its gid 1500")));
    EXPECT_THAT(outcome.err, Not(HasSubstr("outside")));
}

}  // namespace
}  // namespace stepdown::test
