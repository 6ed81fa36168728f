// SPDX-License-Identifier: Apache-2.0
// A user holds the removal of a planted link for as long as it needs: in a directory with chattr +D, unlink(2) waits
// for the disk after the link is counted down and before the name is gone. The disk is a file of another file system,
// which is frozen (ioctl_fsfreeze in fsfreeze(8)).
#include "support/files/scratch_tree.h"
#include "support/process/forked.h"
#include "support/process/skip.h"
#include "support/process/strace.h"

#include <linux/fs.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

namespace stepdown {
namespace {

using test::app;
using test::root;

class HeldRemoval : public test::ScratchTree {
  protected:
    HeldRemoval() : ScratchTree("/var/tmp") {}

    static bool succeeds(const std::string& command) {
        return std::system(("{ " + command + "; } >/dev/null 2>&1").c_str()) == 0;
    }

    // In a mount namespace of its own, which takes the mounts away at its end.
    [[nodiscard]] bool mount_disks() const {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
        for (const char* name : {"disk", "volume"}) directory(name);
        const auto make = [this](const std::string& image, const char* size, const char* name) {
            return succeeds("truncate -s " + std::string(size) + " " + image + " && mkfs.ext4 -q " + image +
                            " && mount -o loop " + image + " " + at(name));
        };
        return make(at("disk.img"), "64M", "disk") && make(at("disk/volume.img"), "32M", "volume");
    }

    // root's file, and the innermost directory of a chain of the user's whose path is longer than a call takes.
    void make_tree() {
        file("volume/secret", root, 0600);
        volume_ = open_directory(AT_FDCWD, at("volume"));
        directory("volume/data", app);
        inner_ = open_directory(volume_.get(), "data");
        const std::string longest(255, 'n');
        for (int level = 0; level < depth; ++level) {
            ASSERT_EQ(::mkdirat(inner_.get(), longest.c_str(), 0755), 0);
            inner_ = open_directory(inner_.get(), longest);
        }
        int flags = FS_DIRSYNC_FL;
        ASSERT_EQ(::ioctl(inner_.get(), FS_IOC_SETFLAGS, &flags), 0);
    }

    static UniqueFd open_directory(int at, const std::string& name) {
        return UniqueFd(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    [[nodiscard]] struct stat secret() const {
        struct stat status {};
        EXPECT_EQ(::fstatat(volume_.get(), "secret", &status, 0), 0);
        return status;
    }

    // By syscall(2), because C libraries differ in the type of the request.
    [[nodiscard]] long control(unsigned long request) const { return ::syscall(SYS_ioctl, disk_.get(), request, 0); }
    void freeze() const { ASSERT_EQ(control(FIFREEZE), 0); }
    void thaw() const { static_cast<void>(control(FITHAW)); }
    // Thaws the disk when this process ends, however it ends.
    void start_guard() {
        disk_ = open_directory(AT_FDCWD, at("disk"));
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
        guard_ = ::fork();
        if (guard_ == 0) {
            ::close(pipe[1]);
            pollfd end{pipe[0], 0, 0};
            ::poll(&end, 1, -1);
            while (control(FITHAW) == 0) {
            }
            ::_exit(0);
        }
        ::close(pipe[0]);
        lifeline_ = UniqueFd(pipe[1]);
    }

    void plant() const { ASSERT_EQ(::linkat(volume_.get(), "secret", inner_.get(), "planted", 0), 0); }
    // Begins the removal and returns when the link is counted down.
    pid_t begin_removal() const {
        freeze();
        const pid_t remover = ::fork();
        if (remover == 0) ::_exit(::unlinkat(inner_.get(), "planted", 0));
        while (secret().st_nlink != 1) std::this_thread::yield();
        return remover;
    }
    void end_removal(pid_t remover) const {
        thaw();
        ::waitpid(remover, nullptr, 0);
    }

    static constexpr int depth = 20;
    UniqueFd disk_;
    UniqueFd volume_;
    UniqueFd inner_;
    UniqueFd lifeline_;
    pid_t guard_ = -1;
};

// The first removal is held while the link is counted, and the second while the name is looked up once more.
TEST_F(HeldRemoval, DoesNotMakeAPlantedLinkLookSingle) {
    STEPDOWN_SKIP_IF(test::no_strace());
    const int code = test::in_child([this] {
        if (!mount_disks()) return test::cannot_run;
        make_tree();
        plant();
        start_guard();
        const std::string trace = at("trace");
        const std::string delay = "inject=getdents64:delay_exit=2000000:when=" + std::to_string(2 * depth + 1);
        test::Process walk(
            under_strace({"-o", trace, "-e", "trace=getdents64,renameat", "-e", delay, "-e",
                          "inject=renameat:delay_exit=2000000:when=1"},
                         test::command({OWN_PROGRAM, "1000:1001", "--hardlinks=refuse", at("volume/data")})));
        const auto wait_for = [&trace](const std::string& call, int times) {
            const std::string count = "test $(grep -c '" + call + "(' " + trace + ") -ge " + std::to_string(times);
            while (!succeeds(count)) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        };
        // The names of the innermost directory were read, and it is not yet known that one of them is going.
        wait_for("getdents64", 2 * depth + 1);
        const pid_t first = begin_removal();
        wait_for("renameat", 1);
        end_removal(first);
        plant();
        const pid_t second = begin_removal();
        std::this_thread::sleep_for(std::chrono::seconds(3));
        end_removal(second);
        walk.wait();
        EXPECT_EQ(secret().st_uid, root.uid);
        EXPECT_EQ(owner("volume/data"), app);
        lifeline_ = UniqueFd();
        ::waitpid(guard_, nullptr, 0);
        return 0;
    });
    if (code == test::cannot_run) GTEST_SKIP() << "needs loop devices and mkfs.ext4";
}

}  // namespace
}  // namespace stepdown
