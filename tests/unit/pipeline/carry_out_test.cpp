// SPDX-License-Identifier: Apache-2.0
// From the plan to the command, in order.
#include "stepdown/pipeline/carry_out.h"

#include "stepdown/base/log.h"

#include "support/files/temporary.h"
#include "support/kernel/fake_kernel.h"
#include "support/kernel/strings.h"
#include "support/process/forked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <cerrno>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Strings command({"tool", "", "-x"});
const Strings environment({"A=1", "HOME=/root", "B=2"});

class CarryOut : public testing::Test {
  protected:
    CarryOut() : kernel_(root_process()) {
        write_file(directory_ / "tool", "", 0755);
        plan_.command = command.data();
        plan_.path = {directory_.path()};
        plan_.credentials = {0, 1500, 1501, std::vector<gid_t>{29}};
    }
    Error carry_out_plan() { return carry_out(kernel_, plan_, environment.data()).value(); }

    TemporaryDirectory directory_;
    FakeKernel kernel_;
    Plan plan_;
};

TEST_F(CarryOut, DropsPrivilegesAndThenExecutesTheCommand) {
    plan_.environment = {{"HOME", "/srv/app"}, {"USER", "app"}};
    carry_out_plan();
    EXPECT_THAT(kernel_.calls, ElementsAre("set_groups 29", "set_gids 1501", "set_uids 1500", "set_uids 0",
                                           "execute " + (directory_ / "tool")));
    EXPECT_THAT(kernel_.executed, ElementsAre("tool", "", "-x"));
    EXPECT_THAT(kernel_.executed_environment, ElementsAre("A=1", "HOME=/srv/app", "B=2", "USER=app"));
}

TEST_F(CarryOut, MakesNoPrivilegedCallWithoutNeed) {
    plan_.credentials = std::nullopt;
    carry_out_plan();
    EXPECT_THAT(kernel_.calls, ElementsAre("execute " + (directory_ / "tool")));
    EXPECT_EQ(kernel_.executed_environment, copy_of(environment.data()));
}

TEST_F(CarryOut, EndsWithAllErrorsBeforeAnything) {
    plan_.errors = {{MessageId::other, "the last"}, mistake_in(Option::user, MessageId::user_unset, "the first")};
    plan_.warnings = {{MessageId::other, "a warning"}};
    plan_.ownership.operands = {{directory_ / "tool"}, {directory_ / "none"}};
    plan_.ownership.owner = {1500, 1501};
    EXPECT_EQ(stderr_of([this] { carry_out_plan(); }), "") << "a start that is refused says nothing else";
    const Error error = carry_out_plan();
    EXPECT_EQ(error.message, "the first");
    EXPECT_EQ(error.id, MessageId::user_unset);
    EXPECT_EQ(error.code, ExitCode::failure);
    ASSERT_EQ(error.count(), 3U);
    EXPECT_THAT(error.at(1).message, HasSubstr("none: No such file or directory"));
    EXPECT_EQ(error.at(1).id, MessageId::path_missing);
    EXPECT_EQ(error.at(2).message, "the last");
    EXPECT_THAT(kernel_.calls, IsEmpty());
    EXPECT_EQ(owner(directory_ / "tool"), Owner({::geteuid(), ::getegid()}));
}

TEST_F(CarryOut, EndsWhereATreeCannotBeOwned) {
    plan_.ownership.operands = {{directory_ / "missing"}};
    EXPECT_THAT(carry_out_plan().message, HasSubstr("missing: No such file or directory"));
    EXPECT_THAT(kernel_.calls, IsEmpty());
}

TEST_F(CarryOut, ChangesNothingWhereAPathIsRefused) {
    plan_.accounts.edits = {{directory_ / "passwd", NewUser{"app", 1500, 1501, "/"}}};
    plan_.directories = {{directory_ / "made"}, ::geteuid(), ::getegid(), DirectoryErrors::fail};
    const auto expect_refusal = [this](const std::string& message) {
        EXPECT_THAT(carry_out_plan().message, HasSubstr(message));
        EXPECT_FALSE(status(directory_ / "passwd"));
        EXPECT_FALSE(status(directory_ / "made"));
        EXPECT_THAT(kernel_.calls, IsEmpty());
    };
    for (const auto& [operand, message] : {std::pair(std::string("/"), "it is the root directory"),
                                           std::pair(directory_ / "missing", "No such file or directory"),
                                           std::pair(std::string("/proc"), "a kernel file system")}) {
        plan_.ownership.operands = {{operand}};
        expect_refusal(message);
    }
    plan_.ownership.operands = {};
    plan_.directories.paths.push_back(directory_ / "tool/x");
    expect_refusal("is not a directory");
    plan_.accounts.edits = {};
    expect_refusal("is not a directory");
}

