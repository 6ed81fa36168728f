// SPDX-License-Identifier: Apache-2.0
// An executable that gives privileges to its caller is refused, first thing and without override.

#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <linux/capability.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace stepdown::test {
namespace {

// A copy of the program under test that can be given bits of its own.
class Copy {
  public:
    explicit Copy(const std::string& name = "stepdown") : path_(directory_ / name) {
        std::filesystem::copy_file(programs().stepdown, path_);
    }
    [[nodiscard]] const std::string& path() const { return path_; }
    void set_mode(mode_t mode) const { ASSERT_EQ(::chmod(path_.c_str(), mode), 0); }

  private:
    TemporaryDirectory directory_;
    std::string path_;
};

// setcap cap_setuid,cap_setgid+ep. Nothing when it worked.
std::optional<std::string> give_file_capabilities(const std::string& path) {
    vfs_cap_data data{};
    data.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
    data.data[0].permitted = (1U << cap_setuid) | (1U << cap_setgid);
    if (::setxattr(path.c_str(), "security.capability", &data, XATTR_CAPS_SZ_2, 0) == 0) return {};
    return std::string("setxattr: ") + std::strerror(errno);
}

// A sanitized program with privileges that are not its caller's cannot read ASAN_OPTIONS, and ends with an exit code of
// LeakSanitizer's.
void expect_start_refused(const Outcome& outcome) {
#ifdef STEPDOWN_SANITIZED
    EXPECT_NE(outcome.exit_code, 0);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, testing::StartsWith("stepdown: "));
#else
    expect_refused(outcome);
#endif
}

Command of(const Copy& copy, const Words& words) { return command(copy.path(), "stepdown", words); }

const Words to_app{"-u", "1000:1000", "/bin/echo", "ran"};
const Words to_root{"-u", "root", "/bin/echo", "ran"};

TEST(SetIdRefusal, LooksAtTheModeBits) {
    for (const mode_t mode : {04755U, 02755U, 06755U, 04700U, 02700U}) {
        const Copy copy;
        copy.set_mode(mode);
        expect_start_refused(run(of(copy, to_app)));
        expect_start_refused(run(of(copy, to_root)));
    }
}

TEST(SetIdRefusal, ComesBeforeWhateverIsAsked) {
    const Copy copy;
    copy.set_mode(04755);
    for (const Words& words : {Words{}, Words{"--frobnicate"}, Words{"--dry-run"}, Words{"-u", "missing", "true"}}) {
        expect_start_refused(run(of(copy, words)));
    }
    const TemporaryDirectory tree;
    expect_start_refused(run(of(copy, {"-u", "1000:1000", "-c", tree.path(), "/bin/echo", "ran"})));
    EXPECT_EQ(owner(tree.path()), Owner({0, 0}));
}

TEST(SetIdRefusal, MeetsAnotherUserOfASetuidCopy) {
    const Copy copy;
    copy.set_mode(04755);
    for (const Words& words : {to_root, Words{"-u", "1000:1000", "/bin/echo", "ran"}, Words{"/bin/echo", "ran"}}) {
        expect_start_refused(run(of(copy, words).after(ids(1000, 1000))));
    }
}

TEST(SetIdRefusal, MeetsACopyThatIsSetuidToSomebodyElse) {
    const Copy copy;
    give(copy.path(), {1500, 1500});
    copy.set_mode(06755);
    expect_start_refused(run(of(copy, {"/bin/echo", "ran"}).after(ids(1000, 1000))));
}

TEST(SetIdRefusal, LooksAtTheIds) {
    expect_start_refused(run(stepdown(to_root).after(real_and_effective_uid(1000, 0))));
    expect_start_refused(run(stepdown(to_app).after(real_and_effective_uid(1000, 0))));
    expect_start_refused(run(stepdown(to_app).after(real_and_effective_uid(0, 1000))));
    const Step mixed_gids = [] {
        if (::setresgid(1000, 0, 0) != 0) give_up("setresgid");
    };
    expect_start_refused(run(stepdown(to_app).after(mixed_gids)));
}

TEST(SetIdRefusal, LooksAtTheCapabilities) {
    const Copy copy;
    copy.set_mode(0755);
    STEPDOWN_SKIP_IF(give_file_capabilities(copy.path()));
    expect_start_refused(run(of(copy, to_root).after(ids(1000, 1000))));
    expect_start_refused(run(of(copy, {"-u", "1000:1000", "/bin/echo", "ran"}).after(ids(1000, 1000))));
}

TEST(SetIdRefusal, IsNotForRootWhoHasThemAnyway) {
    const Copy copy;
    copy.set_mode(0755);
    STEPDOWN_SKIP_IF(give_file_capabilities(copy.path()));
    EXPECT_EQ(run(of(copy, to_app)).out, "ran\n");
}

TEST(SetIdRefusal, IsNotForAmbientCapabilities) {
    const auto platform = ids_with_capabilities(1000, 1000, {}, {cap_setuid, cap_setgid});
    EXPECT_EQ(run(stepdown({"-u", "2000:2000", "/bin/echo", "ran"}).after(platform)).out, "ran\n");
}

TEST(SetIdRefusal, IsTheirsUnderTheOtherNamesToo) {
    for (const char* name : {"gosu", "su-exec"}) {
        const Copy copy(name);
        copy.set_mode(04755);
        for (const Step& caller : {ids(1000, 1000), ids(0, 0)}) {
            const Outcome outcome = run(command(copy.path(), name, {"root", "/bin/echo", "ran"}).after(caller));
            EXPECT_EQ(outcome.exit_code, 1) << name << '\n' << describe(outcome);  // LeakSanitizer's, too
            EXPECT_EQ(outcome.out, "");
            EXPECT_NE(outcome.err, "");
        }
    }
}

TEST(SetIdRefusal, LooksAtTheIdsUnderTheOtherNamesToo) {
    for (const Command& command : {gosu({"root", "/bin/echo", "ran"}), su_exec({"root", "/bin/echo", "ran"})}) {
        const Outcome outcome = run(Command(command).after(real_and_effective_uid(1000, 0)));
        EXPECT_EQ(outcome.out, "") << command.argv.at(0);
        EXPECT_NE(outcome.exit_code, 0) << command.argv.at(0);
    }
}

}  // namespace
}  // namespace stepdown::test
