// SPDX-License-Identifier: Apache-2.0
// Whether the kernel takes a file for a program, and what is said where it does not.
#include "stepdown/launch/executable_format.h"

#include "stepdown/launch/command.h"

#include "support/files/temporary.h"
#include "support/kernel/strings.h"
#include "support/process/forked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace stepdown::test {
namespace {

using testing::EndsWith;
using testing::IsEmpty;

// Files that cannot be executed for what they hold. What check_format says, the kernel says.
class CheckFormat : public testing::Test {
  protected:
    [[nodiscard]] std::string at(const std::string& name) const { return files_ / name; }
    std::string write(const std::string& name, const std::string& content) const {
        write_file(at(name), content, 0755);
        return at(name);
    }
    [[nodiscard]] static Error error_of(const std::string& file) {
        const auto checked = check_format(file);
        EXPECT_FALSE(checked) << file;
        return checked ? Error{} : checked.error();
    }
    void expect_refused_by_kernel(const std::string& file, int number, const std::string& advice) const {
        const Error error = error_of(file);
        EXPECT_EQ(error.number, number) << error.message;
        EXPECT_THAT(error.message, EndsWith(". " + advice));
        const Strings argv({"tool"});
        LinuxKernel kernel;
        EXPECT_EQ(exec_command(kernel, file, argv.data(), argv.data()).value().message, error.message);
    }

  private:
    TemporaryDirectory files_;
};

TEST_F(CheckFormat, NamesTheInterpreterThatIsMissing) {
    expect_refused_by_kernel(write("script", "#!/no/such/shell -e\n"), ENOENT,
                             "Its interpreter /no/such/shell does not exist");
    expect_refused_by_kernel(write("dos", "#!/bin/sh\r\n"), ENOENT,
                             "Its interpreter /bin/sh\\r does not exist: its first line ends in a carriage return. "
                             "Save it with Unix line ends");
    expect_refused_by_kernel(write("outer", "#!" + at("script")), ENOENT,
                             "The interpreter /no/such/shell that " + at("script") + " names does not exist");
    expect_refused_by_kernel(write("empty", "#! \n"), ENOEXEC, "Its #! line names no interpreter");
}

TEST_F(CheckFormat, NamesTheInterpreterThatIsNoProgram) {
    make_directory(at("directory"));
    expect_refused_by_kernel(write("over-directory", "#!" + at("directory") + "\n"), EACCES,
                             "Its interpreter " + at("directory") + " is not a regular file");
    ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0777), 0);
    expect_refused_by_kernel(write("over-fifo", "#!" + at("fifo") + "\n"), EACCES,
                             "Its interpreter " + at("fifo") + " is not a regular file");
    expect_refused_by_kernel(write("over-text", "#!" + write("text", "exit 0\n")), ENOEXEC,
                             at("text") + " is no program for this machine");
}

// An editor shows the line, and the kernel does not see it.
TEST_F(CheckFormat, NamesWhatStandsBeforeTheLine) {
    expect_refused_by_kernel(write("bom", "\xef\xbb\xbf#!/bin/sh\n"), ENOEXEC,
                             "It begins with a byte order mark (UTF-8). Save it without");
    expect_refused_by_kernel(write("wide", std::string("\xff\xfe#\0!\0/\0", 8)), ENOEXEC,
                             "It is text in UTF-16. Save it as UTF-8, without a byte order mark");
    for (const char* lines : {"\n#!/bin/sh\n", "\r\n#!/bin/sh\n", " \n\n #!/bin/sh\n"}) {
        expect_refused_by_kernel(write("blank", lines), ENOEXEC,
                                 "It has a blank line before its #! line. Remove the blank line");
        ASSERT_EQ(::unlink(at("blank").c_str()), 0);
    }
    expect_refused_by_kernel(write("space", " #!/bin/sh\n"), ENOEXEC, "It has a blank before its #!. Remove the blank");
    expect_refused_by_kernel(write("outer", "#!" + at("bom") + "\n"), ENOEXEC,
                             at("bom") + " begins with a byte order mark (UTF-8). Save it without");
    for (const char* text : {"\n\n", "\xef\xbb\xbf text", "# text\n#!/bin/sh\n", ""}) {
        expect_refused_by_kernel(write("text", text), ENOEXEC,
                                 "It is neither a program for this machine nor a script with a #! line");
        ASSERT_EQ(::unlink(at("text").c_str()), 0);
    }
}

