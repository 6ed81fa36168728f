// SPDX-License-Identifier: Apache-2.0
// The plans of gosu and su-exec: credentials, HOME and the command, and nothing else.
#include "stepdown/compat/plan.h"

#include "support/plan/plan_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using Gids = std::vector<gid_t>;
using Variables = std::vector<std::string>;

Result<Plan> plan_as(Applet applet, const std::string& spec, const Process& process = container_root,
                     const Variables& variables = {"PATH=/bin"}) {
    static const Strings command({"tool"});
    const Strings environment(variables);
    return make_compat_plan(applet, {spec, command.data()}, {some_accounts(), process, environment.data()});
}

struct Row {
    const char* spec;
    Credentials gosu;
    Credentials su_exec;
    const char* home;
};

TEST(AppletPlan, SetsIdsAndGroupsAndHome) {
    const Row table[] = {
        {"app", {0, 1500, 1500, Gids{29, 44, 1500}}, {0, 1500, 1500, Gids{29, 44, 1500}}, "/srv/app"},
        {"app:audio", {0, 1500, 29, Gids{}}, {0, 1500, 29, Gids{29}}, "/srv/app"},
        {"games", {0, 5, 60, Gids{29}}, {0, 5, 60, Gids{29, 60}}, "/usr/games"},
        {"1000", {0, 1000, 0, Gids{}}, {0, 1000, 0, Gids{0}}, "/"},
        {"1000:1000", {0, 1000, 1000, Gids{}}, {0, 1000, 1000, Gids{1000}}, "/"},
        {"root", {0, 0, 0, Gids{6}}, {0, 0, 0, Gids{0, 6}}, "/root"},
        {":1000", {0, 0, 1000, Gids{}}, {0, 0, 1000, Gids{1000}}, "/root"},
    };
    for (const auto& [spec, gosu, su_exec, home] : table) {
        const auto as_gosu = plan_as(Applet::gosu, spec);
        const auto as_su_exec = plan_as(Applet::su_exec, spec);
        ASSERT_TRUE(as_gosu && as_su_exec) << spec;
        EXPECT_EQ(as_gosu->credentials, gosu) << spec;
        EXPECT_EQ(as_su_exec->credentials, su_exec) << spec;
        EXPECT_EQ(as_gosu->environment, (std::vector<EnvironmentChange>{{"HOME", home}})) << spec;
        EXPECT_EQ(as_su_exec->environment, as_gosu->environment) << spec;
    }
}

TEST(AppletPlan, AsksForTheIdsEvenWithoutTheRight) {
    const auto plan = plan_as(Applet::gosu, "app", user_1000);
    EXPECT_EQ(plan->credentials, (Credentials{1000, 1500, 1500, Gids{29, 44, 1500}}));
    EXPECT_TRUE(plan->errors.empty()) << "the kernel's refusal is what gosu reports";
}

TEST(AppletPlan, TakesNothingFromTheSettings) {
    const Variables variables{"GOSU_UMASK=0", "GOSU_CHOWN=/", "GOSU_CHONW=/", "GOSU_HOME=/x", "PATH=/bin"};
    for (const Applet applet : {Applet::gosu, Applet::su_exec}) {
        const auto plan = plan_as(applet, "app", container_root, variables);
        EXPECT_EQ(plan->umask, std::nullopt);
        EXPECT_EQ(plan->stdio, std::nullopt);
        EXPECT_TRUE(plan->ownership.operands.empty());
        EXPECT_TRUE(plan->warnings.empty());
        EXPECT_EQ(plan->environment.size(), 1U);
        EXPECT_STREQ(*plan->command, "tool");
    }
}

TEST(AppletPlan, FailsWithThePeersReason) {
    EXPECT_EQ(plan_as(Applet::gosu, "missing").error().message,
              "unable to find user missing: no matching entries in passwd file");
    EXPECT_THAT(plan_as(Applet::su_exec, "missing").error().message, testing::HasSubstr("getpwnam(missing)"));
}

// gosu runs nothing from a relative directory and has no default PATH.
TEST(AppletPlan, SearchesAsThePeerDoes) {
    struct PathRow {
        Variables variables;
        SearchPath gosu;
        SearchPath su_exec;
    };
    const PathRow table[] = {
        {{"PATH=/a:/b"}, {"/a", "/b"}, {"/a", "/b"}},
        {{"PATH=rel:/a::."}, {"/a"}, {"rel", "/a", "", "."}},
        {{"PATH="}, {}, {""}},
        {{}, {}, split_path(default_path)},
    };
    for (const auto& [variables, gosu, su_exec] : table) {
        EXPECT_EQ(plan_as(Applet::gosu, "app", container_root, variables)->path, gosu);
        EXPECT_EQ(plan_as(Applet::su_exec, "app", container_root, variables)->path, su_exec);
    }
}

}  // namespace
}  // namespace stepdown::test
