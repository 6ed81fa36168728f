// SPDX-License-Identifier: Apache-2.0
// Finding the command, with the rights of this process, and becoming it.
#include "stepdown/launch/command.h"

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

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(SplitPath, KeepsEmptyDirectories) {
    const std::pair<const char*, SearchPath> table[] = {
        {"", {""}},
        {"/bin", {"/bin"}},
        {"/usr/bin:/bin", {"/usr/bin", "/bin"}},
        {":/bin", {"", "/bin"}},
        {"/bin:", {"/bin", ""}},
        {"/a::/b", {"/a", "", "/b"}},
        {":", {"", ""}},
        {"/a b:rel/ative", {"/a b", "rel/ative"}},
    };
    for (const auto& [text, directories] : table) EXPECT_EQ(split_path(text), directories) << text;
}

// Directories a, b and c. b holds an executable `tool`; a holds what may stand in its way.
class FindCommand : public testing::Test {
  protected:
    void SetUp() override {
        for (const char* name : {"a", "b", "c"}) make_directory(at(name));
        write_file(at("b/tool"), "#!/bin/true\n", 0755);
    }
    [[nodiscard]] std::string at(const std::string& name) const { return directory_ / name; }
    [[nodiscard]] SearchPath path() const { return {at("a"), at("b"), at("c")}; }
    [[nodiscard]] Result<std::string> find(const std::string& name) const { return find_command(name, path()); }

    void expect_failure(const std::string& name, ExitCode code, int number) const {
        const auto found = find(name);
        ASSERT_FALSE(found) << name << " is " << *found;
        EXPECT_EQ(found.error().code, code) << found.error().message;
        EXPECT_EQ(found.error().number, number) << found.error().message;
        EXPECT_THAT(found.error().message, StartsWith("cannot run "));
    }

  private:
    TemporaryDirectory directory_;
};

TEST_F(FindCommand, TakesTheFirstExecutableFile) {
    EXPECT_EQ(*find("tool"), at("b/tool"));
    write_file(at("c/tool"), "", 0755);
    EXPECT_EQ(*find("tool"), at("b/tool"));
    write_file(at("a/tool"), "", 0755);
    EXPECT_EQ(*find("tool"), at("a/tool"));
}

TEST_F(FindCommand, PassesOverWhatCannotBeExecuted) {
    write_file(at("a/tool"), "", 0644);
    EXPECT_EQ(*find("tool"), at("b/tool"));
    make_directory(at("a/other"));
    write_file(at("b/other"), "", 0755);
    EXPECT_EQ(*find("other"), at("b/other"));
    EXPECT_EQ(*find_command("tool", {"/no/such/directory", at("b/tool"), at("b")}), at("b/tool"));
}

// A link that an image keeps to a program of the host's.
TEST_F(FindCommand, NamesTheProgramThatALinkLacks) {
    make_link("/opt/host-only/tool", at("a/lost"));
    make_link("lost", at("a/again"));
    for (const std::string& name : {std::string("lost"), at("a/lost")}) {
        expect_failure(name, ExitCode::not_found, ENOENT);
        EXPECT_EQ(find(name).error().message,
                  "cannot run " + at("a/lost") + ": it is a link to /opt/host-only/tool, which does not exist here");
    }
    EXPECT_THAT(find("again").error().message, EndsWith("again: it is a link to /opt/host-only/tool, which does not "
                                                        "exist here"));
    make_link("../none", at("a/near"));
    EXPECT_THAT(find(at("a/near")).error().message, HasSubstr("it is a link to " + at("a/../none") + ", which"));
    make_link("circle", at("a/circle"));
    expect_failure(at("a/circle"), ExitCode::not_executable, ELOOP);
    // It is passed over, like everything that cannot be executed.
    write_file(at("b/lost"), "", 0755);
    EXPECT_EQ(*find("lost"), at("b/lost"));
}

TEST_F(FindCommand, DoesNotSearchANameWithASlash) {
    EXPECT_EQ(*find(at("b/tool")), at("b/tool"));
    expect_failure("./tool", ExitCode::not_found, ENOENT);
    expect_failure("b/tool", ExitCode::not_found, ENOENT);
    ASSERT_EQ(::chdir(at("b").c_str()), 0);
    EXPECT_EQ(*find("./tool"), "./tool") << "as it was given";
    EXPECT_EQ(*find("../b/tool"), "../b/tool");
    ASSERT_EQ(::chdir("/"), 0);
}

