// SPDX-License-Identifier: Apache-2.0
// Which process of a dry run opens which file. Only the release build is traced: LeakSanitizer stops under strace.
#include "support/files/permission_failure.h"
#include "support/process/strace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// The calls of a dry run that open something to read it, of the first process and of its children.
struct Opens {
    std::string roots;
    std::string users;
};

Opens opens_of(Words words) {
    const TemporaryDirectory directory;
    const Outcome outcome = run(under_strace(
        {"-f", "-qq", "-s", "300", "-e", "trace=open,openat,openat2", "-o", directory / "log"}, dry(std::move(words))));
    EXPECT_NE(outcome.exit_code, -1) << describe(outcome);
    std::istringstream log(read_file(directory / "log"));
    Opens opens;
    std::string first;
    for (std::string line; std::getline(log, line);) {
        const std::string process = line.substr(0, line.find(' '));
        if (first.empty()) first = process;
        if (line.find("O_PATH") != std::string::npos) continue;
        (process == first ? opens.roots : opens.users) += line + '\n';
    }
    return opens;
}

using DryRunOfACommand = PermissionFailure;

// Between two looks the user can put anything in the place of its own file: a FIFO that is root's alone, a tape.
TEST_F(DryRunOfACommand, OpensItAsTheUserAlone) {
    STEPDOWN_SKIP_IF(no_strace());
    const std::string bin = directory("bin");
    write_file(bin + "/program", read_file("/bin/true"), 0755);
    script("bin/inner", 0755, "#!" + bin + "/program");
    script("bin/outer", 0755, "#!" + bin + "/inner");
    script("bin/with-env", 0755, "#!/usr/bin/env program");
    script("bin/hidden", 0711);
    script("bin/closed", 0700);
    for (const std::string name : {"program", "outer", "with-env", "hidden", "closed", "none"}) {
        // With a change of the owner that may open the way, and without.
        for (const Words& more : {Words{}, Words{"-c", bin}}) {
            Words words{"-u", "app"};
            words.insert(words.end(), more.begin(), more.end());
            words.push_back(bin + "/" + name);
            const Opens opens = opens_of(words);
            std::istringstream lines(opens.roots);
            for (std::string line; std::getline(lines, line);) EXPECT_THAT(line, Not(HasSubstr("bin/" + name)));
            EXPECT_THAT(opens.roots, Not(HasSubstr("bin/inner\"")));
            EXPECT_THAT(opens.roots, Not(HasSubstr("bin/program\"")));
            if (name == "outer") {
                EXPECT_THAT(opens.users, HasSubstr("bin/inner\""));
                EXPECT_THAT(opens.users, HasSubstr("bin/program\""));
            }
        }
    }
}

}  // namespace
}  // namespace stepdown::test
