// SPDX-License-Identifier: Apache-2.0
// Every message names a setting as the user wrote it: by the flag, or by the variable.

#include "support/plan/named_settings.h"

#include "stepdown/base/text.h"

#include "support/plan/plan_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array origins{Origin::flag, Origin::variable};

// A value that the option does not take. "" for an option that has none here yet: give it one.
std::string bad_value(const OptionDeclaration& declared) {
    if (declared.is_boolean()) return "perhaps";
    switch (declared.option) {
        case Option::user: return "nobody-here ";
        case Option::uid:
        case Option::gid: return "1.5e+03";
        case Option::groups: return "nobody-here;audio";
        case Option::passwd_name: return "a:b";
        case Option::mkdir: return "-/data";
        case Option::chown:
        case Option::chown_exclude: return "''";
        case Option::compat:
        case Option::chown_policy:
        case Option::chown_errors:
        case Option::chown_hardlinks:
        case Option::stdio:
        case Option::log_level:
        case Option::log_format: return "\"no choice\"";
        case Option::home: return "'/home/app'";
        case Option::umask: return "29";
        case Option::caps: return "everything";
        default: return "";
    }
}

// Everything that stepdown says to given, one message per line.
std::string said_to(const GivenSettings& given, Origin origin, const Start& start) {
    Start made = start;
    const std::vector<std::string> words = as_words(given, origin);
    auto& place = origin == Origin::flag ? made.options : made.variables;
    place.insert(place.end(), words.begin(), words.end());
    std::vector<std::string> call = made.options;
    call.emplace_back("app");
    const Call invocation(call, made.variables);
    const auto line = invocation.line();
    if (!line) return line.error().message;
    for (const Option option : {Option::help, Option::help_all, Option::version}) {
        if (const auto asked = is_asked_for(*line, option); !asked) return asked.error().message;
    }
    const auto plan = plan_of(made);
    if (!plan) return plan.error().message;
    std::vector<std::string> messages = plan->notes;
    for (const auto* list : {&plan->errors, &plan->warnings}) {
        for (const Message& each : *list) messages.push_back(each.text);
    }
    return join(messages, "\n");
}

TEST(NamedSettings, OfABadValueIsTheOneThatWasGiven) {
    for (const OptionDeclaration& declared : option_table) {
        const std::string value = bad_value(declared);
        EXPECT_NE(value, "") << "give " << declared.long_flag() << " a bad value";
        for (const Origin origin : origins) {
            if (origin == Origin::variable && *declared.variable == '\0') continue;
            GivenSettings given{{declared.option, value}};
            if (declared.option != Option::user) given.emplace_back(Option::user, "app");
            const std::string name(name_of(declared.option, origin));
            EXPECT_THAT(names_in(said_to(given, origin, {})), ElementsAre(name)) << value;
        }
    }
}

struct BadStart {
    GivenSettings given;
    const char* said;
    Start start = {};
};

std::vector<BadStart> bad_starts() {
    const auto apart = [] { return true; };
    const Start hidden{{}, {}, {0, 0, {0, 1}, container_root.effective}, {"PATH=/bin"}, apart};
    const Start other_user{{}, {}, user_1000};
    return {
        {{{Option::user, "toor"}, {Option::uid, "1777"}}, "keeps its ids"},
        {{{Option::user, "7"}, {Option::uid, "9"}}, "to be a name"},
        {{{Option::user, "app:audio"}, {Option::gid, "9"}}, "alone there, or leave"},
        {{{Option::user, "app"}, {Option::uid, "0"}}, "To run as root"},
        {{{Option::user, "app"}, {Option::groups, "@/"}}, "if it is meant"},
        {{{Option::user, "app"}, {Option::groups, "-109"}}, "which is allowed"},
        {{{Option::user, "app"}, {Option::groups, "docker"}}, "If the user is meant to have them", hidden},
        {{{Option::user, "1000:1000:999"}}, "third part"},
        {{{Option::user, "3000:3000"}, {Option::passwd_name, "root"}}, "already"},
        {{{Option::user, "3000:3000"}, {Option::passwd_name, "new"}, {Option::home, "/a:b"}}, "Set another"},
        {{{Option::user, "2000:2000"}, {Option::strict, "1"}}, "as root", other_user},
        {{{Option::user, "app"}, {Option::caps, "net_bind_service"}}, "NET_BIND_SERVICE"},
    };
}

TEST(NamedSettings, OfEveryMessageHaveTheFormThatWasGiven) {
    for (const auto& [given, what, start] : bad_starts()) {
        for (const Origin origin : origins) {
            const std::string said = said_to(given, origin, start);
            EXPECT_THAT(said, HasSubstr(what));
            EXPECT_TRUE(names_as(origin, said)) << said;
        }
    }
}

}  // namespace
}  // namespace stepdown::test
