// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/result.h"

#include "stepdown/base/unique_fd.h"

#include <gtest/gtest.h>

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <memory>

namespace stepdown {
namespace {

Result<int> half_of(int number) {
    if (number % 2 != 0) return fail(MessageId::other, "it is odd", ExitCode::not_found);
    return number / 2;
}

Result<int> quarter_of(int number) {
    const int half = TRY(half_of(number));
    return TRY(half_of(half));
}

Result<void> need_even(int number) {
    static_cast<void>(TRY(half_of(number)));
    return {};
}

Result<void> need_two_even(int a, int b) {
    TRY(need_even(a));
    TRY(need_even(b));
    return {};
}

TEST(Try, GivesTheValueOrReturnsTheError) {
    EXPECT_EQ(*quarter_of(12), 3);
    for (const int number : {1, 2}) {
        const auto quarter = quarter_of(number);
        ASSERT_FALSE(quarter) << number;
        EXPECT_EQ(quarter.error().message, "it is odd");
        EXPECT_EQ(quarter.error().code, ExitCode::not_found);
    }
}

TEST(Try, StopsAtTheFirstError) {
    EXPECT_TRUE(need_two_even(2, 4));
    EXPECT_FALSE(need_two_even(1, 4));
    EXPECT_FALSE(need_two_even(2, 3));
}

TEST(Try, MovesWhatCannotBeCopied) {
    const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
    const auto pass = [&make]() -> Result<std::unique_ptr<int>> { return TRY(make()); };
    EXPECT_EQ(**pass(), 7);
}

TEST(Fail, IsAFailureOfOursUnlessToldOtherwise) {
    EXPECT_EQ(fail(MessageId::other, "x").value().code, ExitCode::failure);
    EXPECT_EQ(fail(MessageId::other, "x").value().number, 0);
    EXPECT_EQ(fail(MessageId::other, "x", ExitCode::not_executable).value().code, ExitCode::not_executable);
}

TEST(ExitCodes, AreThoseOfTheContract) {
    EXPECT_EQ(static_cast<int>(ExitCode::success), 0);
    EXPECT_EQ(static_cast<int>(ExitCode::compat_failure), 1);
    EXPECT_EQ(static_cast<int>(ExitCode::failure), 125);
    EXPECT_EQ(static_cast<int>(ExitCode::not_executable), 126);
    EXPECT_EQ(static_cast<int>(ExitCode::not_found), 127);
}

TEST(SystemError, SaysWhatAndWhyAndWhatToDo) {
    const Error plain = system_error("cannot open /data", EACCES).value();
    EXPECT_EQ(plain.message, "cannot open /data: Permission denied");
    EXPECT_EQ(plain.number, EACCES);
    EXPECT_EQ(plain.code, ExitCode::failure);
    EXPECT_EQ(system_error("cannot open /data", ENOENT, "Create it").value().message,
              "cannot open /data: No such file or directory. Create it");
}

TEST(Errno, HasATextAndAName) {
    EXPECT_EQ(errno_text(EPERM), "Operation not permitted");
    EXPECT_EQ(errno_name(EPERM), "EPERM");
    EXPECT_EQ(errno_name(ELOOP), "ELOOP");
    EXPECT_EQ(errno_name(9999), "errno 9999");
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST(UniqueFd, ClosesItselfOnce) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    {
        UniqueFd first(ends[0]);
        const UniqueFd second(std::move(first));
        EXPECT_FALSE(first.valid());  // NOLINT(bugprone-use-after-move): what is left is what is tested
        EXPECT_EQ(second.get(), ends[0]);
        EXPECT_TRUE(is_open(ends[0]));
    }
    EXPECT_FALSE(is_open(ends[0]));
    UniqueFd writer(ends[1]);
    writer = UniqueFd();
    EXPECT_FALSE(is_open(ends[1]));
    EXPECT_FALSE(UniqueFd().valid());
}

TEST(UniqueFd, IsGivenUpByRelease) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const UniqueFd reader(ends[0]);
    { EXPECT_EQ(UniqueFd(ends[1]).release(), ends[1]); }
    EXPECT_TRUE(is_open(ends[1]));
    ::close(ends[1]);
}

TEST(AddError, MakesTheFirstErrorAndThenItsFurtherOnes) {
    Result<void> all;
    add_error(all, fail(MessageId::user_unknown, "a", ExitCode::not_found).value());
    ASSERT_FALSE(all);
    EXPECT_EQ(all.error().count(), 1U);
    for (const char* message : {"b", "a", "c", "b"}) add_error(all, fail(MessageId::group_unknown, message).value());
    const Error& error = all.error();
    EXPECT_EQ(error.code, ExitCode::not_found);
    EXPECT_EQ(error.id, MessageId::user_unknown);
    ASSERT_EQ(error.count(), 3U) << "what was said is not said again";
    EXPECT_EQ(error.at(0).message + error.at(1).message + error.at(2).message, "abc");
    EXPECT_EQ(error.at(2).id, MessageId::group_unknown);
}

TEST(AddError, KeepsTheFurtherOnesOfTheNext) {
    Error next(Fault{.message = "c"});
    add_error(next, Error("d"));
    Result<void> all = Failure(Error("a"));
    add_error(all, next);
    ASSERT_EQ(all.error().count(), 3U);
    EXPECT_EQ(all.error().at(1).message + all.error().at(2).message, "cd");
}

}  // namespace
}  // namespace stepdown
