// SPDX-License-Identifier: Apache-2.0
// GOSU_CAPS in the built program: exactly the listed capabilities, in all five sets of /proc/self/status.
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr int cap_setpcap = 8;

const char* const none = "0000000000000000";
const char* const bind = "0000000000000400";

void expect_capabilities(const Seen& seen, const std::string& sets, const std::string& bounding) {
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) EXPECT_EQ(seen.one(set), sets) << set;
    EXPECT_EQ(seen.one("CapBnd"), bounding);
}

struct Kept {
    std::string list;
    std::string sets;
};

const Kept table[] = {{"net_bind_service", bind},
                      {"CAP_NET_BIND_SERVICE,sys_nice", "0000000000800400"},
                      {"setuid", "0000000000000080"},
                      {"none", none}};

TEST(Capabilities, AreExactlyThoseForAUser) {
    for (const auto& [list, sets] : table) {
        const Outcome outcome = run(stepdown(and_see({})).with({"GOSU_USER=app", "GOSU_CAPS=" + list}));
        const Seen after = seen(outcome);
        expect_capabilities(after, sets, sets);
        EXPECT_EQ(after.ids(), "1500:1500 29 44") << list;
        EXPECT_EQ(outcome.err, "") << list;
    }
}

// execve(2) gives root whatever is bounding or inheritable.
TEST(Capabilities, AreExactlyThoseForRoot) {
    for (const auto& [list, sets] : table) {
        const Outcome outcome = run(stepdown(and_see({"-u", "root", "--caps", list})));
        expect_capabilities(seen(outcome), sets, sets);
        EXPECT_EQ(outcome.err, "") << list;
    }
}

TEST(Capabilities, OfSetuidKeepTheWayBackToRoot) {
    const Outcome outcome = run(stepdown({"-u", "app", "--caps=setuid", programs().probe, "regain"}));
    EXPECT_THAT(outcome.out, HasSubstr("setuid(0) worked"));
}

TEST(Capabilities, AreExactlyThoseFromUserToUser) {
    const auto able =
        ids_with_capabilities(1000, 1000, {}, {cap_setuid, cap_setgid, cap_setpcap, cap_net_bind_service});
    for (const auto& [user, ids] : {std::pair("1000:1000", "1000:1000"), std::pair("2000:2000", "2000:2000")}) {
        const Outcome outcome = run(stepdown(and_see({"-u", user, "--caps=net_bind_service"})).after(able));
        const Seen after = seen(outcome);
        expect_capabilities(after, bind, bind);
        EXPECT_EQ(after.ids(), ids);
        EXPECT_EQ(outcome.err, "");
    }
    const Seen after = seen(run(stepdown(and_see({"--caps=none"})).after(able)));
    expect_capabilities(after, none, none);
    EXPECT_EQ(after.ids(), "1000:1000");
}

TEST(Capabilities, ThatAreKeptLeaveNoWayBackToRoot) {
    const Outcome outcome = run(stepdown({"-u", "app", "--caps=net_bind_service", programs().probe, "regain"}));
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    EXPECT_THAT(outcome.out, HasSubstr("setuid(0) refused"));
    EXPECT_THAT(outcome.out, Not(HasSubstr("worked")));
}

TEST(Capabilities, LetAServerBindAPrivilegedPort) {
    STEPDOWN_SKIP_IF(setup_error_of({loopback_network()}));
    const Words serve{programs().probe, "serve", "80"};
    const auto start = [&serve](Words words) {
        words.insert(words.end(), serve.begin(), serve.end());
        return run(stepdown(words).after(loopback_network()));
    };
    expect_silent_success(start({"-u", "app", "--caps=net_bind_service"}));
    expect_silent_success(start({"-u", "app", "--caps=net_bind_service", "sh", "-c", "\"$@\"", "sh"}));
    EXPECT_EQ(start({"-u", "app"}).exit_code, EACCES);
    EXPECT_EQ(start({"-u", "app", "--caps=sys_nice"}).exit_code, EACCES);
    EXPECT_EQ(start({"-u", "root", "--caps=none"}).exit_code, EACCES);
}