TEST_F(CarryOut, AcceptsAnOperandThatIsCreatedBefore) {
    plan_.accounts.edits = {{directory_ / "passwd", NewUser{"app", 1500, 1501, "/"}}};
    plan_.directories = {{directory_ / "made/deep"}, ::geteuid(), ::getegid(), DirectoryErrors::fail};
    plan_.ownership.operands = {{directory_ / "made"}, {directory_ / "missing", Presence::optional}};
    plan_.ownership.owner = {::geteuid(), ::getegid()};
    carry_out_plan();
    EXPECT_EQ(kernel_.calls.back(), "execute " + (directory_ / "tool"));
    EXPECT_TRUE(status(directory_ / "made/deep"));
}

TEST_F(CarryOut, ChangesTheAccountFilesBeforeTheUserIsThere) {
    plan_.accounts.edits = {{directory_ / "group", NewGroup{"app", 1501}},
                            {directory_ / "passwd", NewUser{"app", 1500, 1501, "/"}}};
    plan_.environment = {{"USER", "app"}};
    kernel_.refused["set_groups"] = EIO;
    EXPECT_EQ(carry_out_plan().number, EIO);
    EXPECT_EQ(read_file(directory_ / "group"), "app:x:1501:\n");
    EXPECT_EQ(read_file(directory_ / "passwd"), "app:x:1500:1501:app:/:/sbin/nologin\n");
    kernel_.refused.clear();
    carry_out_plan();
    EXPECT_THAT(kernel_.executed_environment, testing::Contains("USER=app"));
}

TEST_F(CarryOut, WarnsOfAnAccountFileThatCannotBeChanged) {
    plan_.accounts.edits = {{directory_ / "no/group", NewGroup{"app", 1501}},
                            {directory_ / "passwd", NewUser{"app", 1500, 1501, "/"}}};
    plan_.environment = {{"USER", "app"}};
    plan_.environment_without_entry = {{"USER", "other"}};
    const std::string warning = stderr_of([this] {
        carry_out_plan();
        EXPECT_THAT(kernel_.executed_environment, testing::Contains("USER=app")) << "it has its entry";
    });
    EXPECT_EQ(warning, "stepdown: warning: cannot add group app with the gid 1501 in " + (directory_ / "no/group") +
                           ": No such file or directory\n");
    plan_.accounts.edits = {{directory_ / "no/passwd", NewUser{"app", 1500, 1501, "/"}}};
    carry_out_plan();
    EXPECT_THAT(kernel_.executed_environment, testing::Contains("USER=other"));
}

TEST_F(CarryOut, EndsStrictlyWhereAnAccountFileCannotBeChanged) {
    plan_.accounts = {
        {{directory_ / "no/group", NewGroup{"app", 1501}}, {directory_ / "passwd", NewUser{"app", 1500, 1501, "/"}}},
        Strictness::strict};
    EXPECT_THAT(carry_out_plan().message, HasSubstr("cannot add group app"));
    EXPECT_FALSE(status(directory_ / "passwd"));
    EXPECT_THAT(kernel_.calls, IsEmpty());
}

TEST_F(CarryOut, MakesDirectoriesByItsUmaskBeforeItOwnsThem) {
    plan_.umask = 027;
    plan_.directories = {{directory_ / "a"}, ::geteuid(), ::getegid(), DirectoryErrors::fail};
    plan_.ownership.operands = {{directory_ / "a"}};
    plan_.ownership.owner = {::geteuid(), ::getegid()};
    const mode_t before = ::umask(0);
    carry_out_plan();
    ::umask(before);
    EXPECT_EQ(status(directory_ / "a")->st_mode & 07777, 0750U);
    EXPECT_EQ(kernel_.calls.back(), "execute " + (directory_ / "tool"));
    plan_.directories.paths = {directory_ / "tool"};
    EXPECT_THAT(carry_out_plan().message, HasSubstr("is not a directory"));
}

