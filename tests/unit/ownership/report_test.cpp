// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/report.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace stepdown {
namespace {

std::function<ErrorText()> at(const std::string& path, const std::string& reason = "") {
    return [path, reason] { return ErrorText{path, reason}; };
}

TEST(Report, SumsUpByErrnoTheMostFrequentFirst) {
    Report report("/data");
    report.add({120000, 100, 0});
    report.failed(Operation::change, EIO, at("/data/a"));
    report.failed(Operation::change, EPERM, at("/data/b"));
    report.failed(Operation::change, EPERM, at("/data/c"));
    EXPECT_EQ(report.summary(), "3 of 120,000 entries could not be changed: 2 EPERM, 1 EIO");
    EXPECT_EQ(report.result().failed, 3U);
}

TEST(Report, PutsTheFirstFiveInWords) {
    Report report("/data");
    for (int i = 0; i < 9; ++i) report.failed(Operation::change, EIO, at("/data/" + std::to_string(i)));
    ASSERT_EQ(report.errors().size(), 5U);
    EXPECT_EQ(report.errors()[4], "cannot change the owner of /data/4: Input/output error");
    EXPECT_EQ(report.failures(), 9U);
}

TEST(Report, EscapesNames) {
    Report report("/data");
    report.failed(Operation::look, EIO, at("/data/\x1b[31m"));
    EXPECT_EQ(report.errors().at(0), "cannot look at /data/\\x1b[31m: Input/output error");
}

TEST(Report, SaysInTheSummaryWhatWasGivenUp) {
    Report report("/data");
    report.add({20, 3, 0});
    report.failed(Operation::change, no_effect, at("/data/a", "it did not"));
    report.gave_up("the rest was not tried: there is no space left");
    EXPECT_EQ(report.summary(),
              "1 of 20 entries could not be changed: 1 without effect; the rest was not tried: there is no space left");
    EXPECT_EQ(report.errors().at(0), "cannot change the owner of /data/a: it did not");
}

TEST(Report, AsksForAReasonOnlyWhereItIsPrinted) {
    Report report("/data");
    int asked = 0;
    for (int i = 0; i < 9; ++i)
        report.failed(Operation::change, EIO, [&asked] { return ErrorText{"/data/a", std::to_string(++asked)}; });
    EXPECT_EQ(asked, 5);
    EXPECT_EQ(report.errors()[4], "cannot change the owner of /data/a: Input/output error. 5");
}

TEST(Report, WarnsOnceOfEachKindThatWasSkipped) {
    Report report("/data");
    report.add_skipped(Skipped::device, "/data/sda");
    report.add_skipped(Skipped::planted_link, "/data/x");
    report.add_skipped(Skipped::planted_link, "/data/y");
    const auto warnings = report.warnings("--chown-hardlinks");
    ASSERT_EQ(warnings.size(), 2U);
    EXPECT_EQ(warnings[0], "1 device keeps its owner: /data/sda");
    EXPECT_NE(warnings[1].find("2 files that have several names keep their owners, the first is /data/x"),
              std::string::npos);
    EXPECT_TRUE(warnings[1].ends_with(". Give --chown-hardlinks allow to change their owner all the same"));
}

TEST(Report, NamesADirectoryThatWasMetBelowItself) {
    Report report("/data");
    report.add_skipped(Skipped::cycle, EntryPath(PathChain("/data"), "a"));
    EXPECT_NE(report.warnings("--chown-hardlinks")
                  .at(0)
                  .find("1 directory was not entered: /data/a. It is also one of the directories"),
              std::string::npos);
}

}  // namespace
}  // namespace stepdown
