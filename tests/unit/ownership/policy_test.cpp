#include "stepdown/ownership/policy.h"

#include <gtest/gtest.h>

namespace stepdown {
namespace {

constexpr Owner app{1000, 1001};

Entry file_of(Owner owner, std::uint32_t links = 1, mode_t type = S_IFREG) {
    Entry entry;
    entry.mode = type | 0644;
    entry.owner = owner;
    entry.links = links;
    entry.id = {1, 2};
    return entry;
}

Rules rules(LinkRule links = LinkRule::allow, Owners owners = Owners::distinct) { return {app, owners, links, {}}; }

TEST(Judge, LeavesWhatIsRightAlone) {
    EXPECT_EQ(judge(file_of(app), rules()), Verdict::right);
    EXPECT_EQ(judge(file_of(app, 1, S_IFBLK), rules()), Verdict::right);
    EXPECT_EQ(judge(file_of(app, 2), rules(LinkRule::refuse)), Verdict::right);
}

TEST(Judge, ChangesWhatDiffersInOneIdOnly) {
    EXPECT_EQ(judge(file_of({1000, 0}), rules()), Verdict::change);
    EXPECT_EQ(judge(file_of({0, 1001}), rules()), Verdict::change);
}

TEST(Judge, SkipsNothingWhereOwnersAreAmbiguous) {
    EXPECT_EQ(judge(file_of(app), rules(LinkRule::allow, Owners::ambiguous)), Verdict::change);
}

TEST(Judge, RefusesFilesOfSeveralNamesWhereLinksCanBePlanted) {
    EXPECT_EQ(judge(file_of({0, 0}, 2), rules(LinkRule::refuse)), Verdict::planted_link);
    EXPECT_EQ(judge(file_of({0, 0}, 2), rules(LinkRule::allow)), Verdict::change);
    EXPECT_EQ(judge(file_of({0, 0}, 1), rules(LinkRule::refuse)), Verdict::change_pinned);
    EXPECT_EQ(judge(file_of({0, 0}, 3, S_IFDIR), rules(LinkRule::refuse)), Verdict::change);
}

TEST(Judge, NeverGivesADeviceAway) {
    EXPECT_EQ(judge(file_of({0, 0}, 1, S_IFBLK), rules()), Verdict::device);
    EXPECT_EQ(judge(file_of({0, 0}, 1, S_IFCHR), rules()), Verdict::device);
    EXPECT_EQ(judge(file_of({0, 0}, 1, S_IFIFO), rules()), Verdict::change);
    EXPECT_EQ(judge(file_of({0, 0}, 1, S_IFSOCK), rules()), Verdict::change);
    EXPECT_EQ(judge(file_of({0, 0}, 1, S_IFLNK), rules()), Verdict::change);
}

TEST(Judge, NeverChangesWhatIsGuarded) {
    Rules guarded = rules();
    guarded.guarded = {{1, 2}};
    EXPECT_EQ(judge(file_of({0, 0}), guarded), Verdict::guarded);
    EXPECT_EQ(judge(file_of(app), guarded), Verdict::right);
}

TEST(Marks, KeepTheTargetsUidAndHaveAGidThatIsNobodys) {
    for (gid_t target = 0; target < 4; ++target) {
        for (gid_t present = 0; present < 4; ++present) {
            const auto found = marks({1000, target}, {2000, present});
            ASSERT_FALSE(found.empty());
            for (const Owner mark : found) {
                EXPECT_EQ(mark.uid, 1000U);
                EXPECT_NE(mark.gid, target);
                EXPECT_NE(mark.gid, present);
            }
        }
    }
    EXPECT_EQ(marks({1000, 1000}, {0, 0}).front().gid, 1U);
    EXPECT_EQ(marks({1000, 1000}, {2000, 2000}).front().gid, 0U);
}

}  // namespace
}  // namespace stepdown
