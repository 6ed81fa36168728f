// SPDX-License-Identifier: Apache-2.0
// Skips a test that cannot run here.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace stepdown::test {

// Whether a missing prerequisite is a failure (STEPDOWN_TESTS_MUST_RUN=1) instead of a skip.
inline bool must_run() {
    const char* value = std::getenv("STEPDOWN_TESTS_MUST_RUN");
    return value != nullptr && std::string_view(value) == "1";
}

}  // namespace stepdown::test

// Skips the test, or fails it where tests must run, when problem (a std::optional<std::string>) holds one.
#define STEPDOWN_SKIP_IF(problem)                                                 \
    do {                                                                          \
        if (const auto found = (problem)) {                                       \
            if (::stepdown::test::must_run()) FAIL() << "cannot run: " << *found; \
            GTEST_SKIP() << "cannot run: " << *found;                             \
        }                                                                         \
    } while (false)
