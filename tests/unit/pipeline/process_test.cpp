// SPDX-License-Identifier: Apache-2.0
// The process as it starts.
#include "stepdown/pipeline/process.h"

#include "support/kernel/fake_kernel.h"
#include "support/plan/plan_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepdown::test {
namespace {

using testing::IsEmpty;

TEST(ReadProcess, AsksTheKernel) {
    FakeKernel kernel(root_process());
    kernel.process.gids = {7, 7, 7};
    kernel.process.groups = {6, 999};
    const auto process = read_process(kernel);
    ASSERT_TRUE(process);
    EXPECT_EQ(process->uid, 0U);
    EXPECT_EQ(process->gid, 7U);
    EXPECT_EQ(process->groups, (std::vector<gid_t>{6, 999}));
    EXPECT_EQ(process->effective, container_root.effective);
    EXPECT_THAT(kernel.calls, IsEmpty());
}

}  // namespace
}  // namespace stepdown::test
