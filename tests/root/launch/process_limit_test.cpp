// SPDX-License-Identifier: Apache-2.0
// Commands that the kernel refuses for reasons outside their files: the user's processes, and file capabilities.
#include "support/files/file_capabilities.h"
#include "support/files/permission_failure.h"
#include "support/process/expect.h"
#include "support/process/processes.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <string>
#include <vector>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ProcessLimit, ThatIsUsedUpIsNamedByTheStartAndTheDryRun) {
    constexpr uid_t uid = 34567;
    const Processes two(2, uid);
    const Words words{"-u", "34567:34567", "/bin/true"};
    const std::string advice = "uid 34567 has as many processes as its limit allows (ulimit -u)";
    const auto limited = [&](Command command, rlim_t most) { return command.after(limit(RLIMIT_NPROC, most, most)); };
    expect_failed(run(limited(stepdown(words), 1)), 126,
                  {"cannot run /bin/true: Resource temporarily unavailable. " + advice});
    EXPECT_THAT(page_of(limited(dry(words), 1), 125),
                HasSubstr("problem   cannot run /bin/true: Resource temporarily unavailable. " + advice));
    EXPECT_THAT(page_of(limited(dry({"-u", "34567:34567"}), 1), 125), HasSubstr(advice)) << "without a command";
    // The kernel lets the last one in.
    EXPECT_EQ(run(limited(stepdown(words), 2)).exit_code, 0);
    EXPECT_THAT(page_of(limited(dry(words), 2)), Not(HasSubstr("problem")));
}

class FileCapabilities : public PermissionFailure {};

TEST_F(FileCapabilities, ThatTheBoundingSetLacksAreNamedByTheStartAndTheDryRun) {
    const std::string tool = at("tool");
    write_file(tool, read_file("/bin/true"), 0755);
    STEPDOWN_SKIP_IF(set_file_capabilities(tool, net_raw, true));
    const std::string advice =
        " has the file capabilities NET_RAW (getcap(8)), which the bounding set lacks. Start the container with "
        "cap_add: [NET_RAW]";
    const std::string dropped = "cannot run " + tool + ": Operation not permitted. It" + advice;
    const std::string refused = dropped + ", and add them to --caps";
    const Words narrowed{"-u", "app", "--caps", "net_bind_service", tool};
    expect_failed(run(stepdown(narrowed)), 126, {refused});
    EXPECT_THAT(page_of(dry(narrowed), 125), HasSubstr("problem   " + refused + "\n"));
    Words nothing_gained = narrowed;
    nothing_gained.insert(nothing_gained.begin(), "--no-new-privs");
    expect_failed(run(stepdown(nothing_gained)), 126, {refused});
    EXPECT_THAT(page_of(dry(nothing_gained), 125), HasSubstr(refused));
    Command by_variable = stepdown({tool});
    expect_failed(run(by_variable.with({"GOSU_USER=app", "GOSU_CAPS=none"})), 126,
                  {dropped + ", and add them to GOSU_CAPS\n"});
    expect_failed(run(stepdown({"-u", "app", tool}).after(without_capabilities({13}))), 126, {dropped + "\n"});
    const std::string over = script("over", 0755, "#!" + tool);
    expect_failed(run(stepdown({"-u", "app", "--caps", "none", over})), 126, {tool + advice});
    EXPECT_EQ(run(stepdown({"-u", "app", tool})).exit_code, 0);
    EXPECT_THAT(page_of(dry({"-u", "app", tool})), Not(HasSubstr("problem")));
}

// Unread, it has its capabilities all the same.
TEST_F(FileCapabilities, OfAProgramThatTheUserCannotReadAreNamed) {
    const std::string tool = at("tool");
    write_file(tool, read_file("/bin/true"), 0711);
    STEPDOWN_SKIP_IF(set_file_capabilities(tool, net_raw, true));
    const Words narrowed{"-u", "app", "--caps", "none", tool};
    expect_failed(run(stepdown(narrowed)), 126, {"which the bounding set lacks"});
    EXPECT_THAT(page_of(dry(narrowed), 125), HasSubstr("which the bounding set lacks"));
}

TEST_F(FileCapabilities, ThatTheProgramCanDoWithoutAreNoProblem) {
    const std::string tool = at("tool");
    write_file(tool, read_file("/bin/true"), 0755);
    STEPDOWN_SKIP_IF(set_file_capabilities(tool, net_raw, false));
    const Words narrowed{"-u", "app", "--caps", "none", tool};
    EXPECT_EQ(run(stepdown(narrowed)).exit_code, 0);
    EXPECT_THAT(page_of(dry(narrowed)), Not(HasSubstr("problem")));
}

}  // namespace
}  // namespace stepdown::test
