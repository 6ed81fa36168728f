// SPDX-License-Identifier: Apache-2.0
// What a body writes on standard error.
#pragma once

#include "stepdown/base/unique_fd.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <functional>
#include <string>

namespace stepdown::test {

inline std::string read_all(int fd) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
}

// Runs body in a forked child whose standard error is a pipe. Expectations that fail there are printed on standard
// output and fail the caller's test.
inline std::string stderr_of(const std::function<void()>& body) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    static_cast<void>(::fflush(nullptr));
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(writer.get(), STDERR_FILENO);
        body();
        static_cast<void>(::fflush(nullptr));
        ::_exit(::testing::Test::HasFailure() ? 1 : 0);
    }
    writer = UniqueFd();
    std::string text = read_all(reader.get());
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0) << "the child failed: " << text;
    return text;
}

}  // namespace stepdown::test
