// SPDX-License-Identifier: Apache-2.0
// Subvolumes of btrfs, which look like mounts to stat(2) and like nothing to mountinfo.
#include "support/files/mount_tree.h"
#include "support/process/process.h"

namespace stepdown {
namespace {

using test::app;
using test::root;

class Subvolumes : public test::MountTree {
  protected:
    // Runs body with a btrfs at data that holds a/file and, in .snapshots/1, a read-only snapshot of that.
    void with_snapshot(const std::function<void()>& body) const {
        directory("data");
        in_mount_namespace([&] {
            if (!run("truncate -s 200M " + at("image") + " && mkfs.btrfs -q " + at("image")) ||
                !run("mount -o loop " + at("image") + " " + at("data"))) {
                ::_exit(test::cannot_run);
            }
            file("data/a/file");
            directory("data/.snapshots");
            EXPECT_TRUE(run("btrfs -q subvolume snapshot -r " + at("data") + " " + at("data/.snapshots/1")));
            body();
            EXPECT_TRUE(run("umount " + at("data")));
        });
    }

  private:
    static bool run(const std::string& command) {
        return test::run(test::command({"sh", "-c", command})).exit_code == 0;
    }
};

TEST_F(Subvolumes, AreSkippedLikeReadOnlyMountsWhereTheyAreReadOnly) {
    with_snapshot([this] {
        EXPECT_EQ(preview_trees(plan("data")).at(0).tree.skipped, 1U);
        const auto ended = test::run(test::command({OWN_PROGRAM, "1000:1001", "--info", at("data")}));
        EXPECT_EQ(ended.exit_code, 0) << ended.err;
        EXPECT_NE(ended.err.find("left " + at("data/.snapshots/1") + " alone: it is a read-only subvolume"),
                  std::string::npos)
            << ended.err;
        EXPECT_EQ(owner("data/.snapshots/1/a/file"), root);
        EXPECT_EQ(owner("data/a/file"), app);
        EXPECT_EQ(owner("data"), app);
    });
}

TEST_F(Subvolumes, MakeOneErrorWhereTheyAreOperands) {
    with_snapshot([this] {
        const std::string reason = at("data/.snapshots/1") + " is a read-only subvolume";
        const auto problems = preview_trees(plan("data/.snapshots/1")).at(0).problems;
        ASSERT_EQ(problems.size(), 2U);
        EXPECT_NE(problems[1].text.find(reason), std::string::npos) << problems[1].text;
        const auto outcome = chown_trees(plan("data/.snapshots/1"));
        ASSERT_FALSE(outcome);
        EXPECT_NE(outcome.error().message.find("1 of 4 entries could not be changed: 1 EROFS. " + reason),
                  std::string::npos)
            << outcome.error().message;
    });
}

}  // namespace
}  // namespace stepdown
