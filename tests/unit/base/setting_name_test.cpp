// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/setting_name.h"

#include <gtest/gtest.h>

namespace stepdown {
namespace {

TEST(SettingName, IsSetInItsOwnForm) {
    EXPECT_EQ(clause_to_set("GOSU_CHOWN", "/data"), "set GOSU_CHOWN=/data");
    EXPECT_EQ(clause_to_set("--chown", "/data"), "give --chown /data");
    EXPECT_EQ(sentence_to_set("GOSU_CHOWN", "/data"), "Set GOSU_CHOWN=/data");
    EXPECT_EQ(sentence_to_set("--chown", "/data"), "Give --chown /data");
}

}  // namespace
}  // namespace stepdown
