// SPDX-License-Identifier: Apache-2.0
// Which command is run, and how its absence ends.
#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"
#include "support/process/strace.h"

#include <gtest/gtest.h>

#include <ostream>

namespace stepdown::test {
namespace {

// A directory with one of everything that is not a command.
class NoCommand {
  public:
    NoCommand() {
        make_directory(files_ / "directory");
        write_file(files_ / "plain", "text", 0644);
        write_file(files_ / "roots", "#!/bin/sh\nexit 0\n", 0700);
        write_file(files_ / "bad-interpreter", "#!/no/such/interpreter\n", 0755);
        write_file(files_ / "garbage", "\177ELF and no more", 0755);
        write_file(files_ / "text", "exit 0\n", 0755);
        write_file(files_ / "empty", "", 0755);
        make_directory(files_ / "closed", 0700);
        write_file(files_ / "closed/command", "#!/bin/sh\nexit 0\n", 0755);
    }
    [[nodiscard]] std::string operator/(const std::string& name) const { return files_ / name; }

  private:
    TemporaryDirectory files_;
};

TEST(Exec, EndsIn127WhenThereIsNoSuchCommand) {
    const NoCommand files;
    for (const std::string& name : {std::string("no-such-command"), files / "missing", std::string("./no-such-command"),
                                    std::string("no/such/command")}) {
        expect_failed(run(stepdown({"-u", "1000:1000", name})), 127, {name});
    }
}

TEST(Exec, EndsIn126WhenTheFileCannotBeExecuted) {
    const NoCommand files;
    for (const char* name :
         {"directory", "plain", "roots", "bad-interpreter", "garbage", "text", "empty", "closed/command"}) {
        expect_failed(run(stepdown({"-u", "1000:1000", files / name})), 126, {files / name});
    }
}

TEST(Exec, NamesTheFileSystemWhereNothingElseRefuses) {
    STEPDOWN_SKIP_IF(no_strace());
    for (const std::string number : {"EACCES", "EPERM"}) {
        const Words options{"-qq", "-o", "/dev/null", "-e", "inject=execve:error=" + number};
        expect_failed(run(under_strace(options, stepdown({"-u", "1000:1000", "true"}))), 126,
                      {"A security module or the file system ("});
    }
}

// A shell would have run it: execvp(3) does, the contract does not.
TEST(Exec, NeverLetsAShellRunAFileWithoutInterpreter) {
    const TemporaryDirectory files;
    write_file(files / "script", "echo ran\n", 0755);
    Command command = stepdown({"-u", "1000:1000", "script"});
    command.environment.at(0) = "PATH=" + files.path();
    expect_failed(run(command), 126, {"script"});
}

// PATH is searched with the user's rights: a first directory that holds what and cannot be used hides nothing.
struct SkippedFile {
    std::string name;
    void (*make)(const TemporaryDirectory& files);
};

void PrintTo(const SkippedFile& file, std::ostream* out) { *out << file.name; }

const SkippedFile skipped_files[] = {
    {"a directory that only root may search",
     [](const TemporaryDirectory& files) {
         make_directory(files / "first", 0700);
         write_file(files / "first/tool", "#!/bin/sh\necho wrong\n", 0755);
     }},
    {"a file that is not executable",
     [](const TemporaryDirectory& files) {
         make_directory(files / "first");
         write_file(files / "first/tool", "#!/bin/sh\necho wrong\n", 0644);
     }},
    {"a file that only root may execute",
     [](const TemporaryDirectory& files) {
         make_directory(files / "first");
         write_file(files / "first/tool", "#!/bin/sh\necho wrong\n", 0700);
     }},
    {"a directory of that name",
     [](const TemporaryDirectory& files) {
         make_directory(files / "first");
         make_directory(files / "first/tool");
     }},
    {"nothing", [](const TemporaryDirectory& files) { make_directory(files / "first"); }},
    {"a file where a directory should be", [](const TemporaryDirectory& files) { write_file(files / "first", ""); }},
    {"no directory", [](const TemporaryDirectory&) {}},
};

class PathSearch : public testing::TestWithParam<SkippedFile> {};

TEST_P(PathSearch, GoesOnAfterAFileThatCannotBeExecuted) {
    const TemporaryDirectory files;
    GetParam().make(files);
    make_directory(files / "second");
    write_file(files / "second/tool", "#!/bin/sh\necho right\n", 0755);
    Command command = stepdown({"-u", "1000:1000", "tool"});
    command.environment.at(0) = "PATH=" + (files / "first") + ":" + (files / "second");
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.out, "right\n") << describe(outcome);
    EXPECT_EQ(outcome.err, "");
}

INSTANTIATE_TEST_SUITE_P(SkippedFiles, PathSearch, testing::ValuesIn(skipped_files));

TEST(Path, TakesTheFirstOfTwo) {
    const TemporaryDirectory files;
    for (const char* name : {"first", "second"}) {
        make_directory(files / name);
        write_file((files / name) + "/tool", std::string("#!/bin/sh\necho ") + name + "\n", 0755);
    }
    Command command = stepdown({"-u", "1000:1000", "tool"});
    command.environment.at(0) = "PATH=" + (files / "first") + ":" + (files / "second");
    EXPECT_EQ(run(command).out, "first\n");
}

TEST(Path, IsNotSearchedForANameWithASlash) {
    const TemporaryDirectory files;
    make_directory(files / "bin");
    make_directory(files / "bin/sub");
    write_file(files / "bin/sub/tool", "#!/bin/sh\necho found\n", 0755);
    Command command = stepdown({"-u", "1000:1000", "sub/tool"});
    command.environment.at(0) = "PATH=" + (files / "bin");
    EXPECT_EQ(run(command).exit_code, 127);
    EXPECT_EQ(run(command.after(working_directory(files / "bin"))).out, "found\n");
}

TEST(Path, MayBeUnsetForAnAbsoluteName) {
    Command command = stepdown(and_see({"-u", "1000:1000"}));
    command.environment.erase(command.environment.begin());
    EXPECT_EQ(seen(run(command)).ids(), "1000:1000");
}

// Without PATH only system directories may be meant, never the one the application writes to.
TEST(Path, UnsetIsNeverTheWorkingDirectory) {
    const TemporaryDirectory files;
    write_file(files / "only-here", "#!/bin/sh\necho wrong\n", 0755);
    Command command = stepdown({"-u", "1000:1000", "only-here"}).after(working_directory(files.path()));
    command.environment.erase(command.environment.begin());
    expect_failed(run(command), 127, {"only-here"});
}

TEST(Path, MayHoldEmptyElements) {
    for (const char* path : {"PATH=:/bin", "PATH=/bin:", "PATH=/no/such::/bin"}) {
        Command command = stepdown({"-u", "1000:1000", "true"});
        command.environment.at(0) = path;
        expect_silent_success(run(command));
        command.argv.back() = "no-such-command";
        expect_failed(run(command), 127, {"no-such-command"});
    }
}

TEST(Path, IsSearchedWithTheUsersGroups) {
    const TemporaryDirectory files;
    make_directory(files / "bin", 0750);
    give(files / "bin", {0, 1800});
    write_file(files / "bin/tool", "#!/bin/sh\necho found\n", 0755);
    Command command = stepdown({"-u", "1000:1000", "-g", "1800", "tool"});
    command.environment.at(0) = "PATH=" + (files / "bin");
    EXPECT_EQ(run(command).out, "found\n");
}

}  // namespace
}  // namespace stepdown::test
