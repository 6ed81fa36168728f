// SPDX-License-Identifier: Apache-2.0
// Waiting for whoever changes the account files now.
#include "stepdown/prepare/account_lock.h"

#include "stepdown/prepare/account_files.h"

#include "support/files/temporary.h"
#include "support/process/forked.h"
#include "support/process/waiting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace stepdown::test {
namespace {

const std::string root_line = "root:x:0:0:root:/root:/bin/sh\n";
const std::string other_line = "other:x:1600:1600::/:/bin/sh\n";
const std::string app_line = "app:x:1500:1500:app:/srv/app:/sbin/nologin\n";

// A child that makes the edit.
class Editor {
  public:
    explicit Editor(const FileEdit& edit) : pid_(::fork()) {
        if (pid_ == 0) ::_exit(make_edit(edit) ? 0 : 1);
    }
    [[nodiscard]] bool pauses() const { return comes_to_pause(pid_); }
    [[nodiscard]] bool succeeds() const {
        int status = -1;
        return ::waitpid(pid_, &status, 0) == pid_ && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

  private:
    pid_t pid_;
};

class AccountLock : public testing::Test {
  protected:
    AccountLock() { write_file(path_, root_line); }
    // The file, when path_ has become a link to it.
    [[nodiscard]] std::string put_behind_link() const {
        std::string real = directory_ / "real/passwd";
        make_directory(directory_ / "real");
        EXPECT_EQ(::rename(path_.c_str(), real.c_str()), 0);
        make_link("real/passwd", path_);
        return real;
    }
    [[nodiscard]] FileEdit add_app() const { return {path_, NewUser{"app", 1500, 1500, "/srv/app"}}; }

    TemporaryDirectory directory_;
    const std::string path_ = directory_ / "passwd";
};

TEST_F(AccountLock, IsWaitedForAndTheFileReadAfterwards) {
    UniqueFd lock = hold_lock(directory_ / ".pwd.lock");
    Editor editor(add_app());
    ASSERT_TRUE(editor.pauses());
    write_file(path_, root_line + other_line);
    lock = UniqueFd();
    EXPECT_TRUE(editor.succeeds());
    EXPECT_EQ(read_file(path_), root_line + other_line + app_line);
}

TEST_F(AccountLock, MaySeeTheWorkDoneMeanwhile) {
    UniqueFd lock = hold_lock(directory_ / ".pwd.lock");
    Editor editor(add_app());
    ASSERT_TRUE(editor.pauses());
    write_file(path_, app_line);
    const auto before = status(path_);
    lock = UniqueFd();
    EXPECT_TRUE(editor.succeeds());
    EXPECT_EQ(status(path_)->st_ino, before->st_ino);
    EXPECT_EQ(read_file(path_), app_line);
}

// As useradd(8) has it: beside the link, not beside the file that it leads to.
TEST_F(AccountLock, IsTheOneOfTheDirectoryThatThePathNames) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs links that root owns";
    const std::string real = put_behind_link();
    UniqueFd lock = hold_lock(directory_ / ".pwd.lock");
    Editor editor(add_app());
    ASSERT_TRUE(editor.pauses());
    lock = UniqueFd();
    EXPECT_TRUE(editor.succeeds());
    EXPECT_EQ(read_file(real), root_line + app_line);
    EXPECT_FALSE(status(directory_ / "real/.pwd.lock"));
}

// Where the directory of the link is not ours to write, and has a lock file or none.
TEST_F(AccountLock, IsOneOfTheFileThatALinkLeadsToWhereThereCanBeNoOther) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    const std::string real = put_behind_link();
    for (const char* name : {"real", "real/passwd"}) give(directory_ / name, {1500, 1500});
    for (const bool has_lock : {false, true}) {
        if (has_lock) write_file(directory_ / ".pwd.lock", "", 0600);
        write_file(real, root_line);
        UniqueFd lock = hold_lock(real);
        ASSERT_EQ(::setegid(1500) + ::seteuid(1500), 0);
        Editor editor(add_app());
        ASSERT_EQ(::seteuid(0) + ::setegid(0), 0);
        ASSERT_TRUE(editor.pauses());
        lock = UniqueFd();
        EXPECT_TRUE(editor.succeeds());
        EXPECT_EQ(read_file(real), root_line + app_line) << has_lock;
    }
}

