// The calls where openat2(2) does not exist, as a seccomp filter makes it, and what is known of a pinned name.
#include "stepdown/ownership/calls.h"

#include "support/forked.h"
#include "support/temporary.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace stepdown {
namespace {

bool forbid_openat2(int answer) {
    std::array filter = {
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(answer)),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{filter.size(), filter.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

TEST(Calls, FollowNoLinkWithoutOpenat2) {
    const test::TemporaryDirectory scratch;
    test::make_directory(scratch / "directory");
    test::make_link("directory", scratch / "link");
    const UniqueFd top(::open(scratch.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (const int answer : {ENOSYS, EPERM}) {
        test::in_child([&top, answer] {
            EXPECT_TRUE(forbid_openat2(answer));
            Calls calls;
            EXPECT_TRUE(calls.open_directory(top.get(), "directory", Mounts::enter));
            EXPECT_FALSE(calls.open_directory(top.get(), "link", Mounts::enter));
            return 0;
        });
    }
}

class NameOfAPin : public ::testing::Test {
  protected:
    void SetUp() override {
        test::write_file(at("file"), "");
        pin_ = *Calls::pin(AT_FDCWD, at("file").c_str());
        directory_ = UniqueFd(::open(scratch_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    [[nodiscard]] std::string at(const char* name) const { return scratch_ / name; }
    [[nodiscard]] bool is_there() const { return *Calls::has_its_name(directory_.get(), pin_.get()); }

    test::TemporaryDirectory scratch_;
    UniqueFd pin_;
    UniqueFd directory_;
};

TEST_F(NameOfAPin, IsThereWhereverInItsDirectoryItWasMovedTo) {
    EXPECT_TRUE(is_there());
    ASSERT_EQ(::rename(at("file").c_str(), at("moved").c_str()), 0);
    EXPECT_TRUE(is_there());
    test::write_file(at("other"), "");
    ASSERT_EQ(::syscall(SYS_renameat2, AT_FDCWD, at("moved").c_str(), AT_FDCWD, at("other").c_str(), RENAME_EXCHANGE),
              0);
    EXPECT_TRUE(is_there());
}

TEST_F(NameOfAPin, IsGoneThoughTheFileHasAnotherOne) {
    ASSERT_EQ(::link(at("file").c_str(), at("other").c_str()), 0);
    EXPECT_TRUE(is_there());
    ASSERT_EQ(::unlink(at("file").c_str()), 0);
    EXPECT_FALSE(is_there());
    ASSERT_EQ(::link(at("other").c_str(), at("file").c_str()), 0);
    EXPECT_FALSE(is_there()) << "a name that was made later";
}

// Whose removals were not waited for.
TEST_F(NameOfAPin, IsGoneInAnotherDirectory) {
    test::make_directory(at("other"));
    ASSERT_EQ(::rename(at("file").c_str(), at("other/file").c_str()), 0);
    EXPECT_FALSE(is_there());
    const UniqueFd root(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto etc = Calls::pin(root.get(), "etc");
    EXPECT_TRUE(*Calls::has_its_name(root.get(), etc->get()));
}

TEST_F(NameOfAPin, IsLeftAsItIsByTheWait) {
    for (const char* name : {"file", "none"}) EXPECT_TRUE(Calls::await_removals(directory_.get(), name)) << name;
    EXPECT_TRUE(is_there());
    EXPECT_EQ(::access(at("none").c_str(), F_OK), -1);
}

TEST_F(NameOfAPin, IsGoneWhereAnotherFileTookIt) {
    ASSERT_EQ(::link(at("file").c_str(), at("other").c_str()), 0);
    test::write_file(at("new"), "");
    ASSERT_EQ(::rename(at("new").c_str(), at("file").c_str()), 0);
    EXPECT_FALSE(is_there());
}

}  // namespace
}  // namespace stepdown
