// SPDX-License-Identifier: Apache-2.0
// Directories that root makes for somebody else, where others can write too. Needs root.
#include "stepdown/base/file.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/prepare/directories.h"

#include "support/files/temporary.h"
#include "support/kernel/capabilities.h"
#include "support/process/forked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>

namespace stepdown::test {
namespace {

using testing::HasSubstr;

constexpr Owner app{1500, 1501};

class DirectoriesForOthers : public testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root to give directories away";
    }
    [[nodiscard]] std::string at(const std::string& name) const { return directory_ / name; }
    // The message of what failed; "" where nothing did.
    [[nodiscard]] std::string make(const std::string& name) const {
        const auto made = create_directories({{at(name)}, app.uid, app.gid, DirectoryErrors::fail});
        return made ? "" : made.error().message;
    }
    [[nodiscard]] std::string problem(const std::string& name) const {
        return preview_directories({{at(name)}, app.uid, app.gid, DirectoryErrors::fail}).at(0).problem;
    }

  private:
    TemporaryDirectory directory_;
};

TEST_F(DirectoriesForOthers, BelongToThemAndTheirParentsTo) {
    make_directory(at("there"));
    EXPECT_EQ(make("there/a/b"), "");
    EXPECT_EQ(owner(at("there/a")), app);
    EXPECT_EQ(owner(at("there/a/b")), app);
    EXPECT_EQ(owner(at("there")), Owner({0, 0}));
}

TEST_F(DirectoriesForOthers, KeepTheGroupOfASetGroupIdDirectory) {
    make_directory(at("shared"));
    give(at("shared"), {0, 4000});
    ASSERT_EQ(::chmod(at("shared").c_str(), 02775), 0);
    EXPECT_EQ(make("shared/a/b"), "");
    for (const char* name : {"shared/a", "shared/a/b"}) {
        EXPECT_EQ(owner(at(name)), Owner({app.uid, 4000})) << name;
        EXPECT_NE(status(at(name))->st_mode & S_ISGID, 0U) << name;
    }
}

TEST_F(DirectoriesForOthers, AreNotMadeOverALinkOfTheirs) {
    make_directory(at("victim"));
    make_directory(at("data"));
    make_directory(at("data/real"));
    make_link(at("victim"), at("data/link"));
    make_link(at("victim/new"), at("data/dangling"));
    make_link(at("victim"), at("data/real/link"));
    for (const char* name : {"data/link", "data/dangling", "data/real/link", "data/real", "data"}) {
        give(at(name), app);
    }
    for (const char* name : {"data/link/a", "data/dangling", "data/dangling/a", "data/real/link/a/b"}) {
        EXPECT_THAT(make(name), HasSubstr("is a symbolic link that uid 1500 controls")) << name;
        EXPECT_THAT(problem(name), HasSubstr("is a symbolic link that uid 1500 controls")) << name;
    }
    EXPECT_FALSE(status(at("victim/a")) || status(at("victim/new")));
}

TEST_F(DirectoriesForOthers, AreMadeWhereALinkOfRootsLeads) {
    make_directory(at("run"));
    make_link("run", at("var"));
    make_link("later/on", at("dangling"));
    EXPECT_EQ(make("var/app"), "");
    EXPECT_EQ(owner(at("run/app")), app);
    EXPECT_EQ(make("dangling/app"), "");
    for (const char* name : {"later", "later/on", "later/on/app"}) EXPECT_EQ(owner(at(name)), app) << name;
}

// cap_drop: [ALL] and cap_add: [CHOWN, SETUID, SETGID].
TEST_F(DirectoriesForOthers, AreMadeInADirectoryThatRootMayNotEnter) {
    make_directory(at("foreign"), 0700);
    give(at("foreign"), {2000, 2000});
    in_child([this] {
        EXPECT_TRUE(keep_capabilities({CAP_CHOWN, CAP_SETUID, CAP_SETGID}));
        EXPECT_EQ(problem("foreign/a/b"), "");
        EXPECT_EQ(make("foreign/a/b"), "");
        return 0;
    });
    EXPECT_EQ(owner(at("foreign/a")), app);
    EXPECT_EQ(owner(at("foreign/a/b")), app);
}