TEST_F(FindCommand, TakesAnEmptyDirectoryForTheWorkingDirectory) {
    ASSERT_EQ(::chdir(at("b").c_str()), 0);
    EXPECT_EQ(*find_command("tool", {""}), "./tool");
    EXPECT_EQ(*find_command("tool", {"/no/such", ""}), "./tool");
    ASSERT_EQ(::chdir("/"), 0);
}

TEST_F(FindCommand, AgreesWithHasCommand) {
    write_file(at("b/tool"), "", 0755);
    write_file(at("b/plain"), "", 0644);
    for (const std::string& name : {std::string("tool"), std::string("plain"), std::string("missing"), std::string(),
                                    at("b/tool"), at("b/plain"), at("b"), std::string("./missing")}) {
        EXPECT_EQ(has_command(name, path()), find(name).has_value()) << name;
    }
}

TEST_F(FindCommand, TakesADirectoryWithATrailingSlash) { EXPECT_EQ(*find_command("tool", {at("b/")}), at("b/tool")); }

TEST_F(FindCommand, SaysNotFound) {
    make_link("missing", at("b/dangling"));
    for (const std::string& name : {std::string("no-such"), std::string(), at("b/no-such"), at("b/tool/x"),
                                    std::string("dangling"), at("b/dangling")}) {
        const auto found = find(name);
        ASSERT_FALSE(found) << name;
        EXPECT_EQ(found.error().code, ExitCode::not_found) << found.error().message;
    }
    expect_failure("no-such", ExitCode::not_found, ENOENT);
    expect_failure("", ExitCode::not_found, ENOENT);
    expect_failure(at("b/tool/x"), ExitCode::not_found, ENOTDIR);
    EXPECT_THAT(find("no-such").error().message, HasSubstr("PATH=" + at("a") + ":" + at("b") + ":" + at("c")));
    EXPECT_FALSE(find_command("tool", {}));
}

TEST_F(FindCommand, SaysWhatCannotBeExecuted) {
    write_file(at("c/plain"), "", 0644);
    make_directory(at("c/directory"));
    ASSERT_EQ(::mkfifo(at("c/fifo").c_str(), 0755), 0);
    make_link("loop", at("c/loop"));
    expect_failure(at("c/plain"), ExitCode::not_executable, EACCES);
    expect_failure("plain", ExitCode::not_executable, EACCES);
    expect_failure(at("c/directory"), ExitCode::not_executable, EISDIR);
    expect_failure("directory", ExitCode::not_executable, EISDIR);
    expect_failure("fifo", ExitCode::not_executable, EACCES);
    expect_failure(at("c/loop"), ExitCode::not_executable, ELOOP);
    expect_failure("/dev/null", ExitCode::not_executable, EACCES);
    for (const std::string& name : {at("c/fifo"), std::string("/dev/null")}) {
        EXPECT_EQ(find(name).error().message, "cannot run " + name + ": Permission denied. It is not a regular file");
    }
    EXPECT_THAT(find("plain").error().message, StartsWith("cannot run " + at("c/plain") + ": Permission denied"));
    make_directory(at("a/plain"));
    EXPECT_THAT(find("plain").error().message, StartsWith("cannot run " + at("a/plain") + ": Is a directory"))
        << "the first one counts";
}

TEST_F(FindCommand, PassesOverADirectoryThatMayNotBeSearched) {
    write_file(at("a/tool"), "", 0755);
    write_file(at("a/hidden"), "", 0755);
    ASSERT_EQ(::chmod(at("a").c_str(), 0), 0);
    as_nobody([this] {
        EXPECT_EQ(*find("tool"), at("b/tool"));
        expect_failure("hidden", ExitCode::not_found, ENOENT);
        expect_failure(at("a/tool"), ExitCode::not_executable, EACCES);
        EXPECT_THAT(find("hidden").error().message, EndsWith("0000, uid 65534 cannot enter")) << "it may not be there";
        EXPECT_THAT(find(at("a/tool")).error().message,
                    HasSubstr("0000, uid 65534 cannot enter. Run chmod a+x " + at("a")));
        return 0;
    });
    ASSERT_EQ(::chmod(at("a").c_str(), 0755), 0);
}

