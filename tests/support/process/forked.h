// SPDX-License-Identifier: Apache-2.0
// Runs a function of the test in a forked child, for what a process cannot take back. Programs are started by
// process.h.
#pragma once

#include <gtest/gtest.h>

#include <unistd.h>

#include <functional>
#include <string>

namespace stepdown::test {

// The child returns this value if the body cannot run here.
inline constexpr int cannot_run = 77;

// Expectations that fail in body are printed there and fail the caller's test. The child ends with the value that body
// returns: 0, or cannot_run, after which the caller skips its test.
int in_child(const std::function<int()>& body);

// The same as nobody: uid 65534, without groups. Tests that root does not run keep their user.
int as_nobody(const std::function<int()>& body);

// The text that body writes on standard error, which is a pipe.
std::string stderr_of(const std::function<void()>& body);

}  // namespace stepdown::test
