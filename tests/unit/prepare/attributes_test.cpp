// SPDX-License-Identifier: Apache-2.0
// A replaced account file keeps more than its owner and mode: its access control list and other extended attributes.
#include "stepdown/prepare/account_files.h"
#include "stepdown/system/capability.h"

#include "support/files/acl.h"
#include "support/files/temporary.h"
#include "support/process/forked.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include <cstdint>

namespace stepdown::test {
namespace {

const std::string root_line = "root:x:0:0:root:/root:/bin/sh\n";
const std::string app_line = "app:x:1500:1500:app:/srv/app:/sbin/nologin\n";

// user::rw-, user:1234:rw-, group::r--, mask::rw-, other::r--
const std::vector<AccessEntry> list_for_1234{
    {ACL_USER_OBJ, 6}, {ACL_USER, 6, 1234}, {ACL_GROUP_OBJ, 4}, {ACL_MASK, 6}, {ACL_OTHER, 4}};

class AccountFileAttributes : public testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root to set such attributes";
        write_file(path_, root_line, 0644);
    }

    [[nodiscard]] FileEdit add_app() const { return {path_, NewUser{"app", 1500, 1500, "/srv/app"}}; }
    // Nothing: there is none.
    [[nodiscard]] std::optional<std::string> attribute(const std::string& name) const {
        std::string value(1024, '\0');
        const ssize_t length = ::lgetxattr(path_.c_str(), name.c_str(), value.data(), value.size());
        if (length < 0) return std::nullopt;
        return value.substr(0, static_cast<std::size_t>(length));
    }
    void set(const std::string& name, const std::string& value) const {
        ASSERT_EQ(::setxattr(path_.c_str(), name.c_str(), value.data(), value.size(), 0), 0) << std::strerror(errno);
    }
    [[nodiscard]] bool may_write(uid_t uid, gid_t gid) const {
        bool may = false;
        int ends[2] = {-1, -1};
        EXPECT_EQ(::pipe(ends), 0);
        in_child([&] {
            EXPECT_EQ(::setgroups(0, nullptr) + ::setresgid(gid, gid, gid) + ::setresuid(uid, uid, uid), 0);
            const char answer = ::access(path_.c_str(), W_OK) == 0 ? 'y' : 'n';
            EXPECT_EQ(::write(ends[1], &answer, 1), 1);
            return 0;
        });
        char answer = '?';
        EXPECT_EQ(::read(ends[0], &answer, 1), 1);
        may = answer == 'y';
        ::close(ends[0]);
        ::close(ends[1]);
        return may;
    }

    TemporaryDirectory directory_;
    const std::string path_ = directory_ / "passwd";
};

TEST_F(AccountFileAttributes, KeepTheAccessControlList) {
    if (const auto problem = set_list(path_, list_for_1234)) GTEST_SKIP() << *problem;
    const auto before = attribute(XATTR_NAME_POSIX_ACL_ACCESS);
    const auto status_before = status(path_);
    ASSERT_TRUE(before);
    ASSERT_TRUE(make_edit(add_app()));
    EXPECT_EQ(attribute(XATTR_NAME_POSIX_ACL_ACCESS), before);
    EXPECT_EQ(status(path_)->st_mode, status_before->st_mode);
    EXPECT_NE(status(path_)->st_ino, status_before->st_ino) << "it was replaced";
    EXPECT_EQ(read_file(path_), root_line + app_line);
    EXPECT_FALSE(may_write(4000, 0)) << "the group has r--, whatever the mask";
    EXPECT_TRUE(may_write(1234, 1234));
}

TEST_F(AccountFileAttributes, KeepTheListOfAFileOfSomebodyElse) {
    give(path_, {1500, 4000});
    if (const auto problem = set_list(path_, list_for_1234)) GTEST_SKIP() << *problem;
    const auto before = attribute(XATTR_NAME_POSIX_ACL_ACCESS);
    ASSERT_TRUE(make_edit(add_app()));
    EXPECT_EQ(attribute(XATTR_NAME_POSIX_ACL_ACCESS), before);
    EXPECT_EQ(owner(path_), (Owner{1500, 4000}));
    EXPECT_FALSE(may_write(4001, 4000));
}

// Whoever sets a default list for /etc does not mean that its account files become writable.
TEST_F(AccountFileAttributes, GetNoListFromTheDirectory) {
    ASSERT_EQ(::chmod(path_.c_str(), 0664), 0);
    if (const auto problem = set_list(directory_.path(), list_for_1234, XATTR_NAME_POSIX_ACL_DEFAULT)) {
        GTEST_SKIP() << *problem;
    }
    ASSERT_TRUE(make_edit(add_app()));
    EXPECT_EQ(attribute(XATTR_NAME_POSIX_ACL_ACCESS), std::nullopt);
    EXPECT_EQ(status(path_)->st_mode & 07777U, 0664U);
    EXPECT_FALSE(may_write(1234, 1234));
}

TEST_F(AccountFileAttributes, AreKeptWhicheverTheyAre) {
    set("user.note", "by hand");
    // A kernel without SELinux keeps the label as it keeps any other attribute.
    const std::string label = "system_u:object_r:passwd_file_t:s0";
    set("security.selinux", label);
    ASSERT_TRUE(make_edit(add_app()));
    EXPECT_EQ(attribute("user.note"), "by hand");
    EXPECT_EQ(attribute("security.selinux"), label);
    EXPECT_EQ(read_file(path_), root_line + app_line);
}

// It is computed from the content, which is another one now.
TEST_F(AccountFileAttributes, LeaveOutTheSumOfTheContent) {
    if (::setxattr(path_.c_str(), XATTR_NAME_IMA, "\1sum", 4, 0) != 0) GTEST_SKIP() << "no security.ima here";
    ASSERT_TRUE(make_edit(add_app()));
    EXPECT_EQ(attribute(XATTR_NAME_IMA), std::nullopt);
}

// Without CAP_SYS_ADMIN, which containers lack, hardly any security.* attribute can be set.
void as_root_without_rights_to_label(const std::function<void()>& body) {
    in_child([&] {
        const auto sets = read_capabilities();
        constexpr int cap_sys_admin = 21;
        CapabilitySet kept = sets->permitted;
        kept = kept.without(CapabilitySet(std::uint64_t{1} << cap_sys_admin));
        EXPECT_TRUE(write_capabilities({kept, kept, {}, {}}));
        body();
        return 0;
    });
}

TEST_F(AccountFileAttributes, ThatCannotBeKeptKeepTheFileFromBeingReplaced) {
    set("security.note", "sealed");
    const auto before = status(path_);
    as_root_without_rights_to_label([&] {
        const auto made = make_edit({path_, NewIds{"root", 7, 8}});
        EXPECT_FALSE(made);
        EXPECT_EQ(made.error().message, "cannot give user root the ids 7:8 in " + path_ +
                                            ": its extended attribute security.note cannot be kept: Operation not "
                                            "permitted");
        EXPECT_EQ(read_file(path_), root_line);
        EXPECT_TRUE(make_edit(add_app())) << "an added line is appended";
    });
    EXPECT_EQ(read_file(path_), root_line + app_line);
    EXPECT_EQ(status(path_)->st_ino, before->st_ino);
    EXPECT_EQ(attribute("security.note"), "sealed");
    EXPECT_FALSE(status(directory_ / ".passwd.stepdown"));
}

}  // namespace
}  // namespace stepdown::test
