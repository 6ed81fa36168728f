// SPDX-License-Identifier: Apache-2.0
// What decides the next start as root, and the system's own directories, are never given away.
#include "stepdown/ownership/protected_files.h"
#include "stepdown/ownership/tree.h"
#include "stepdown/system/elf_loader.h"
#include "stepdown/system/system_directories.h"

#include "support/files/scratch_tree.h"
#include "support/process/forked.h"

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include <algorithm>

namespace stepdown {
namespace {

using test::app;
using test::root;

class Protected : public test::ScratchTree {
  protected:
    // A mount namespace whose /etc is a copy on a tmpfs of its own.
    void in_own_mounts(const std::function<void()>& body) const {
        const std::string etc = directory("etc");
        const int code = test::in_child([&] {
            if (::unshare(CLONE_NEWNS) != 0) return test::cannot_run;
            if (::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return test::cannot_run;
            if (::mount("tmpfs", etc.c_str(), "tmpfs", 0, "mode=755") != 0) return test::cannot_run;
            for (const char* name : {"passwd", "group"})
                std::filesystem::copy_file("/etc/" + std::string(name), etc + "/" + name);
            bind(etc, "/etc");
            body();
            return 0;
        });
        if (code == test::cannot_run) GTEST_SKIP() << "needs the right to mount";
    }
    static void bind(const std::string& source, const std::string& target, unsigned long flags = 0) {
        ASSERT_EQ(::mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr), 0) << target;
        if (flags == 0) return;
        ASSERT_EQ(::mount(nullptr, target.c_str(), nullptr, MS_BIND | MS_REMOUNT | flags, nullptr), 0) << target;
    }

    // Of an preview, which changes nothing; "" for none.
    static std::string refusal(const std::string& path, Mounts mounts = Mounts::enter) {
        OwnershipPlan plan{{{path, Presence::required}}, app};
        plan.mounts = mounts;
        plan.settings.chown = "GOSU_CHOWN";
        const auto previews = preview_trees(plan);
        return previews.at(0).problems.empty() ? "" : previews.at(0).problems.front().text;
    }
    static void expect_refused(const std::string& path, const std::string& reason) {
        const std::string problem = refusal(path);
        EXPECT_TRUE(problem.starts_with("cannot change the owner of ")) << path << ": " << problem;
        EXPECT_NE(problem.find(reason), std::string::npos) << path << ": " << problem;
        EXPECT_FALSE(chown_trees({{{path, Presence::optional}}, app, Mounts::enter, ChownErrors::warn})) << path;
    }
    // What a start says of a tree that it changes.
    [[nodiscard]] static std::string warnings_of(const OwnershipPlan& plan) {
        ::testing::internal::CaptureStderr();
        const auto outcome = chown_trees(plan);
        EXPECT_TRUE(outcome) << outcome.error().message;
        return ::testing::internal::GetCapturedStderr();
    }

