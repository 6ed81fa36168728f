#include "stepdown/ownership/report.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace stepdown {
namespace {

TEST(Report, SumsUpByErrnoTheMostFrequentFirst) {
    Report report("/data");
    report.add({120000, 100, 0});
    report.failed(Act::change, EIO, "/data/a");
    report.failed(Act::change, EPERM, "/data/b");
    report.failed(Act::change, EPERM, "/data/c");
    EXPECT_EQ(report.summary(), "3 of 120,000 entries could not be changed: 2 EPERM, 1 EIO");
    EXPECT_EQ(report.result().failed, 3U);
}

TEST(Report, PutsTheFirstFiveInWords) {
    Report report("/data");
    for (int i = 0; i < 9; ++i) report.failed(Act::change, EIO, "/data/" + std::to_string(i));
    ASSERT_EQ(report.errors().size(), 5U);
    EXPECT_EQ(report.errors()[4], "cannot change the owner of /data/4: Input/output error");
    EXPECT_EQ(report.failures(), 9U);
}

TEST(Report, EscapesNames) {
    Report report("/data");
    report.failed(Act::look, EIO, "/data/\x1b[31m");
    EXPECT_EQ(report.errors().at(0), "cannot look at /data/\\x1b[31m: Input/output error");
}

TEST(Report, IsHopelessAtOnceWhenTheOwnerIsNotMapped) {
    Report report("/data");
    EXPECT_FALSE(report.hopeless());
    report.failed(Act::change, EINVAL, "/data/a");
    EXPECT_TRUE(report.hopeless());
}

TEST(Report, IsHopelessAfterSixteenTimesNoSpace) {
    for (const int number : {ENOSPC, EDQUOT}) {
        Report report("/data");
        for (int i = 0; i < 15; ++i) report.failed(Act::change, number, "/data/a");
        EXPECT_FALSE(report.hopeless());
        report.failed(Act::change, number, "/data/a");
        EXPECT_TRUE(report.hopeless());
    }
}

TEST(Report, IsHopelessAfter256RefusalsOnlyIfNothingSucceeded) {
    Report without("/data");
    Report with("/data");
    with.succeeded();
    for (int i = 0; i < 255; ++i) without.failed(Act::change, EPERM, "/data/a");
    EXPECT_FALSE(without.hopeless());
    without.failed(Act::change, EPERM, "/data/a");
    EXPECT_TRUE(without.hopeless());
    for (int i = 0; i < 500; ++i) with.failed(Act::change, EPERM, "/data/a");
    EXPECT_FALSE(with.hopeless());
}

TEST(Report, WarnsOnceOfEachKindThatWasSpared) {
    Report report("/data");
    report.spared(Spared::device, "/data/sda");
    report.spared(Spared::planted_link, "/data/x");
    report.spared(Spared::planted_link, "/data/y");
    const auto warnings = report.warnings();
    ASSERT_EQ(warnings.size(), 2U);
    EXPECT_EQ(warnings[0], "1 device keeps its owner: /data/sda");
    EXPECT_NE(warnings[1].find("2 files that have several names keep their owners, the first is /data/x"),
              std::string::npos);
}

}  // namespace
}  // namespace stepdown
