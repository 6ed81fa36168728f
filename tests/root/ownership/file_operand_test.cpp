// SPDX-License-Identifier: Apache-2.0
// An operand that is a file in the user's directory, where hard links are refused.
#include "stepdown/ownership/tree.h"

#include "support/files/scratch_tree.h"
#include "support/process/forked.h"

#include <sys/mount.h>
#include <sys/sysmacros.h>

namespace stepdown {
namespace {

using test::app;
using test::root;

class FileOperands : public test::ScratchTree {
  protected:
    // Owns name, whose links are counted between its pinning, when meanwhile happens, and its change.
    std::vector<std::string> own(const std::string& name, const std::function<void()>& meanwhile = {}) const {
        OwnershipPlan refuse = plan(name);
        refuse.hard_links = HardLinks::refuse;
        const OwnershipRun run;
        OwnershipContext context(refuse, run, Purpose::change);
        auto checked = check_operands(context.calls(), refuse.operands, {});
        auto& tree = std::get<Tree>(checked.front().outcome);
        if (meanwhile) meanwhile();
        tree.entry = context.calls().look(tree.fd.get(), "").value();
        Report report(tree.path);
        work_on(tree, context, report);
        EXPECT_EQ(report.failures(), 0U);
        return report.warnings(refuse.settings.hard_links);
    }
    void plant(const std::string& victim) const {
        directory("data", app);
        ASSERT_EQ(::link(at(victim).c_str(), at("data/planted").c_str()), 0);
    }
    void remove_planted() const { std::filesystem::remove(at("data/planted")); }

    void expect_that_a_planted_link_can_go() const {
        file("victim", root, 0600);
        plant("victim");
        const auto warnings = own("data/planted", [this] { remove_planted(); });
        EXPECT_EQ(owner("victim"), root);
        ASSERT_EQ(warnings.size(), 1U);
        EXPECT_NE(warnings.front().find("1 file that has several names keeps its owner: " + at("data/planted")),
                  std::string::npos)
            << warnings.front();
    }
    void expect_that_a_single_name_is_owned() const {
        file("data/single");
        EXPECT_TRUE(own("data/single").empty());
        EXPECT_EQ(owner("data/single"), app);
    }
};

TEST_F(FileOperands, AreLeftAloneWhereAPlantedLinkIsGoneWhenLinksAreCounted) { expect_that_a_planted_link_can_go(); }

TEST_F(FileOperands, AreOwnedWhereTheyHaveOneName) { expect_that_a_single_name_is_owned(); }

TEST_F(FileOperands, AreJudgedWithoutProcAsWell) {
    const int code = test::in_child([this] {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", "/proc", "tmpfs", 0, nullptr) != 0) {
            return test::cannot_run;
        }
        expect_that_a_planted_link_can_go();
        expect_that_a_single_name_is_owned();
        return 0;
    });
    if (code == test::cannot_run) GTEST_SKIP() << "needs the right to mount";
}

TEST_F(FileOperands, AreLeftAloneWhereADeviceWasPlanted) {
    node("device", S_IFCHR, root, makedev(1, 3));
    plant("device");
    EXPECT_EQ(own("data/planted").size(), 1U);
    EXPECT_EQ(owner("device"), root);
}

}  // namespace
}  // namespace stepdown