    // Becomes a root directory that holds little. Nothing in here can harm the machine: /usr is the scratch tree's.
    void enter_root(const std::vector<std::string>& directories) const {
        for (const std::string& name : directories) directory("root/" + name);
        EXPECT_EQ(::chroot(at("root").c_str()), 0);
        EXPECT_EQ(::chdir("/"), 0);
    }
};

TEST_F(Protected, KeepAPlantedLinkFromStoppingTheStart) {
    in_own_mounts([this] {
        std::filesystem::create_directory("/etc/appdata");
        std::filesystem::create_directory("/etc/appdata/sub");
        std::filesystem::create_hard_link("/etc/passwd", "/etc/appdata/sub/planted");
        std::filesystem::create_hard_link("/etc/group", "/etc/appdata/too");
        for (const HardLinks rule : {HardLinks::allow, HardLinks::refuse}) {
            OwnershipPlan plan{{{"/etc/appdata", Presence::required}}, app};
            plan.hard_links = rule;
            const std::string err = warnings_of(plan);
            EXPECT_TRUE(
                err.starts_with("stepdown: warning: 2 files that decide how the next start runs as root keep "
                                "their owners, the first is /etc/appdata/"))
                << err;
            EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 1) << err;
        }
        for (const char* path : {"/etc/passwd", "/etc/group"}) {
            struct stat status {};
            EXPECT_EQ(::stat(path, &status), 0);
            EXPECT_EQ(status.st_uid, 0U) << path;
        }
        EXPECT_EQ(owner("etc/appdata/sub"), app);
        EXPECT_EQ(owner("etc/appdata"), app);
        const auto preview = preview_trees({{{"/etc/appdata", Presence::required}}, {2000, 2000}}).at(0);
        EXPECT_EQ(preview.tree.skipped, 2U);
        EXPECT_TRUE(preview.problems.empty());
    });
}

// Who owns the directory of the file that is mounted puts another there before the next container.
TEST_F(Protected, IncludeTheDirectoriesThatHoldTheSourceOfAMount) {
    file("host/tools/passwd");
    file("host/conf/etc/group");
    directory("other");
    in_own_mounts([this] {
        std::filesystem::copy_file("/etc/passwd", at("host/tools/passwd"),
                                   std::filesystem::copy_options::overwrite_existing);
        bind(at("host/tools/passwd"), "/etc/passwd");
        const std::string reason = "host/tools/passwd, which is mounted as /etc/passwd, whose owner decides";
        expect_refused(at("host/tools"), reason);
        expect_refused(at("host"), reason);
        expect_refused(at("host/tools/passwd"), "it is /etc/passwd");
        EXPECT_EQ(refusal(at("host/conf")), "");
        EXPECT_EQ(refusal(at("other")), "");
        bind(at("host"), at("other"));
        expect_refused(at("other/tools"), reason);
        EXPECT_EQ(owner("host/tools"), root);
    });
}

TEST_F(Protected, IncludeTheSourceOfAMountedDirectory) {
    for (const char* name : {"host/conf/etc/passwd", "host/conf/etc/group"}) file(name);
    in_own_mounts([this] {
        bind(at("host/conf/etc"), "/etc");
        expect_refused(at("host/conf"), "host/conf/etc, which is mounted as /etc, whose owner decides");
        expect_refused(at("host/conf/etc"), "it holds /etc/passwd");
    });
}

TEST_F(Protected, IncludeASourceThatIsBelowAMountInTheTree) {
    file("host/tools/passwd");
    directory("data/host");
    in_own_mounts([this] {
        bind(at("host/tools/passwd"), "/etc/passwd");
        bind(at("host"), at("data/host"));
        expect_refused(at("data"), "which is mounted as /etc/passwd");
        EXPECT_EQ(refusal(at("data"), Mounts::stay), "");
    });
}

TEST_F(Protected, LeaveATreeAloneWhoseSourceIsMountedReadOnlyThere) {
    file("host/tools/passwd");
    file("data/file");
    directory("data/host");
    in_own_mounts([this] {
        bind(at("host/tools/passwd"), "/etc/passwd");
        bind(at("host"), at("data/host"), MS_RDONLY);
        EXPECT_EQ(refusal(at("data")), "") << "nothing of the source changes its owner";
        EXPECT_TRUE(chown_trees(plan("data")));
        EXPECT_EQ(owner("host/tools"), root);
        EXPECT_EQ(owner("data/file"), app);
    });
}

TEST_F(Protected, RefuseADirectoryWhereNobodyCanTellWhatItHolds) {
    file("host/tools/passwd");
    file("data/file");
    in_own_mounts([this] {
        bind(at("host/tools/passwd"), "/etc/passwd");
        ASSERT_EQ(::mount("tmpfs", "/proc", "tmpfs", 0, nullptr), 0);
        expect_refused(at("data"), "nobody can tell whether it holds the source of the mount /etc");
        EXPECT_EQ(refusal(at("data/file")), "") << "a file holds nothing";
    });
}

TEST_F(Protected, IncludeTheShellAndItsLoader) {
    Syscalls calls;
    const auto found = find_protected_files(calls);
    const auto expect_found = [&](const std::filesystem::path& path) {
        const auto entry = calls.look(AT_FDCWD, path.c_str());
        ASSERT_TRUE(entry) << path;
        EXPECT_TRUE(std::any_of(found.begin(), found.end(), [&](const ProtectedFile& each) {
            return each.id == entry->id;
        })) << path;
    };
    const std::string shell = std::filesystem::canonical("/bin/sh");
    const UniqueFd fd(::open(shell.c_str(), O_RDONLY | O_CLOEXEC));
    const std::string loader = elf_loader(fd.get());
    ASSERT_TRUE(loader.starts_with("/")) << "the shell of this machine is linked statically";
    for (const std::string& file : {shell, std::string(std::filesystem::canonical(loader))}) {
        for (std::filesystem::path path = file; path.has_relative_path(); path = path.parent_path()) expect_found(path);
    }
    EXPECT_EQ(refusal("/bin/sh").find("cannot change the owner of " + shell + ": it is "), 0U) << refusal("/bin/sh");
}

TEST_F(Protected, NeedNoShellThatIsAFile) {
    test::in_child([this] {
        enter_root({"bin", "etc", "data"});
        EXPECT_EQ(::mkfifo("/bin/sh", 0600), 0);
        EXPECT_EQ(refusal("/data"), "") << "and the FIFO is not opened";
        return 0;
    });
}

TEST_F(Protected, IncludeWhatTheLoaderOfAShellIsIn) {
    const std::string shell = std::filesystem::canonical("/bin/sh");
    test::in_child([&] {
        directory("root/opt/tools");
        directory("root/bin");
        std::filesystem::copy_file(shell, at("root/opt/tools/dash"));
        link("root/bin/sh", "/opt/tools/dash");
        const UniqueFd fd(::open(shell.c_str(), O_RDONLY | O_CLOEXEC));
        const std::string loader = elf_loader(fd.get());
        file("root/srv/loader/ld.so");
        std::filesystem::create_directories(std::filesystem::path(at("root") + loader).parent_path());
        link("root" + loader, "/srv/loader/ld.so");
        enter_root({"etc", "srv/app"});
        expect_refused("/opt", "it holds /bin/sh");
        expect_refused("/opt/tools/dash", "it is /bin/sh");
        expect_refused("/srv", "it holds " + loader);
        EXPECT_EQ(refusal("/srv/app"), "");
        return 0;
    });
}

TEST_F(Protected, IncludeTheSystemsOwnDirectories) {
    test::in_child([this] {
        link("root/lib32", "usr/lib32");
        enter_root({"usr/src/app", "usr/share/nginx", "usr/bin", "usr/sbin", "usr/lib/app", "usr/lib32", "usr/libexec",
                    "bin", "sbin", "lib", "lib64", "libx32", "usr/lib64", "usr/libx32", "usr/local/lib", "library",
                    "etc/nginx", "opt/usr"});
        for (const std::string_view each : system_directories())
            expect_refused(std::string(each), "one of the system's own directories");
        expect_refused("/opt/../usr/./bin//", "one of the system's own directories");
        EXPECT_EQ(refusal("/usr"),
                  "cannot change the owner of /usr: it is one of the system's own directories. In "
                  "GOSU_CHOWN, name the directory in it that the user needs, such as /usr/src/app");
        for (const char* path : {"/usr/src/app", "/usr/share/nginx", "/etc/nginx", "/opt/usr", "/usr/local/lib",
                                 "/usr/lib/app", "/library"}) {
            EXPECT_EQ(refusal(path), "");
            EXPECT_TRUE(chown_trees({{{path, Presence::required}}, app})) << path;
        }
        return 0;
    });
    for (const char* name : {"usr", "usr/src", "usr/lib", "usr/bin", "etc"})
        EXPECT_EQ(owner("root/" + std::string(name)), root) << name;
    EXPECT_EQ(owner("root/usr/src/app"), app);
}

TEST_F(Protected, IncludeASystemDirectoryByItsIdentity) {
    in_own_mounts([this] {
        for (const char* name : {"root/usr/sbin", "root/etc", "root/mnt/here", "root/mnt/usr"}) directory(name);
        file("root/etc/passwd");
        bind(at("root/usr/sbin"), at("root/mnt/here"));
        bind(at("root/usr"), at("root/mnt/usr"));
        enter_root({});
        expect_refused("/mnt/here", "it is /usr/sbin, one of the system's own directories");
        expect_refused("/mnt/usr", "it is /usr, one of the system's own directories");
        EXPECT_EQ(::chdir("/mnt"), 0);
        expect_refused("usr/sbin", "it is /usr/sbin, one of the system's own directories");
    });
}

TEST_F(Protected, IncludeTheRootDirectoryByAnyMount) {
    in_own_mounts([this] {
        const std::string alias = directory("alias");
        bind("/", alias);
        expect_refused(alias, "it is the root directory");
        expect_refused(alias + "/etc/..", "it is the root directory");
    });
}

TEST_F(Protected, IncludeASocketThatIsAMountOfItsOwn) {
    file("data/docker.sock");
    in_own_mounts([this] {
        const auto make_socket = [this](const std::string& name) {
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            at(name).copy(address.sun_path, sizeof address.sun_path - 1);
            const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
            EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        };
        make_socket("host.sock");
        make_socket("data/own.sock");
        bind(at("host.sock"), at("data/docker.sock"));
        const std::string err = warnings_of(plan("data"));
        EXPECT_EQ(err.find("stepdown: warning: 1 socket of the host's keeps its owner: " + at("data/docker.sock")), 0U)
            << err;
        EXPECT_EQ(owner("host.sock"), root);
        EXPECT_EQ(owner("data/own.sock"), app);
        ::umount2(at("data/docker.sock").c_str(), MNT_DETACH);
        bind(at("host.sock"), at("data/docker.sock"), MS_RDONLY);
        EXPECT_EQ(warnings_of(plan("data", {1000, 1002})), "") << "a read-only mount is skipped anyway";
        ::umount2(at("data/docker.sock").c_str(), MNT_DETACH);
        bind(at("host.sock"), at("data/docker.sock"));
        EXPECT_TRUE(chown_trees(plan("data/docker.sock"))) << "it was named";
        EXPECT_EQ(owner("host.sock"), app);
    });
}

// docker run --device gives a device that is bind-mounted from the host's devtmpfs. A new devpts stands for that here.
TEST_F(Protected, DoNotIncludeADeviceThatIsNamedOnAKernelFileSystem) {
    file("data/terminal");
    file("data/file");
    in_own_mounts([this] {
        const std::string dev = directory("dev");
        ASSERT_EQ(::mount("devpts", dev.c_str(), "devpts", 0, "newinstance,ptmxmode=0666"), 0);
        const UniqueFd terminal(::open((dev + "/ptmx").c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
        ASSERT_TRUE(terminal.valid());
        bind(dev + "/0", at("data/terminal"));
        EXPECT_TRUE(chown_trees(plan("data")));
        EXPECT_EQ(owner("dev/0").uid, 0U) << "it was not named";
        EXPECT_EQ(owner("data/file"), app);
        EXPECT_TRUE(chown_trees(plan("data/terminal")));
        EXPECT_EQ(owner("dev/0"), app);
        EXPECT_TRUE(chown_trees(plan("dev/0", root)));
        EXPECT_EQ(owner("dev/0"), root);
        expect_refused(dev, "a kernel file system");
    });
}

}  // namespace
}  // namespace stepdown
