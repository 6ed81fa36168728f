// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/walked_mount.h"

#include "stepdown/ownership/mapped_mount.h"
#include "stepdown/ownership/report.h"
#include "stepdown/system/mount.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>

namespace stepdown {
namespace {

Entry entry_on(std::optional<std::uint64_t> mount, std::uint64_t device, mode_t type = S_IFREG) {
    Entry entry;
    entry.mode = type | 0755;
    entry.mount = mount;
    entry.id.device = device;
    return entry;
}

// No file system can be asked through it.
constexpr int no_fd = -1;

TEST(FileDescriptorInfo, NamesTheMount) {
    EXPECT_EQ(mount_in_fdinfo("pos:\t0\nflags:\t02100000\nmnt_id:\t29\nino:\t5\n"), 29U);
    EXPECT_EQ(mount_in_fdinfo("pos:\t0\nflags:\t02100000\n"), std::nullopt);
    EXPECT_EQ(mount_in_fdinfo("mnt_id:\t\n"), std::nullopt);
    EXPECT_EQ(mount_in_fdinfo(""), std::nullopt);
}

TEST(FileDescriptorInfo, IsThatOfThisProcess) {
    EXPECT_TRUE(find_mount(0).has_value());
    EXPECT_EQ(find_mount(no_fd), std::nullopt);
}

TEST(MountIdMap, HasAnIdOnTheOuterSideOfAnyExtent) {
    using namespace std::string_view_literals;
    constexpr auto map = "0 100000 1000\0001000 5 1\0"sv;
    for (const id_t id : {5U, 100000U, 100999U}) EXPECT_TRUE(is_on_outer_side(2, map, id)) << id;
    for (const id_t id : {0U, 4U, 6U, 1000U, 99999U, 101000U}) EXPECT_FALSE(is_on_outer_side(2, map, id)) << id;
    EXPECT_FALSE(is_on_outer_side(1, map, 5));
    EXPECT_FALSE(is_on_outer_side(2, "", 0));
}

TEST(Mount, HoldsWhatHasItsId) {
    const Mount mount(7, 1, MountKind::ordinary, "/data");
    EXPECT_TRUE(mount.holds(entry_on(7, 1, S_IFDIR)));
    EXPECT_FALSE(mount.holds(entry_on(8, 1)));
    EXPECT_FALSE(mount.holds(entry_on(std::nullopt, 1)));
}

// Files of an overlay may be of other devices.
TEST(Mount, HoldsFilesOfAnyDeviceAndNoSubvolume) {
    const Mount mount(7, 1, MountKind::ordinary, "/data");
    EXPECT_TRUE(mount.holds(entry_on(7, 2)));
    EXPECT_FALSE(mount.holds(entry_on(7, 2, S_IFDIR)));
}

TEST(Mount, HoldsNothingForSureWithoutIds) {
    const Mount mount(std::nullopt, 1, MountKind::ordinary, "/data");
    EXPECT_FALSE(mount.holds(entry_on(std::nullopt, 1)));
    EXPECT_TRUE(mount.is_like(entry_on(std::nullopt, 1), MountKind::ordinary));
    EXPECT_FALSE(mount.is_like(entry_on(std::nullopt, 1), MountKind::read_only));
    EXPECT_FALSE(mount.is_like(entry_on(std::nullopt, 2), MountKind::ordinary));
}

TEST(Mount, IsFullAfterSixteenAnswersOfEitherKind) {
    Mount mount(7, 1, MountKind::ordinary, "/data");
    for (int i = 0; i < 15; ++i) EXPECT_EQ(mount.failed(i % 2 == 0 ? ENOSPC : EDQUOT, false, no_fd), GivenUp::no);
    EXPECT_EQ(mount.failed(ENOSPC, false, no_fd), GivenUp::full);
}

TEST(Mount, IsReadOnlyAtOnceIfItSaysSo) {
    Mount writable(7, 1, MountKind::ordinary, "/data");
    Mount read_only(8, 1, MountKind::read_only, "/config");
    EXPECT_EQ(writable.failed(EROFS, false, no_fd), GivenUp::no);
    EXPECT_EQ(read_only.failed(EROFS, false, no_fd), GivenUp::read_only);
}

TEST(Mount, RefusesAfter256AnswersOnlyIfNothingSucceeded) {
    for (const bool with_success : {false, true}) {
        Mount mount(7, 1, MountKind::ordinary, "/data");
        if (with_success) mount.succeeded();
        for (int i = 0; i < 255; ++i) EXPECT_EQ(mount.failed(EPERM, true, no_fd), GivenUp::no);
        EXPECT_EQ(mount.failed(EPERM, true, no_fd), with_success ? GivenUp::no : GivenUp::refused);
    }
}

TEST(Mount, IsNotGivenUpForRefusalsOfALocalFileSystem) {
    Mount mount(7, 1, MountKind::ordinary, "/data");
    for (int i = 0; i < 600; ++i) EXPECT_EQ(mount.failed(EPERM, false, no_fd), GivenUp::no);
}

TEST(Mount, IsGivenUpForNoErrorOfASingleEntry) {
    Mount mount(7, 1, MountKind::ordinary, "/data");
    for (const int number : {EINVAL, EIO, EOVERFLOW, EACCES}) {
        for (int i = 0; i < 300; ++i) EXPECT_EQ(mount.failed(number, true, no_fd), GivenUp::no);
    }
}

TEST(Mount, IsGivenUpOnce) {
    Mount mount(7, 1, MountKind::ordinary, "/data");
    EXPECT_EQ(mount.failed(no_effect, false, no_fd), GivenUp::without_effect);
    EXPECT_TRUE(mount.give_up(GivenUp::without_effect));
    EXPECT_FALSE(mount.give_up(GivenUp::full));
    EXPECT_EQ(mount.given_up(), GivenUp::without_effect);
}

TEST(Mount, IsUntriedUntilAChangeHadAnEffectOrSixteenWereUnclear) {
    Mount tried(7, 1, MountKind::ordinary, "/data");
    EXPECT_TRUE(tried.is_unverified());
    tried.had_effect();
    EXPECT_FALSE(tried.is_unverified());
    Mount unclear(8, 1, MountKind::ordinary, "/data");
    for (int i = 0; i < 15; ++i) unclear.was_unclear();
    EXPECT_TRUE(unclear.is_unverified());
    unclear.was_unclear();
    EXPECT_FALSE(unclear.is_unverified());
}

}  // namespace
}  // namespace stepdown