TEST_F(DirectoriesForOthers, AreNotBegunWithoutTheRightToGiveThem) {
    in_child([this] {
        EXPECT_TRUE(keep_capabilities({CAP_SETUID, CAP_SETGID}));
        const std::string message =
            "cannot create " + at("a") +
            " for uid 1500: the capability CHOWN is missing. Start the container with cap_add: [CHOWN]";
        EXPECT_EQ(make("a/b"), message);
        EXPECT_EQ(problem("a/b"), message);
        make_directory(at("there"));
        EXPECT_EQ(make("there"), "");
        return 0;
    });
    EXPECT_FALSE(status(at("a")));
}

// An image without /etc: its owner could write the accounts that the next start reads as root.
TEST_F(DirectoriesForOthers, AreNotMadeAboveTheAccountFiles) {
    make_directory(at("linked"));
    make_link("srv/etc", at("linked/etc"));
    in_child([this] {
        EXPECT_EQ(::unshare(CLONE_NEWNS), 0);
        EXPECT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        EXPECT_EQ(::chroot(at(".").c_str()), 0);
        const auto messages = [](const std::string& path) {
            const DirectoriesPlan plan{{path}, app.uid, app.gid, DirectoryErrors::fail};
            const auto made = create_directories(plan);
            return std::pair(made ? "" : made.error().message, preview_directories(plan).at(0).problem);
        };
        const auto refused = [](const std::string& path, const std::string& missing) {
            const std::string message = "cannot create " + path + ": " + missing +
                                        " does not exist, and its owner would decide how the next start runs as root. "
                                        "Create it in the image";
            return std::pair(message, message);
        };
        for (const char* path : {"/etc", "/etc/app", "/etc/passwd"}) EXPECT_EQ(messages(path), refused(path, "/etc"));
        EXPECT_EQ(messages("/etcetera/app"), std::pair(std::string(), std::string()));
        make_directory("/alias");
        EXPECT_EQ(::mount("/", "/alias", nullptr, MS_BIND, nullptr), 0);
        EXPECT_EQ(messages("/alias/etc/app"), refused("/alias/etc/app", "/alias/etc"));
        EXPECT_THAT(messages("/alias/lib64").first, HasSubstr("one of the system's own directories"));
        EXPECT_TRUE(create_directories({{"/etc"}, 0, 0, DirectoryErrors::fail})) << "for root";
        EXPECT_EQ(messages("/etc/app"), std::pair(std::string(), std::string()));
        EXPECT_EQ(messages("/etc/passwd"), refused("/etc/passwd", "/etc/passwd"));
        EXPECT_EQ(::chroot("/linked"), 0);
        for (const char* path : {"/etc/app", "/srv/app"}) EXPECT_EQ(messages(path), refused(path, "/srv"));
        return 0;
    });
    EXPECT_EQ(owner(at("etc")), Owner({0, 0}));
    EXPECT_FALSE(status(at("linked/srv")));
}

// Or the next start would find them made.
TEST_F(DirectoriesForOthers, AreTakenBackWhenTheyCannotBeGiven) {
    const int code = in_child([this] {
        if (::unshare(CLONE_NEWUSER) != 0) return cannot_run;
        const UniqueFd map(::open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC));
        EXPECT_TRUE(write_all(map.get(), "0 0 1"));
        const UniqueFd setgroups(::open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC));
        EXPECT_TRUE(write_all(setgroups.get(), "deny"));
        const UniqueFd groups(::open("/proc/self/gid_map", O_WRONLY | O_CLOEXEC));
        EXPECT_TRUE(write_all(groups.get(), "0 0 1"));
        EXPECT_THAT(make("a/b"), HasSubstr("a/b for 1500:1501: one of them is not mapped in this user namespace"));
        return 0;
    });
    if (code == cannot_run) GTEST_SKIP() << "needs the right to make a user namespace";
    EXPECT_FALSE(status(at("a")));
}

TEST_F(DirectoriesForOthers, AreTakenBackWhenTheyCannotBeLookedInto) {
    make_directory(at("foreign"), 0700);
    give(at("foreign"), {2000, 2000});
    in_child([this] {
        EXPECT_TRUE(keep_capabilities({CAP_CHOWN, CAP_SETUID, CAP_SETGID}));
        ::umask(0700);
        for (const char* name : {"a", "foreign/a"}) {
            EXPECT_EQ(make(name), "cannot create " + at(name) + ": Permission denied");
        }
        return 0;
    });
    EXPECT_FALSE(status(at("a")) || status(at("foreign/a")));
}

