// SPDX-License-Identifier: Apache-2.0

#include "support/process/expect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <sstream>

namespace stepdown::test {

void expect_failed(const Outcome& outcome, int exit_code, const std::vector<std::string>& words) {
    EXPECT_EQ(outcome.exit_code, exit_code) << describe(outcome);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, testing::StartsWith("stepdown: "));
    for (const auto& word : words) EXPECT_THAT(outcome.err, testing::HasSubstr(word));
}

void expect_refused(const Outcome& outcome, const std::vector<std::string>& words) {
    expect_failed(outcome, 125, words);
}

void expect_silent_success(const Outcome& outcome) {
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_EQ(outcome.err, "");
}

std::vector<std::string> messages(const Outcome& outcome) {
    std::istringstream stream(outcome.err);
    std::vector<std::string> result;
    for (std::string line; std::getline(stream, line);) result.push_back(line);
    return result;
}

bool names_setting(const std::string& text, const std::string& setting) {
    std::string folded = text;
    std::transform(folded.begin(), folded.end(), folded.begin(),
                   [](unsigned char c) { return c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
    return folded.find("--" + setting) != std::string::npos || folded.find("gosu-" + setting) != std::string::npos;
}

}  // namespace stepdown::test
