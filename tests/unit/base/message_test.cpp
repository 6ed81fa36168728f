// SPDX-License-Identifier: Apache-2.0
// The identifiers of messages.
#include "stepdown/base/message.h"

#include <gtest/gtest.h>

#include <set>

namespace stepdown::test {
namespace {

TEST(MessageIds, HaveTheNamesThatProgramsKnow) {
    EXPECT_EQ(name_of(MessageId::other), "other");
    EXPECT_EQ(name_of(MessageId::option_invalid), "option-invalid");
    EXPECT_EQ(name_of(MessageId::user_unknown), "user-unknown");
    EXPECT_EQ(name_of(MessageId::capability_missing), "capability-missing");
    EXPECT_EQ(name_of(MessageId::command_not_executable), "command-not-executable");
    EXPECT_EQ(name_of(MessageId::system_error), "system-error");
}

TEST(MessageIds, DifferFromEachOther) {
    std::set<std::string_view> names;
    const auto last = static_cast<int>(MessageId::system_error);
    for (int id = 0; id <= last; ++id) names.insert(name_of(static_cast<MessageId>(id)));
    EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1);
}

}  // namespace
}  // namespace stepdown::test