// A control group is full of files when it is made: as if somebody had been faster.
TEST_F(DirectoriesForOthers, AreNotGivenAwayUnlessTheyAreEmpty) {
    const int code = in_child([this] {
        make_directory(at("groups"));
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("cgroup2", at("groups").c_str(), "cgroup2", 0, nullptr) != 0) {
            return cannot_run;
        }
        const std::string name = "groups/stepdown-test-" + std::to_string(::getpid());
        EXPECT_EQ(make(name), "cannot create " + at(name) + ": another process put something else there meanwhile");
        EXPECT_FALSE(status(at(name))) << "it is taken back";
        ::rmdir(at(name).c_str());
        return 0;
    });
    if (code == cannot_run) GTEST_SKIP() << "needs the right to mount control groups";
}

// A file-system uid that nobody knows of stands for a mount that gives everything to one user (vfat, cifs).
TEST_F(DirectoriesForOthers, AreLeftAloneWhereTheMountGaveThem) {
    make_directory(at("mount"));
    give(at("mount"), app);
    ASSERT_EQ(::chmod(at("mount").c_str(), 0777), 0);
    const auto make_on_mount_of = [this](uid_t uid, const std::string& name, const std::string& message) {
        in_child([&] {
            ::setfsuid(uid);
            EXPECT_TRUE(keep_capabilities({CAP_CHOWN, CAP_SETUID, CAP_SETGID}));
            EXPECT_EQ(make(name), message);
            return 0;
        });
    };
    make_on_mount_of(app.uid, "mount/a", "");
    make_on_mount_of(2000, "mount/b",
                     "cannot create " + at("mount/b") + ": another process put something else there meanwhile");
    EXPECT_EQ(owner(at("mount/a")), Owner({app.uid, 0}));
    EXPECT_FALSE(status(at("mount/b")));
}

TEST_F(DirectoriesForOthers, ArePreviewedForTheRightToWrite) {
    make_directory(at("closed"), 0555);
    give(at("closed"), {2000, 2000});
    in_child([this] {
        EXPECT_TRUE(keep_capabilities({CAP_CHOWN, CAP_SETUID, CAP_SETGID}));
        const std::string refused = "cannot create " + at("closed/a") + ": Permission denied. " + at("closed") +
                                    ": 2000:2000 0555, uid 0 cannot write. The capability DAC_OVERRIDE is missing. "
                                    "Start the container with cap_add: [DAC_OVERRIDE]";
        EXPECT_EQ(problem("closed/a"), refused);
        EXPECT_EQ(make("closed/a"), refused);
        return 0;
    });
    EXPECT_EQ(problem("closed/a"), "");
}

TEST_F(DirectoriesForOthers, AreNotMadeInAnImmutableDirectory) {
    make_directory(at("sealed"));
    const std::string attribute = "chattr +i " + at("sealed") + " 2>/dev/null";
    if (std::system(attribute.c_str()) != 0) GTEST_SKIP() << "this file system has no immutable directories";
    const std::string made = make("sealed/a/b");
    const std::string found = problem("sealed/a/b");
    ASSERT_EQ(std::system(("chattr -i " + at("sealed")).c_str()), 0);
    EXPECT_EQ(made, "cannot create " + at("sealed/a") + ": Operation not permitted. " + at("sealed") +
                        " is immutable (chattr(1))");
    EXPECT_EQ(found, made);
}

TEST_F(DirectoriesForOthers, AreNoneOfTheSystemsOwn) {
    const char* const missing = "/libx32";  // on no machine that runs these tests
    ASSERT_NE(::access(missing, F_OK), 0);
    for (const char* path : {"/libx32", "/libx32/app"}) {
        const std::string problem =
            preview_directories({{std::string(path)}, app.uid, app.gid, DirectoryErrors::fail}).at(0).problem;
        EXPECT_NE(problem.find("/libx32 does not exist, and is one of the system's own directories"), std::string::npos)
            << problem;
    }
}

}  // namespace
}  // namespace stepdown::test
