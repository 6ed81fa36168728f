// SPDX-License-Identifier: Apache-2.0
#include "stepdown/system/mountinfo.h"

#include "stepdown/system/file_system.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

namespace stepdown {
namespace {

TEST(MountType, IsFoundByTheMountsNumber) {
    constexpr std::string_view mountinfo =
        "22 1 0:5 / /dev rw,nosuid shared:2 master:1 - devtmpfs udev rw,size=1k\n"
        "222 22 0:6 / /dev/shm rw - tmpfs tmpfs rw\n";
    EXPECT_EQ(mount_type(mountinfo, 22), "devtmpfs");
    EXPECT_EQ(mount_type(mountinfo, 222), "tmpfs");
    EXPECT_EQ(mount_type(mountinfo, 2), "");
    EXPECT_EQ(mount_type("", 2), "");
    EXPECT_EQ(mount_type("22 1 0:5 / /dev rw", 22), "");
}

TEST(MountPoints, AreReadWithTheirNumbersAndBlanks) {
    const auto points = mount_points(
        "22 1 0:5 / / rw shared:2 - ext4 /dev/sda rw\n"
        "222 22 0:6 /x /my\\040data\\134 ro - tmpfs tmpfs rw\n"
        "7 too short\n"
        "9 1 0:5 / /cut\\04");
    ASSERT_EQ(points.size(), 3U);
    EXPECT_EQ(points[0].mount, 22U);
    EXPECT_EQ(points[0].path, "/");
    EXPECT_EQ(points[1].mount, 222U);
    EXPECT_EQ(points[1].path, "/my data\\");
    EXPECT_EQ(points[2].path, "/cut\\04");
    EXPECT_TRUE(mount_points("").empty());
}

// As rootless podman mounts them, with the bind mount of a whole file system.
constexpr std::string_view of_a_container =
    "1 0 0:50 / / rw - overlay overlay rw,lowerdir=/l\n"
    "2 1 8:1 /home/me/project /data rw - ext4 /dev/sda1 rw\n"
    "3 1 8:1 /home/me/.local/share/containers/storage/volumes/cache/_data /cache rw - ext4 /dev/sda1 rw\n"
    "4 1 0:51 / /tmp rw - tmpfs tmpfs rw\n"
    "5 1 0:52 /1000/socket /socket rw - tmpfs tmpfs rw\n"
    "6 1 8:2 / /disk rw - ext4 /dev/sdb1 rw\n"
    "7 1 0:53 / /copy rw - overlay overlay rw,lowerdir=/l\n"
    "8 1 0:54 / /copy2 rw - fuse.fuse-overlayfs fuse-overlayfs rw\n"
    "9 1 8:1 /home/me/work/_data /work rw - ext4 /dev/sda1 rw\n";

TEST(BindMount, ShowsADirectoryOrAFileSystemOfTheHosts) {
    for (const std::uint64_t mount : {2U, 5U, 6U, 9U}) EXPECT_TRUE(is_bind_mount(of_a_container, mount)) << mount;
}

TEST(BindMount, IsNoVolumeAndNoFileSystemOfTheContainers) {
    for (const std::uint64_t mount : {1U, 3U, 4U, 7U, 8U}) EXPECT_FALSE(is_bind_mount(of_a_container, mount)) << mount;
}

TEST(BindMount, IsNoneThatIsNotListed) {
    EXPECT_FALSE(is_bind_mount(of_a_container, 10));
    EXPECT_FALSE(is_bind_mount("", 2));
}

}  // namespace
}  // namespace stepdown
