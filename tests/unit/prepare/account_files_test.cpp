// SPDX-License-Identifier: Apache-2.0
// Changing account files on a real file system.
#include "stepdown/prepare/account_files.h"

#include "stepdown/base/unique_fd.h"

#include "support/files/temporary.h"
#include "support/process/forked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <grp.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string root_line = "root:x:0:0:root:/root:/bin/sh\n";
const std::string app_line = "app:x:1500:1500:app:/srv/app:/sbin/nologin\n";

class AccountFile : public testing::Test {
  protected:
    AccountFile() { write_file(path_, root_line, 0640); }

    [[nodiscard]] FileEdit add_app() const { return {path_, NewUser{"app", 1500, 1500, "/srv/app"}}; }
    [[nodiscard]] FileEdit renumber_root() const { return {path_, NewIds{"root", 7, 8}}; }
    // Only root is refused nothing by modes.
    static bool is_root() { return ::geteuid() == 0; }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const char* name : {"passwd", ".pwd.lock", ".passwd.stepdown"}) {
            if (status(directory_ / name)) found.emplace_back(name);
        }
        return found;
    }

    TemporaryDirectory directory_;
    const std::string path_ = directory_ / "passwd";
};

TEST_F(AccountFile, IsReplacedWithItsModeAndOwnerKept) {
    if (is_root()) give(path_, {7, 8});
    const auto before = status(path_);
    ASSERT_TRUE(make_edit(add_app()));
    const auto after = status(path_);
    EXPECT_EQ(read_file(path_), root_line + app_line);
    EXPECT_NE(after->st_ino, before->st_ino);
    EXPECT_EQ(after->st_mode, before->st_mode);
    EXPECT_EQ(after->st_uid, before->st_uid);
    EXPECT_EQ(after->st_gid, before->st_gid);
    EXPECT_EQ(names(), (std::vector<std::string>{"passwd", ".pwd.lock"}));
    EXPECT_EQ(status(directory_ / ".pwd.lock")->st_mode & 07777U, 0600U);
}

TEST_F(AccountFile, IsNotTouchedWhereItIsRight) {
    ASSERT_TRUE(make_edit(add_app()));
    const auto before = status(path_);
    ASSERT_TRUE(make_edit(add_app()));
    const auto after = status(path_);
    EXPECT_EQ(after->st_ino, before->st_ino);
    EXPECT_EQ(after->st_mtim.tv_sec, before->st_mtim.tv_sec);
    EXPECT_EQ(after->st_mtim.tv_nsec, before->st_mtim.tv_nsec);
    EXPECT_EQ(after->st_ctim.tv_nsec, before->st_ctim.tv_nsec);
}

TEST_F(AccountFile, IsMadeWhereThereIsNone) {
    ASSERT_EQ(::unlink(path_.c_str()), 0);
    const mode_t before = ::umask(077);
    const auto made = make_edit(add_app());
    ::umask(before);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(read_file(path_), app_line);
    EXPECT_EQ(status(path_)->st_mode & 07777U, 0644U);
    EXPECT_EQ(owner(path_), (Owner{::geteuid(), ::getegid()}));
}

TEST_F(AccountFile, IsReplacedOverTheLeftoverOfACrash) {
    write_file(directory_ / ".passwd.stepdown", "half a li", 0600);
    ASSERT_TRUE(make_edit(renumber_root()));
    EXPECT_EQ(read_file(path_), "root:x:7:8:root:/root:/bin/sh\n");
    EXPECT_EQ(names(), (std::vector<std::string>{"passwd", ".pwd.lock"}));
}

// Who can write the directory may have put links there.
TEST_F(AccountFile, IsChangedWithoutTouchingWhatALinkLeadsTo) {
    const TemporaryDirectory elsewhere;
    write_file(elsewhere / "victim", "precious", 0600);
    make_link(elsewhere / "victim", directory_ / ".passwd.stepdown");
    make_link(elsewhere / "victim", directory_ / ".pwd.lock");
    ASSERT_TRUE(make_edit(add_app()));
    EXPECT_EQ(read_file(path_), root_line + app_line);
    EXPECT_EQ(read_file(elsewhere / "victim"), "precious");
    EXPECT_TRUE(S_ISREG(status(path_)->st_mode));
    EXPECT_TRUE(S_ISLNK(status(directory_ / ".pwd.lock")->st_mode));
}

TEST_F(AccountFile, IsNotReachedThroughALinkOfSomebodyElse) {
    if (!is_root()) GTEST_SKIP() << "needs root to give a link away";
    ASSERT_EQ(::rename(path_.c_str(), (directory_ / "real").c_str()), 0);
    make_link("real", path_);
    give(path_, {1500, 1500});
    const auto made = make_edit(add_app());
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message, "cannot add user app with the ids 1500:1500 in " + path_ +
                                        ": it is reached through a symbolic link that a user other than root controls");
    EXPECT_EQ(check_edit(add_app()).error().message, made.error().message);
    EXPECT_EQ(read_file(directory_ / "real"), root_line);
}

// A link that root put where only root can: the file that it leads to is the one to change.
TEST_F(AccountFile, IsReachedThroughALinkOfRoot) {
    if (!is_root()) GTEST_SKIP() << "needs links that root owns";
    make_directory(directory_ / "real");
    ASSERT_EQ(::rename(path_.c_str(), (directory_ / "real/passwd").c_str()), 0);
    make_link("real/passwd", path_);
    ASSERT_TRUE(make_edit(add_app()));
    EXPECT_TRUE(S_ISLNK(status(path_)->st_mode));
    EXPECT_EQ(read_file(directory_ / "real/passwd"), root_line + app_line);
}