TEST_F(CarryOut, OwnsTheTreesBeforeTheUserIsThere) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to change owners";
    make_directory(directory_ / "tree");
    plan_.ownership.operands = {{directory_ / "tree"}};
    plan_.ownership.owner = {1500, 1501};
    kernel_.refused["set_groups"] = EIO;
    EXPECT_EQ(carry_out_plan().number, EIO);
    EXPECT_EQ(owner(directory_ / "tree"), Owner({1500, 1501}));
}

TEST_F(CarryOut, RunsNothingWhenPrivilegesCannotBeDropped) {
    for (const char* call : {"set_groups", "set_gids", "set_uids"}) {
        FakeKernel kernel(root_process());
        kernel.refused[call] = EPERM;
        EXPECT_EQ(carry_out(kernel, plan_, environment.data()).value().code, ExitCode::failure) << call;
        EXPECT_THAT(kernel.executed, IsEmpty()) << call;
    }
    kernel_.keeps_root = true;
    EXPECT_THAT(carry_out_plan().message, HasSubstr("root again"));
    EXPECT_THAT(kernel_.executed, IsEmpty());
}

TEST_F(CarryOut, SetsNoNewPrivilegesAsTheUser) {
    plan_.no_new_privileges = true;
    carry_out_plan();
    EXPECT_THAT(kernel_.calls, ElementsAre("set_groups 29", "set_gids 1501", "set_uids 1500", "set_uids 0",
                                           "set_no_new_privileges", "execute " + (directory_ / "tool")));
    plan_.credentials = std::nullopt;
    FakeKernel refused(process_of(1000, 1000));
    refused.refused["set_no_new_privileges"] = EINVAL;
    EXPECT_EQ(carry_out(refused, plan_, environment.data()).value().number, EINVAL);
    FakeKernel lost(process_of(1000, 1000));
    lost.lost.insert("set_no_new_privileges");
    EXPECT_THAT(carry_out(lost, plan_, environment.data()).value().message, HasSubstr("reports that it is not set"));
    EXPECT_THAT(lost.calls, ElementsAre("set_no_new_privileges"));
}

TEST_F(CarryOut, LooksForTheCommandAsTheUser) {
    plan_.path = {};
    const Error error = carry_out_plan();
    EXPECT_EQ(error.code, ExitCode::not_found);
    EXPECT_EQ(kernel_.process.uids, (IdSet{1500, 1500, 1500}));
    EXPECT_THAT(kernel_.executed, IsEmpty());
}

TEST_F(CarryOut, SaysWhyTheCommandCannotBeExecuted) {
    kernel_.refused["execute"] = ENOEXEC;
    const Error error = carry_out_plan();
    EXPECT_EQ(error.code, ExitCode::not_executable);
    EXPECT_THAT(error.message, HasSubstr("Exec format error"));
}

TEST_F(CarryOut, SetsTheUmaskOnlyWhenItIsSet) {
    plan_.credentials = std::nullopt;
    const mode_t before = ::umask(022);
    carry_out_plan();
    EXPECT_EQ(::umask(022), 022U);
    plan_.umask = 027;
    carry_out_plan();
    EXPECT_EQ(::umask(before), 027U);
}

TEST_F(CarryOut, SaysItsWarningsAndWhatIsIgnored) {
    plan_.warnings = {{MessageId::other, "one"}, {MessageId::other, "two"}};
    plan_.notes = {"a note"};
    plan_.groups.ignored = {{6, "disk", IgnoredCause::lists_root}, {4000, "", IgnoredCause::starting_primary}};
    EXPECT_EQ(stderr_of([this] { carry_out_plan(); }), "stepdown: warning: one\nstepdown: warning: two\n");
    EXPECT_EQ(stderr_of([this] {
                  configure_log(LogLevel::info, LogFormat::text);
                  carry_out_plan();
              }),
              "stepdown: info: a note\nstepdown: warning: one\nstepdown: warning: two\n"
              "stepdown: info: group 6 (disk) is left out: /etc/group lists root in it\n"
              "stepdown: info: group 4000 is left out: it is the primary group of the start\n");
}

}  // namespace
}  // namespace stepdown::test