// The lock file cannot be had where a link stands: the file itself is locked, and looked for again.
TEST_F(AccountLock, IsOneOfTheFileItselfWhereThereCanBeNoOther) {
    make_link("nowhere", directory_ / ".pwd.lock");
    UniqueFd lock = hold_lock(path_);
    Editor editor(add_app());
    ASSERT_TRUE(editor.pauses());
    write_file(directory_ / "new", root_line + other_line);
    ASSERT_EQ(::rename((directory_ / "new").c_str(), path_.c_str()), 0);
    lock = UniqueFd();
    EXPECT_TRUE(editor.succeeds());
    EXPECT_EQ(read_file(path_), root_line + other_line + app_line);
}

// Everybody who may read a file can hold a read lock on it for as long as they like.
TEST_F(AccountLock, OfAReaderIsNotWaitedFor) {
    for (const char* name : {".pwd.lock", "passwd"}) {
        write_file(path_, root_line);
        const UniqueFd lock = hold_lock(directory_ / name, F_RDLCK);
        if (std::string(name) == "passwd") {
            ::unlink((directory_ / ".pwd.lock").c_str());
            make_link("nowhere", directory_ / ".pwd.lock");
        }
        Editor editor(add_app());
        EXPECT_FALSE(editor.pauses()) << name;
        EXPECT_TRUE(editor.succeeds()) << name;
        EXPECT_EQ(read_file(path_), root_line + app_line) << name;
    }
}

// The lock of a part, as a hostile reader may hold it before a writer's.
TEST_F(AccountLock, OfAWriterIsWaitedForAmongReaders) {
    make_link("nowhere", directory_ / ".pwd.lock");
    write_file(path_, std::string(100, '#') + "\n");
    const pid_t reader = ::fork();
    if (reader == 0) {
        const UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        struct flock part {};
        part.l_type = F_RDLCK;
        part.l_len = 10;
        if (::fcntl(fd.get(), F_SETLK, &part) == 0) ::kill(::getpid(), SIGSTOP);
        ::_exit(0);
    }
    int state = 0;
    ASSERT_EQ(::waitpid(reader, &state, WUNTRACED), reader);
    ASSERT_TRUE(WIFSTOPPED(state));
    UniqueFd writer(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
    struct flock rest {};
    rest.l_type = F_WRLCK;
    rest.l_start = 50;
    ASSERT_EQ(::fcntl(writer.get(), F_SETLK, &rest), 0);
    Editor editor(add_app());
    EXPECT_TRUE(editor.pauses());
    writer = UniqueFd();
    EXPECT_TRUE(editor.succeeds()) << "the reader is still there";
    ::kill(reader, SIGCONT);
    ::waitpid(reader, &state, 0);
}

// Somebody who may write .pwd.lock need not be allowed to change the account files: the file's own lock counts then.
TEST_F(AccountLock, IsNotWaitedForWhereOthersCanForceThat) {
    write_file(directory_ / ".pwd.lock", "");
    for (const mode_t mode : {mode_t{0660}, mode_t{0606}}) {
        write_file(path_, root_line);
        ASSERT_EQ(::chmod((directory_ / ".pwd.lock").c_str(), mode), 0);
        const UniqueFd lock = hold_lock(directory_ / ".pwd.lock");
        UniqueFd files = hold_lock(path_);
        Editor editor(add_app());
        EXPECT_TRUE(editor.pauses()) << "for the file's own lock";
        files = UniqueFd();
        EXPECT_TRUE(editor.succeeds());
        EXPECT_EQ(read_file(path_), root_line + app_line);
    }
}

TEST_F(AccountLock, IsNotWaitedForWhereItIsSomebodyElses) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to give the lock away";
    const UniqueFd lock = hold_lock(directory_ / ".pwd.lock");
    give(directory_ / ".pwd.lock", {1500, 1500});
    Editor editor(add_app());
    EXPECT_FALSE(editor.pauses());
    EXPECT_TRUE(editor.succeeds());
    EXPECT_EQ(read_file(path_), root_line + app_line);
}

// In another process, for this one has it.
TEST_F(AccountLock, IsGivenUpAfterFifteenSeconds) {
    const UniqueFd lock = hold_lock(directory_ / ".pwd.lock");
    in_child([this] {
        const auto start = std::chrono::steady_clock::now();
        const auto made = make_edit(add_app());
        EXPECT_GE(std::chrono::steady_clock::now() - start, longest_wait_for_lock);
        EXPECT_FALSE(made);
        EXPECT_THAT(made.error().message, testing::EndsWith(": another process has held its lock for 15 seconds"));
        return 0;
    });
    EXPECT_EQ(read_file(path_), root_line);
}

}  // namespace
}  // namespace stepdown::test
