// SPDX-License-Identifier: Apache-2.0
// The calls where openat2(2) does not exist, as a seccomp filter makes it, and the wait for removals.
#include "stepdown/ownership/syscalls.h"

#include "support/files/temporary.h"
#include "support/process/forked.h"

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

TEST(Syscalls, FollowNoLinkWithoutOpenat2) {
    const test::TemporaryDirectory scratch;
    test::make_directory(scratch / "directory");
    test::make_link("directory", scratch / "link");
    const UniqueFd top(::open(scratch.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (const int answer : {ENOSYS, EPERM}) {
        test::in_child([&top, answer] {
            EXPECT_TRUE(forbid_openat2(answer));
            Syscalls calls;
            EXPECT_TRUE(calls.open_directory(top.get(), "directory", Mounts::enter));
            EXPECT_FALSE(calls.open_directory(top.get(), "link", Mounts::enter));
            return 0;
        });
    }
}

TEST(Syscalls, LeaveTheNameAsItIsThatTheyWaitBy) {
    const test::TemporaryDirectory scratch;
    test::write_file(scratch / "file", "content");
    const UniqueFd top(::open(scratch.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    EXPECT_TRUE(Syscalls::await_removals(top.get(), "file"));
    EXPECT_EQ(Syscalls::await_removals(top.get(), "none").error(), ENOENT);
    EXPECT_EQ(test::read_file(scratch / "file"), "content");
    EXPECT_EQ(::faccessat(top.get(), "none", F_OK, 0), -1);
}

}  // namespace
}  // namespace stepdown
