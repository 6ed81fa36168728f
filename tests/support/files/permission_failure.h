// SPDX-License-Identifier: Apache-2.0
// A dry run for a user who lacks a right, and the files that it is about.
#pragma once

#include "support/files/temporary.h"
#include "support/process/programs.h"

#include <gtest/gtest.h>

namespace stepdown::test {

inline constexpr Owner app{1500, 1500};

inline Command dry(Words words) {
    words.insert(words.begin(), "--dry-run");
    return stepdown(words);
}

// The page of a dry run that says that the start would succeed, or fail.
inline std::string page_of(const Command& command, int exit_code = 0) {
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, exit_code) << describe(outcome);
    return outcome.out + outcome.err;
}

class PermissionFailure : public testing::Test {
  protected:
    [[nodiscard]] std::string at(const std::string& name) const { return files_ / name; }
    // A directory of root's with this mode.
    std::string directory(const std::string& name, mode_t mode = 0755) const {
        make_directory(at(name), mode);
        return at(name);
    }
    std::string script(const std::string& name, mode_t mode = 0755, const std::string& first = "#!/bin/sh") const {
        write_file(at(name), first + "\n", mode);
        return at(name);
    }

  private:
    TemporaryDirectory files_;
};

}  // namespace stepdown::test