TEST_F(FindCommand, AsksForTheUsersOwnRightToExecute) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to make a file of another owner";
    write_file(at("a/tool"), "", 0700);
    as_nobody([this] {
        EXPECT_EQ(*find("tool"), at("b/tool"));
        expect_failure(at("a/tool"), ExitCode::not_executable, EACCES);
        EXPECT_THAT(find(at("a/tool")).error().message,
                    HasSubstr(at("a/tool") + ": 0:0 0700, uid 65534 cannot execute. Run chmod a+rx " + at("a/tool")));
        return 0;
    });
}

TEST(ExecCommand, ExecutesTheFileWithTheWordsAsTheyAre) {
    FakeKernel kernel(process_of(1000, 1000));
    const Strings argv({"tool", "", "a\nb", "--help"});
    const Strings environment({"B=1", "A=2", "B=3"});
    static_cast<void>(exec_command(kernel, "/b/tool", argv.data(), environment.data()));
    EXPECT_EQ(kernel.calls, std::vector<std::string>{"execute /b/tool"});
    EXPECT_EQ(kernel.executed, copy_of(argv.data()));
    EXPECT_EQ(kernel.executed_environment, copy_of(environment.data()));
}

TEST_F(FindCommand, IsFollowedByWhyTheKernelRefusedTheFile) {
    const std::pair<int, const char*> table[] = {
        {ENOEXEC, "Exec format error. It is neither a program for this machine nor a script"},
        {ENOENT, "No such file or directory. The interpreter or loader (ld.so(8)) that it names does not exist"},
        {EACCES, "Permission denied"},
        {E2BIG, "Argument list too long"},
        {ETXTBSY, "Text file busy"},
    };
    const Strings argv({"tool"});
    for (const auto& [number, message] : table) {
        FakeKernel kernel(process_of(1000, 1000));
        kernel.refused["execute"] = number;
        const Failure failure = exec_command(kernel, at("b/tool"), argv.data(), argv.data());
        EXPECT_EQ(failure.value().code, ExitCode::not_executable);
        EXPECT_EQ(failure.value().number, number);
        EXPECT_THAT(failure.value().message, StartsWith("cannot run " + at("b/tool") + ": " + message));
    }
}

// A path is executed without having been looked at before.
TEST_F(FindCommand, SaysTheSameOfAPathThatWasTried) {
    write_file(at("b/plain"), "", 0644);
    const std::pair<std::string, ExitCode> table[] = {{at("b/missing"), ExitCode::not_found},
                                                      {at("b/tool/below"), ExitCode::not_found},
                                                      {at("b"), ExitCode::not_executable},
                                                      {at("b/plain"), ExitCode::not_executable}};
    const Strings argv({"tool"});
    for (const auto& [file, code] : table) {
        LinuxKernel kernel;
        const Error tried = exec_command(kernel, file, argv.data(), argv.data()).value();
        const auto found = find_command(file, {});
        ASSERT_FALSE(found) << file;
        EXPECT_EQ(tried.code, code) << file;
        EXPECT_EQ(found.error().code, code) << file;
        EXPECT_EQ(tried.message, found.error().message);
        EXPECT_EQ(tried.number, found.error().number) << file;
    }
}

// What the real kernel says of files that are no programs; a shell would run the second.
TEST_F(FindCommand, FindsWhatOnlyTheKernelKnowsToBeNoProgram) {
    write_file(at("b/garbage"), "\177ELF garbage", 0755);
    write_file(at("b/script"), "exit 0\n", 0755);
    write_file(at("b/no-interpreter"), "#!/no/such/interpreter\n", 0755);
    write_file(at("b/empty"), "", 0755);
    const std::pair<const char*, int> table[] = {
        {"garbage", ENOEXEC}, {"script", ENOEXEC}, {"no-interpreter", ENOENT}, {"empty", ENOEXEC}};
    const Strings argv({"tool"});
    for (const auto& [name, number] : table) {
        LinuxKernel kernel;
        const Failure failure = exec_command(kernel, *find(name), argv.data(), argv.data());
        EXPECT_EQ(failure.value().number, number) << name;
        EXPECT_EQ(failure.value().code, ExitCode::not_executable) << name;
    }
}

}  // namespace
}  // namespace stepdown::test
