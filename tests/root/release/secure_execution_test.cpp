// SPDX-License-Identifier: Apache-2.0
// A start with AT_SECURE set (getauxval(3)), which has a C library distrust the environment.
#include "support/process/programs.h"
#include "support/process/seen.h"

#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

// SELinux sets it at the start of every container: what is distrusted is the command's all the same.
TEST(SecureExecution, LeavesTheCommandItsEnvironment) {
    const std::vector<std::string> kept{"LD_LIBRARY_PATH=/x", "TMPDIR=/x", "RES_OPTIONS=debug", "LOCPATH=/x"};
    Command command = stepdown(and_see({"-u", "1000:1000"}));
    command.argv[0] = programs().stepdown;
    command.argv.insert(command.argv.begin(), SECURE_PROGRAM);
    command.file = SECURE_PROGRAM;
    command.environment.insert(command.environment.end(), kept.begin(), kept.end());
    const Outcome outcome = run(command);
    const Seen there = seen(outcome);
    EXPECT_EQ(there.ids(), "1000:1000");
    for (const std::string& variable : kept) {
        const auto equals = variable.find('=');
        EXPECT_EQ(there.variable(variable.substr(0, equals)), variable.substr(equals + 1)) << describe(outcome);
    }
}

}  // namespace
}  // namespace stepdown::test
