// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/verdict.h"

#include <gtest/gtest.h>

#include <cstdint>

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

Rules rules(HardLinks links = HardLinks::allow, OwnerMatch match = OwnerMatch::exact) {
    return {app, match, links, {}};
}

TEST(Judge, TakesAFileWhoseLinksAreNotCountedForOneWithOtherNames) {
    EXPECT_EQ(judge(file_of({}, 0), rules(HardLinks::refuse)), Verdict::planted_link);
    EXPECT_EQ(judge(file_of({}, 1), rules(HardLinks::refuse)), Verdict::change_pinned);
}

TEST(Judge, LeavesWhatIsRightAlone) {
    EXPECT_EQ(judge(file_of(app), rules()), Verdict::right);
    EXPECT_EQ(judge(file_of(app, 1, S_IFBLK), rules()), Verdict::right);
    EXPECT_EQ(judge(file_of(app, 2), rules(HardLinks::refuse)), Verdict::right);
}

TEST(Judge, ChangesWhatDiffersInOneIdOnly) {
    EXPECT_EQ(judge(file_of({1000, 0}), rules()), Verdict::change);
    EXPECT_EQ(judge(file_of({0, 1001}), rules()), Verdict::change);
}

TEST(Judge, SkipsNothingWhereOwnersAreAmbiguous) {
    EXPECT_EQ(judge(file_of(app), rules(HardLinks::allow, OwnerMatch::ambiguous)), Verdict::change);
}

TEST(Judge, RefusesFilesOfSeveralNamesWhereLinksCanBePlanted) {
    EXPECT_EQ(judge(file_of({0, 0}, 2), rules(HardLinks::refuse)), Verdict::planted_link);
    EXPECT_EQ(judge(file_of({0, 0}, 2), rules(HardLinks::allow)), Verdict::change);
    EXPECT_EQ(judge(file_of({0, 0}, 1), rules(HardLinks::refuse)), Verdict::change_pinned);
    EXPECT_EQ(judge(file_of({0, 0}, 3, S_IFDIR), rules(HardLinks::refuse)), Verdict::change);
}

TEST(Judge, NeverGivesADeviceAway) {
    EXPECT_EQ(judge(file_of({0, 0}, 1, S_IFBLK), rules()), Verdict::device);
    EXPECT_EQ(judge(file_of({0, 0}, 1, S_IFCHR), rules()), Verdict::device);
    EXPECT_EQ(judge(file_of({0, 0}, 1, S_IFIFO), rules()), Verdict::change);
    EXPECT_EQ(judge(file_of({0, 0}, 1, S_IFSOCK), rules()), Verdict::change);
    EXPECT_EQ(judge(file_of({0, 0}, 1, S_IFLNK), rules()), Verdict::change);
}

TEST(Judge, NeverChangesWhatIsProtected) {
    Rules protect = rules();
    protect.protected_files = {{1, 2}};
    EXPECT_EQ(judge(file_of({0, 0}), protect), Verdict::protected_file);
    EXPECT_EQ(judge(file_of(app), protect), Verdict::right);
}

TEST(InProgressOwners, KeepTheTargetsUidAndProveNothingToAnyLaterStart) {
    for (gid_t target = 0; target < 4; ++target) {
        for (gid_t present = 0; present < 4; ++present) {
            for (const uid_t uid : {1000U, 2000U}) {
                if (uid == 1000 && target == present) continue;
                const auto found = in_progress_owners({1000, target}, {uid, present});
                ASSERT_FALSE(found.empty());
                EXPECT_FALSE(proves_completion(found.front())) << target << ' ' << present;
                for (const Owner mark : found) {
                    EXPECT_EQ(mark.uid, 1000U);
                    EXPECT_NE(mark.gid, target);
                }
            }
        }
    }
}

TEST(InProgressOwners, HaveTheSmallestGidThatIsNeitherTheTargetsNorThePresentOne) {
    EXPECT_EQ(in_progress_owners({1000, 1000}, {0, 0}), (std::vector<Owner>{{1000, 1}, {1000, 2}}));
    EXPECT_EQ(in_progress_owners({1000, 1}, {0, 0}), (std::vector<Owner>{{1000, 2}}));
    EXPECT_EQ(in_progress_owners({1000, 1000}, {1000, 1}), (std::vector<Owner>{{1000, 2}, {1000, 0}}));
}

TEST(InProgressOwners, AreNotNeededWhereTheTargetItselfProvesNothing) {
    EXPECT_TRUE(in_progress_owners({1000, 1}, {1000, 1}).empty());
}

TEST(InProgressOwners, KeepThePresentGidWhereItAndTheTargetsAreTheTwo) {
    EXPECT_EQ(in_progress_owners({1000, 1}, {2000, 2}).front(), (Owner{1000, 2}));
    EXPECT_EQ(in_progress_owners({1000, 2}, {2000, 1}).front(), (Owner{1000, 1}));
}

// Airflow's and OpenShift's users have gid 0: their right trees are to cost one look.
TEST(InProgressOwners, TakeNoOrdinaryOwnerForAMark) {
    for (const Owner ordinary : {Owner{1000, 0}, Owner{0, 0}, Owner{1, 3}, Owner{999, 999}, Owner{65534, 65534}}) {
        EXPECT_TRUE(proves_completion(ordinary));
    }
}

}  // namespace
}  // namespace stepdown