TEST(Capabilities, ThatAreMissingAreNamed) {
    const auto start = [](const Words& words, std::vector<int> missing) {
        return run(stepdown(words).after(without_capabilities(std::move(missing))));
    };
    expect_refused(start({"-u", "app", "--caps=net_bind_service", "true"}, {cap_setpcap}),
                   {"--caps=net_bind_service", "SETPCAP", "cap_add: [SETPCAP]"});
    expect_refused(start({"-u", "app", "--caps=net_bind_service", "true"}, {cap_net_bind_service}),
                   {"NET_BIND_SERVICE", "cap_add: [NET_BIND_SERVICE]"});
    expect_refused(run(stepdown({"-u", "app", "--caps=net_bind", "true"})), {"net_bind", "NET_BIND_SERVICE"});
}

TEST(Capabilities, AreDroppedAsFarAsAUserMay) {
    const auto start = [](const Words& words) {
        return run(stepdown(words)
                       .with({"GOSU_CAPS=none"})
                       .after(ids_with_capabilities(1000, 1000, {}, {cap_net_bind_service})));
    };
    const Outcome outcome = start(and_see({}));
    const Seen after = seen(outcome);
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) EXPECT_EQ(after.one(set), none) << set;
    EXPECT_NE(after.one("CapBnd"), none);
    ASSERT_THAT(messages(outcome), SizeIs(1)) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("SETPCAP"));
    expect_refused(start({"--strict", "true"}), {"GOSU_CAPS=none", "SETPCAP"});
}

TEST(Capabilities, AreShownByADryRun) {
    const auto caps_of = [](const Words& words) {
        const Outcome outcome = run(stepdown(words));
        const auto at = outcome.out.find("\ncaps ");
        return at == std::string::npos ? describe(outcome)
                                       : outcome.out.substr(at + 1, outcome.out.find('\n', at + 1) - at - 1);
    };
    EXPECT_EQ(caps_of({"--dry-run", "-u", "app", "--caps=sys_nice,chown"}), "caps      CHOWN, SYS_NICE");
    EXPECT_EQ(caps_of({"--dry-run", "-u", "app", "--caps=none"}), "caps      none");
    EXPECT_EQ(caps_of({"--dry-run", "-u", "app"}), "caps      none; the bounding set is unchanged");
    EXPECT_EQ(caps_of({"--dry-run", "-u", "root"}), "caps      as they are");
}

// podman run --user 1000 --cap-add NET_BIND_SERVICE
TEST(Capabilities, ThatThePlatformGaveAUserStayAndAreNamed) {
    const auto given = ids_with_capabilities(1000, 1000, {}, {cap_net_bind_service});
    for (const Words& user : {Words{}, Words{"-u", "1000:1000"}}) {
        const auto start = [&](const Words& more) {
            Words words = user;
            words.insert(words.end(), more.begin(), more.end());
            return run(stepdown(words).after(given));
        };
        const Outcome outcome = start(and_see({"--log-level", "debug"}));
        for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) EXPECT_EQ(seen(outcome).one(set), bind) << set;
        EXPECT_THAT(outcome.err, HasSubstr("debug: the command keeps the capabilities NET_BIND_SERVICE. Set "
                                           "GOSU_CAPS=none if it is to have none\n"));
        EXPECT_EQ(start({"true"}).err, "");
        EXPECT_THAT(start({"--dry-run"}).out, HasSubstr("\ncaps      NET_BIND_SERVICE, as the platform gave them; "));
        EXPECT_THAT(start({"--dry-run", "--json"}).out, HasSubstr(R"("capabilities":["NET_BIND_SERVICE"],)"));
        const Outcome cleared = start(and_see({"--caps=none"}));
        EXPECT_EQ(cleared.exit_code, 125) << "a flag that is honoured only in part";
    }
    EXPECT_THAT(run(stepdown({"--dry-run"}).after(ids(1000, 1000))).out, HasSubstr("\ncaps      none; "));
    const Outcome cleared = run(stepdown(and_see({"--log-level", "debug"})).with({"GOSU_CAPS=none"}).after(given));
    EXPECT_EQ(seen(cleared).one("CapAmb"), none);
    EXPECT_THAT(cleared.err, Not(HasSubstr("the command keeps")));
}

TEST(Capabilities, BelongToTheStartAndNotToACall) {
    Command call = stepdown(and_see({"-u", "app"})).with({"GOSU_USER=app", "GOSU_CAPS=net_bind_service"});
    EXPECT_EQ(seen(run(call)).one("CapPrm"), none);
}

}  // namespace
}  // namespace stepdown::test