TEST_F(CheckFormat, NamesTheProgramThatTheLinkOfAnInterpreterLacks) {
    make_link("/opt/host-only/shell", at("shell"));
    expect_refused_by_kernel(
        write("script", "#!" + at("shell") + "\n"), ENOENT,
        "Its interpreter " + at("shell") + " is a link to /opt/host-only/shell, which does not exist here");
}

TEST_F(CheckFormat, FollowsAsManyInterpretersAsTheKernel) {
    write("script0", "#!/bin/true\n");
    for (int i = 1; i <= 5; ++i) {
        write("script" + std::to_string(i), "#!" + at("script" + std::to_string(i - 1)) + "\n");
    }
    EXPECT_TRUE(check_format(at("script4")));
    EXPECT_EQ(content_of(at("script4")).scripts.size(), 5U);
    expect_refused_by_kernel(at("script5"), ELOOP, "Its interpreters are scripts, too, and too many");
    in_child([this] {
        const Strings argv({"tool"});
        LinuxKernel kernel;
        static_cast<void>(exec_command(kernel, at("script4"), argv.data(), argv.data()));
        return 1;
    });
}

// The kernel takes it, and env(1) finds nothing.
TEST_F(CheckFormat, SeesACarriageReturnBehindEnv) {
    EXPECT_THAT(error_of(write("dos", "#!/usr/bin/env sh\r\nexit\r\n")).message,
                EndsWith("No such file or directory. env(1) looks for sh\\r: its first line ends in a carriage return. "
                         "Save it with Unix line ends"));
    EXPECT_TRUE(check_format(write("unix", "#!/usr/bin/env sh\nexit\r\n")));
    EXPECT_TRUE(check_format(write("split", "#!/usr/bin/env -S sh\r\n"))) << "env(1) splits at it";
}

// The smallest program of this machine that names a loader.
std::string program_with_loader(const std::string& loader) {
    ElfW(Ehdr) header{};
    std::memcpy(&header, read_file("/proc/self/exe").data(), sizeof header);
    ElfW(Phdr) segment{};
    segment.p_type = PT_INTERP;
    segment.p_offset = sizeof header + sizeof segment;
    segment.p_filesz = loader.size() + 1;
    header.e_phoff = sizeof header;
    header.e_phnum = 1;
    std::string program(sizeof header + sizeof segment, '\0');
    std::memcpy(program.data(), &header, sizeof header);
    std::memcpy(program.data() + sizeof header, &segment, sizeof segment);
    return program + loader + '\0';
}

TEST_F(CheckFormat, LooksForTheLoaderOfAProgram) {
    EXPECT_TRUE(check_format("/proc/self/exe"));
    EXPECT_TRUE(check_format(write("good", program_with_loader("/proc/self/exe"))));
    const std::string program = write("program", program_with_loader("/no/such/loader"));
    const std::string advice = " names (ld.so(8)) does not exist here: it is built for another C library";
    expect_refused_by_kernel(program, ENOENT, "The loader that it" + advice);
    expect_refused_by_kernel(write("script", "#!" + program + "\n"), ENOENT, "The loader that " + program + advice);
}

// Where other machines are emulated, any program may be for one of them.
TEST_F(CheckFormat, SeesAProgramForAnotherMachine) {
    std::string program = read_file("/proc/self/exe").substr(0, 4096);
    constexpr std::size_t place_of_machine = 18;
    program.replace(place_of_machine, 2, "??");  // nobody's number
    const std::string foreign = write("foreign", program);
    const std::string garbage = write("garbage", "\177ELF garbage, and more of it");
    if (::access("/proc/sys/fs/binfmt_misc/status", F_OK) == 0) {
        EXPECT_TRUE(check_format(foreign));
        EXPECT_TRUE(check_format(garbage));
        return;
    }
    const std::string advice = "It is neither a program for this machine nor a script with a #! line";
    expect_refused_by_kernel(foreign, ENOEXEC, advice);
    expect_refused_by_kernel(garbage, ENOEXEC, advice);
}

TEST_F(CheckFormat, TakesForGoodWhatCannotBeRead) {
    EXPECT_TRUE(check_format(at("missing")));
    EXPECT_THAT(content_of(at("missing")).scripts, IsEmpty());
    ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
    EXPECT_THAT(content_of(at("fifo")).scripts, IsEmpty());
}

}  // namespace
}  // namespace stepdown::test