TEST_F(AccountFile, IsNoOtherObject) {
    ASSERT_EQ(::unlink(path_.c_str()), 0);
    make_directory(path_);
    EXPECT_THAT(make_edit(add_app()).error().message, HasSubstr("not a regular file"));
    ASSERT_EQ(::rmdir(path_.c_str()), 0);
    ASSERT_EQ(::mkfifo(path_.c_str(), 0644), 0);
    EXPECT_THAT(make_edit(add_app()).error().message, HasSubstr("not a regular file"));
}

// Where the directory is not ours to write: body runs as somebody else, who may write the file (in group 0) or not.
void as_member_of_group_0(const std::function<void()>& body) {
    in_child([&] {
        constexpr uid_t somebody = 100000;
        EXPECT_EQ(::setgroups(0, nullptr), 0);
        EXPECT_EQ(::setresuid(somebody, somebody, somebody), 0);
        body();
        return 0;
    });
}

TEST_F(AccountFile, GetsALineByOneWriteWhereItAloneCanBeWritten) {
    if (!is_root()) GTEST_SKIP() << "needs root to become somebody else";
    ASSERT_EQ(::chmod(path_.c_str(), 0664), 0);
    const auto before = status(path_);
    as_member_of_group_0([&] {
        EXPECT_TRUE(check_edit(add_app()));
        EXPECT_TRUE(make_edit(add_app()));
        EXPECT_TRUE(make_edit(add_app()));
    });
    EXPECT_EQ(read_file(path_), root_line + app_line);
    EXPECT_EQ(status(path_)->st_ino, before->st_ino);
    EXPECT_EQ(names(), std::vector<std::string>{"passwd"});
}

TEST_F(AccountFile, IsNotRewrittenInPlace) {
    if (!is_root()) GTEST_SKIP() << "needs root to become somebody else";
    ASSERT_EQ(::chmod(path_.c_str(), 0664), 0);
    as_member_of_group_0([&] {
        const auto made = make_edit(renumber_root());
        EXPECT_FALSE(made);
        EXPECT_EQ(made.error().message, "cannot give user root the ids 7:8 in " + path_ + ": Permission denied");
        EXPECT_EQ(check_edit(renumber_root()).error().message, made.error().message);
    });
    EXPECT_EQ(read_file(path_), root_line);
}

// chattr(1) for path, which may be a directory. Returns false where the file system has no such attributes.
bool set_attributes(const std::string& path, int attributes) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return ::ioctl(fd.get(), FS_IOC_SETFLAGS, &attributes) == 0;
}

TEST_F(AccountFile, ThatIsImmutableIsNamed) {
    if (!is_root()) GTEST_SKIP() << "needs root to set attributes";
    for (const std::string& sealed : {path_, directory_.path()}) {
        if (!set_attributes(sealed, FS_IMMUTABLE_FL)) GTEST_SKIP() << "the file system has no immutable files";
        const auto made = make_edit(renumber_root());
        const auto checked = check_edit(renumber_root());
        ASSERT_TRUE(set_attributes(sealed, 0));
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().message, "cannot give user root the ids 7:8 in " + path_ +
                                            ": Operation not permitted. " + sealed +
                                            " is immutable or append-only (chattr(1))");
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().message, made.error().message);
    }
    EXPECT_EQ(read_file(path_), root_line);
}

// An immutable directory lets a line be added to a file in it, and an immutable file does not.
TEST_F(AccountFile, ThatTakesALineIsAskedAsItIsWritten) {
    if (!is_root()) GTEST_SKIP() << "needs root to set attributes";
    const std::pair<std::string, int> attributes[] = {
        {path_, FS_IMMUTABLE_FL}, {path_, FS_APPEND_FL}, {directory_.path(), FS_IMMUTABLE_FL}};
    for (const auto& [sealed, attribute] : attributes) {
        write_file(path_, root_line);
        if (!set_attributes(sealed, attribute)) GTEST_SKIP() << "the file system has no such attributes";
        const auto checked = check_edit(add_app());
        const auto made = make_edit(add_app());
        ASSERT_TRUE(set_attributes(sealed, 0));
        EXPECT_EQ(checked.has_value(), made.has_value()) << sealed << " " << attribute;
        EXPECT_EQ(made.has_value(), read_file(path_) == root_line + app_line) << sealed << " " << attribute;
    }
}

TEST_F(AccountFile, StaysAsItIsWhereItCannotBeWritten) {
    if (!is_root()) GTEST_SKIP() << "needs root to become somebody else";
    ASSERT_EQ(::chmod(path_.c_str(), 0644), 0);
    as_member_of_group_0([&] {
        for (const FileEdit& edit : {add_app(), renumber_root()}) {
            const auto made = make_edit(edit);
            EXPECT_FALSE(made);
            EXPECT_THAT(made.error().message, HasSubstr("Permission denied"));
            EXPECT_FALSE(check_edit(edit));
        }
    });
    EXPECT_EQ(read_file(path_), root_line);
}

// A limit stands in for a full disk: what was written is taken back.
TEST_F(AccountFile, LosesWhatWasWrittenInPart) {
    if (!is_root()) GTEST_SKIP() << "needs root to become somebody else";
    ASSERT_EQ(::chmod(path_.c_str(), 0664), 0);
    as_member_of_group_0([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{root_line.size() + 5, root_line.size() + 5};
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
        const auto made = make_edit(add_app());
        EXPECT_FALSE(made);
        EXPECT_THAT(made.error().message, StartsWith("cannot add user app"));
    });
    EXPECT_EQ(read_file(path_), root_line);
}

}  // namespace
}  // namespace stepdown::test
