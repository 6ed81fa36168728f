// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/copy_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::string_view mountinfo =
    "21 1 0:20 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w\n"
    "22 21 0:21 / /my\\040data rw shared:1 - overlay none rw,lowerdir=/l,upperdir=/u,metacopy=on,index=off\n"
    "23 21 0:20 /srv/volume /volume rw - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w\n";

TEST(WholeMount, HasItsPathAndTellsOfMetacopy) {
    const auto root = whole_mount(mountinfo, 21);
    ASSERT_TRUE(root);
    EXPECT_EQ(root->path, "/");
    EXPECT_TRUE(root->copies_content);
    const auto data = whole_mount(mountinfo, 22);
    ASSERT_TRUE(data);
    EXPECT_EQ(data->path, "/my data");
    EXPECT_FALSE(data->copies_content);
}

TEST(WholeMount, IsNoPartOfAFileSystem) {
    EXPECT_FALSE(whole_mount(mountinfo, 23));
    EXPECT_FALSE(whole_mount(mountinfo, 24));
    EXPECT_FALSE(whole_mount("", 21));
}

Entry born(std::int64_t at, mode_t type = S_IFREG) {
    Entry entry;
    entry.mode = type | 0644;
    entry.born = at;
    entry.size = 4096;
    return entry;
}

TEST(BytesToCopyUp, AreThoseOfAFileThatIsOlderThanTheUpperLayer) {
    const OverlayLayers layers{1000, true};
    EXPECT_EQ(bytes_to_copy_up(born(999), layers), 4096U);
    EXPECT_EQ(bytes_to_copy_up(born(1000), layers), std::nullopt);
    EXPECT_EQ(bytes_to_copy_up(born(1001), layers), std::nullopt);
    EXPECT_EQ(bytes_to_copy_up(born(999, S_IFDIR), layers), 0U);
    EXPECT_EQ(bytes_to_copy_up(born(999, S_IFLNK), layers), 0U);
    EXPECT_EQ(bytes_to_copy_up(born(999), {1000, false}), 0U);
}

TEST(BytesToCopyUp, AreNotGuessedWhereABirthIsUnknown) {
    EXPECT_EQ(bytes_to_copy_up(born(0), {1000, true}), std::nullopt);
    EXPECT_EQ(bytes_to_copy_up(born(999), {0, true}), std::nullopt);
}

TreeReport tree(std::uint64_t entries, std::uint64_t bytes) {
    TreeReport made;
    made.path = "/my app";
    made.copied_up = entries;
    made.copied_up_bytes = bytes;
    return made;
}

TEST(CopyUpWarning, IsGivenAboveAThousandEntriesOr64MiB) {
    constexpr std::uint64_t limit = std::uint64_t{64} << 20U;
    EXPECT_EQ(copy_up_warning(tree(1000, limit), {1000, 1001}, Tense::past), "");
    EXPECT_NE(copy_up_warning(tree(1001, 0), {1000, 1001}, Tense::past), "");
    EXPECT_NE(copy_up_warning(tree(1, limit + 1), {1000, 1001}, Tense::past), "");
}

TEST(CopyUpWarning, SaysHowMuchWhereAndWhatAvoidsIt) {
    EXPECT_EQ(
        copy_up_warning(tree(1234, 100'000'000), {1000, 1001}, Tense::past),
        "1,234 entries of \"/my app\" (95 MiB) were copied from the image's layers, because a change of the owner "
        "copies the whole file. Each new container repeats that. Write COPY --chown=1000:1001 in the Dockerfile, "
        "or mount a volume there");
    EXPECT_THAT(copy_up_warning(tree(1234, 5), {1000, 1001}, Tense::conditional),
                AllOf(HasSubstr("(less than 1 MiB) would be copied"), HasSubstr("--chown=1000:1001")));
    EXPECT_THAT(copy_up_warning(tree(1, 100'000'000), {1000, 1001}, Tense::past),
                HasSubstr("1 entry of \"/my app\" (95 "
                          "MiB) was copied"));
}

}  // namespace
}  // namespace stepdown
