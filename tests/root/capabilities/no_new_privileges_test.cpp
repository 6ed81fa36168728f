// SPDX-License-Identifier: Apache-2.0
// GOSU_NO_NEW_PRIVS in the built program: set-id programs give nothing any more.
#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace stepdown::test {
namespace {

TEST(NoNewPrivileges, AreSetWhoeverRuns) {
    for (Command command : {stepdown(and_see({"-u", "app", "--no-new-privs"})),
                            stepdown(and_see({})).with({"GOSU_USER=app", "GOSU_NO_NEW_PRIVS=1"}),
                            stepdown(and_see({"-u", "root", "--no-new-privs"})),
                            stepdown(and_see({"--no-new-privs"})).after(ids(1000, 1000)),
                            stepdown(and_see({"-u", "app", "--no-new-privs", "--caps=chown"})),
                            stepdown(and_see({"-u", "app"})).with({"GOSU_USER=root", "GOSU_NO_NEW_PRIVS=1"})}) {
        const Outcome outcome = run(command);
        EXPECT_EQ(seen(outcome).one("NoNewPrivs"), "1") << describe(outcome);
        EXPECT_EQ(outcome.err, "");
    }
    EXPECT_EQ(seen(run(stepdown(and_see({"-u", "app"})))).one("NoNewPrivs"), "0");
}

// A copy of the probe with the set-uid and set-gid bits, root's.
class SetIdProbe {
  public:
    SetIdProbe() {
        std::filesystem::copy_file(programs().probe, path());
        std::filesystem::permissions(path(), static_cast<std::filesystem::perms>(06755));
    }
    [[nodiscard]] std::string path() const { return directory_ / "probe"; }

  private:
    TemporaryDirectory directory_;
};

TEST(NoNewPrivileges, LetASetIdProgramGainNothing) {
    const SetIdProbe probe;
    const auto ids_of = [&probe](const Words& words) {
        Words all = words;
        all.insert(all.end(), {probe.path(), "see"});
        const Seen after = seen(run(stepdown(all)));
        return after.uid() + " " + after.gid() + " " + after.one("CapEff");
    };
    ASSERT_NE(ids_of({"-u", "app"}), "1500 1500 0000000000000000") << "the bits mean nothing on this file system";
    EXPECT_EQ(ids_of({"-u", "app", "--no-new-privs"}), "1500 1500 0000000000000000");
}

TEST(NoNewPrivileges, LeaveTheKeptCapabilitiesAsTheyAre) {
    const Seen after = seen(run(stepdown(and_see({"-u", "app", "--no-new-privs", "--caps=net_bind_service"}))));
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
        EXPECT_EQ(after.one(set), "0000000000000400") << set;
    }
}

TEST(NoNewPrivileges, AreShownByADryRun) {
    EXPECT_THAT(run(stepdown({"--dry-run", "-u", "app", "--no-new-privs"})).out,
                testing::HasSubstr("new privs none, for good\n"));
    EXPECT_THAT(run(stepdown({"--dry-run", "-u", "app"})).out, testing::HasSubstr("new privs unchanged\n"));
}

}  // namespace
}  // namespace stepdown::test
