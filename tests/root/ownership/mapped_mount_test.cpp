// SPDX-License-Identifier: Apache-2.0
// A mount that maps ids, and has none for the owner.
#include "stepdown/base/unique_fd.h"

#include "support/files/mount_tree.h"

#include <linux/mount.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include <array>
#include <csignal>
#include <cstdio>

namespace stepdown {
namespace {

using test::root;

class MappedMounts : public test::MountTree {
  protected:
    // Mounts source at target, its ids 0 to 999 as 10000 to 10999.
    void mount_mapped(const std::string& source, const std::string& target) const {
        const UniqueFd names = user_namespace();
        const UniqueFd tree(static_cast<int>(
            ::syscall(SYS_open_tree, AT_FDCWD, at(source).c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
        mount_attr attributes{};
        attributes.attr_set = MOUNT_ATTR_IDMAP;
        attributes.userns_fd = static_cast<__u64>(names.get());
        const bool is_mapped =
            ::syscall(SYS_mount_setattr, tree.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0 &&
            ::syscall(SYS_move_mount, tree.get(), "", AT_FDCWD, at(target).c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0;
        if (!is_mapped) ::_exit(test::cannot_run);
    }

    // In a dry run: from Linux 6.15 on.
    static bool can_be_told() {
        utsname system{};
        ::uname(&system);
        int major = 0;
        int minor = 0;
        return std::sscanf(system.release, "%d.%d", &major, &minor) == 2 && (major > 6 || (major == 6 && minor >= 15));
    }

  private:
    static UniqueFd user_namespace() {
        std::array<int, 2> entered{};
        EXPECT_EQ(::pipe(entered.data()), 0);
        const pid_t holder = ::fork();
        if (holder == 0) {
            const bool is_in = ::unshare(CLONE_NEWUSER) == 0;
            if (::write(entered[1], is_in ? "y" : "n", 1) != 1) ::_exit(1);
            while (true) ::pause();
        }
        char answer = 'n';
        EXPECT_EQ(::read(entered[0], &answer, 1), 1);
        const std::string process = "/proc/" + std::to_string(holder);
        for (const char* map : {"/uid_map", "/gid_map"}) std::ofstream(process + map) << "0 10000 1000\n";
        UniqueFd names(::open((process + "/ns/user").c_str(), O_RDONLY | O_CLOEXEC));
        ::kill(holder, SIGKILL);
        ::waitpid(holder, nullptr, 0);
        return names;
    }
};

TEST_F(MappedMounts, AreNamedWhereTheyLackTheOwner) {
    file("source/file");
    directory("data/mounted");
    in_mount_namespace([this] {
        mount_mapped("source", "data/mounted");
        const std::string reason = "The mount maps ids, and has none for uid 1000 or gid 1001";
        const auto outcome = chown_trees(plan("data"));
        ASSERT_FALSE(outcome);
        EXPECT_NE(outcome.error().message.find("2 EOVERFLOW"), std::string::npos) << outcome.error().message;
        const auto preview = preview_trees(plan("data")).at(0);
        if (!can_be_told()) return;
        ASSERT_EQ(preview.tree.failed, 2U);
        EXPECT_NE(preview.problems.at(0).text.find(reason), std::string::npos) << preview.problems.at(0).text;
    });
    EXPECT_EQ(owner("source/file"), root);
}

TEST_F(MappedMounts, AreWalkedWhereTheyHaveTheOwner) {
    file("source/file");
    directory("data/mounted");
    in_mount_namespace([this] {
        mount_mapped("source", "data/mounted");
        EXPECT_EQ(preview_trees(plan("data", {10005, 10006})).at(0).tree.failed, 0U);
        const auto outcome = chown_trees(plan("data", {10005, 10006}));
        EXPECT_TRUE(outcome) << outcome.error().message;
    });
    EXPECT_EQ(owner("source/file"), (Owner{5, 6}));
}

}  // namespace
}  // namespace stepdown
