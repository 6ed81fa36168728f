// SPDX-License-Identifier: Apache-2.0
// The situations that the kernel decides: old kernels, file systems of others, limits, and capabilities of files.
// strace stands in for the kernels and the file systems.
#include "root/dry_run/agreement.h"
#include "support/files/file_capabilities.h"
#include "support/process/processes.h"
#include "support/process/skip.h"
#include "support/process/strace.h"

#include <sys/resource.h>
#include <unistd.h>

namespace stepdown::test {
namespace {

const std::string without_mount_ids = "inject=statx:poke_exit=@arg5=ff0f0000001000000000000000000000";

struct OldKernel {
    const char* name;
    std::vector<std::string> injections;
};

const OldKernel old_kernels[] = {
    {"Linux 5.4", {without_mount_ids, "inject=openat2,faccessat2:error=ENOSYS"}},
    {"Linux 4.4", {"inject=statx,openat2,faccessat2:error=ENOSYS"}},
    {"an old seccomp profile", {"inject=statx,openat2,faccessat2:error=EPERM"}},
};

// The magic numbers of statfs(2), as bytes.
const std::pair<const char*, const char*> served[] = {
    {"NFS", "6969000000000000"}, {"CIFS", "424d53ff00000000"}, {"SMB", "424d53fe00000000"},
    {"9p", "9719020100000000"},  {"FUSE", "4655736500000000"}, {"FAT", "444d000000000000"},
};

class DryRunAndStartOfAKernel : public DryRunAndStart {
  protected:
    void SetUp() override { STEPDOWN_SKIP_IF(no_strace()); }

    static Command with(const std::vector<std::string>& injections, Command command) {
        Words options{"-f", "-qq", "-o", "/dev/null"};
        for (const std::string& each : injections) options.insert(options.end(), {"-e", each});
        return under_strace(options, std::move(command));
    }

    // The dry run cannot tell, and a start says what it meets.
    void expect_doubt(const std::string& magic, const Words& words, const std::string& fault) {
        const std::vector<std::string> file_system{"inject=fstatfs:poke_exit=@arg2=" + magic};
        std::vector<std::string> faulty = file_system;
        if (!fault.empty()) faulty.push_back(fault);
        Words tries = words;
        tries.insert(tries.begin(), "--dry-run");
        const Outcome tried = run(with(file_system, stepdown(tries)));
        EXPECT_NE(tried.out.find("warning   cannot tell whether "), std::string::npos) << magic << tried.out;
        EXPECT_NE(tried.out.find(", as far as a dry run can tell."), std::string::npos) << magic << tried.out;
        EXPECT_EQ(tried.out.find("would fail"), std::string::npos) << magic << tried.out;
        expect_agreement(magic + " " + fault, words, [&](Command command) { return with(faulty, std::move(command)); });
    }
};

TEST_F(DryRunAndStartOfAKernel, AgreeAboutReadOnlyMountsOnOldKernels) {
    const std::string data = directory("data");
    write_file(directory("data/cache") + "/file", "");
    give(directory("data/users"), app);
    for (const OldKernel& kernel : old_kernels) {
        const auto old = [&](const std::function<Command(Command)>& prepare) {
            return [&, prepare](Command command) { return prepare(with(kernel.injections, std::move(command))); };
        };
        const auto closed = old([&](Command command) { return command.after(read_only(data)); });
        const auto below = old([&](Command command) { return command.after(read_only(data + "/cache")); });
        const std::string name = std::string(kernel.name) + ": ";
        expect_agreement(name + "chown of a mount", {"-u", "app", "-c", data, "true"}, closed);
        expect_agreement(name + "chown below one", {"-u", "app", "-c", data + "/cache", "true"}, closed);
        expect_agreement(name + "mkdir in one", {"-u", "app", "-m", data + "/new", "true"}, closed);
        expect_agreement(name + "several in one", {"-u", "app", "-m", at("x") + " " + data + "/new", "true"}, closed);
        expect_agreement(name + "what is the user's", {"-u", "app", "-c", data + "/users", "true"}, closed);
        expect_agreement(name + "a mount in a tree", {"-u", "app", "-c", data, "true"}, below);
        const Outcome tried = run(closed(dry({"-u", "app", "-m", data + "/users", "true"})));
        EXPECT_NE(tried.out.find("access    mkdir " + data + "/users: " + data + " is mounted read-only"),
                  std::string::npos)
            << name << tried.out;
        give(data, {0, 0});
    }
}

// The dry run would otherwise find nothing that the user lacks.
TEST_F(DryRunAndStartOfAKernel, AgreeAboutClosedDirectoriesOnOldKernels) {
    const std::string closed = directory("closed", 0700);
    script("closed/tool");
    for (const OldKernel& kernel : old_kernels) {
        const auto old = [&](Command command) { return with(kernel.injections, std::move(command)); };
        expect_agreement(kernel.name, {"-u", "app", closed + "/tool"}, old);
        const Outcome tried = run(old(dry({"-u", "app", "ls", closed})));
        EXPECT_NE(tried.out.find("access    argument " + closed + ": 0:0 0700, uid 1500 cannot enter"),
                  std::string::npos)
            << kernel.name << tried.out << tried.err;
    }
}

// cap_drop: [ALL] and cap_add: [CHOWN, SETUID, SETGID].
TEST_F(DryRunAndStartOfAKernel, AgreeAboutADirectoryThatRootMayNotEnterOnOldKernels) {
    give(directory("foreign", 0700), {2000, 2000});
    std::vector<int> dropped;
    for (int each = 0; each <= 40; ++each) {
        if (each != cap_chown && each != cap_setuid && each != cap_setgid) dropped.push_back(each);
    }
    for (const OldKernel& kernel : old_kernels) {
        expect_agreement(kernel.name, {"-u", "app", "-m", at("foreign/a") + " " + at("foreign/b"), "true"},
                         [&](const Command& command) {
                             return with(kernel.injections, command).after(without_capabilities(dropped));
                         });
        EXPECT_EQ(owner(at("foreign/b")), app) << kernel.name;
        for (const char* name : {"foreign/a", "foreign/b"}) ::rmdir(at(name).c_str());
    }
}

TEST_F(DryRunAndStartOfAKernel, AgreeAboutTheAccountsOnOldKernels) {
    const auto is_mounted = [](Command command) { return command.after(bind_mount("/etc/passwd", "/etc/passwd")); };
    const auto as_somebody = [](Command command) { return command.after(ids(4321, 4321)); };
    for (const OldKernel& kernel : old_kernels) {
        const std::string name = std::string(kernel.name) + ": ";
        const auto expect = [&](const std::string& situation, const Words& words, const Prepare& prepare) {
            expect_agreement(name + situation, words,
                             [&](Command command) { return prepare(with(kernel.injections, std::move(command))); });
        };
        for (const char* strict : {"--strict=no", "--strict"}) {
            const Words named{strict, "-u", "4321:4321", "--passwd-name", "somebody", "true"};
            expect("a line for a file that is a mount", named, is_mounted);
            expect("ids in a file that is a mount", {strict, "-u", "app", "--uid", "1700", "true"}, is_mounted);
            expect("a directory that is closed", named, as_somebody);
        }
        expect("a directory that is open", {"--strict", "-u", "4322", "--passwd-name", "other", "true"},
               [](Command command) { return command; });
    }
}

TEST_F(DryRunAndStartOfAKernel, AgreeAboutFileSystemsThatMayIgnoreOwners) {
    std::vector<std::pair<std::string, std::string>> situations;
    for (const auto& [name, magic] : served) situations.emplace_back(magic, "fchownat:error=EPERM");
    const std::string cifs = served[1].second;
    for (const char* fault :
         {"", "fchownat:retval=0", "fchownat:error=EINVAL", "fchown:error=EPERM", "fchown:retval=0"})
        situations.emplace_back(cifs, fault);
    for (const auto& [magic, fault] : situations) {
        directory("data");
        const Words creates{"-u", "app", "-m", at("data/new"), "true"};
        const Words owns{"-u", "app", "-c", at("data"), "true"};
        expect_doubt(magic, fault.starts_with("fchown:") ? creates : owns, fault.empty() ? "" : "inject=" + fault);
        ::rmdir(at("data/new").c_str());
        ::rmdir(at("data").c_str());
    }
}

TEST_F(DryRunAndStartOfAKernel, AgreeAboutAnOwnerThatMayNotBeMapped) {
    const Step all = user_namespace(Setgroups::allowed, 70000);
    STEPDOWN_SKIP_IF(setup_error_of({all}));
    const auto inside = [&](Command command) { return command.after(all); };
    give(directory("unmapped"), {80000, 80000});
    give(directory("nobodys"), {65534, 65534});
    for (const char* user : {"65534:65534", "app"}) {
        for (const char* name : {"unmapped", "nobodys"}) {
            const Words words{"-u", user, "-c", at(name), "true"};
            expect_agreement(std::string(user) + " of " + name, words, inside);
            Words tries = words;
            tries.insert(tries.begin(), "--dry-run");
            give(at("nobodys"), {65534, 65534});
            const Outcome tried = run(inside(stepdown(tries)));
            EXPECT_NE(tried.out.find("it may be one that is not mapped"), std::string::npos) << tried.out;
        }
    }
    EXPECT_EQ(owner(at("unmapped")), (Owner{80000, 80000}));
}

TEST_F(DryRunAndStartOfAKernel, AgreeAboutTheLimitOfProcesses) {
    const Processes two(2, 34567);
    const auto limited = [](rlim_t most) {
        return [most](Command command) { return command.after(limit(RLIMIT_NPROC, most, most)); };
    };
    for (const rlim_t most : {rlim_t{0}, rlim_t{1}, rlim_t{2}, rlim_t{10}}) {
        for (const char* command : {"/bin/true", "true", "/none", "no-such-command", "/etc"}) {
            expect_agreement(std::to_string(most) + command, {"-u", "34567:34567", command}, limited(most));
        }
    }
}

TEST_F(DryRunAndStartOfAKernel, AgreeAboutTheCapabilitiesOfFiles) {
    for (const mode_t mode : {mode_t{0755}, mode_t{0711}}) {
        const std::string tool = at("tool" + std::to_string(mode));
        write_file(tool, read_file("/bin/true"), mode);
        STEPDOWN_SKIP_IF(set_file_capabilities(tool, net_raw, true));
        const std::string over = script("over" + std::to_string(mode), 0755, "#!" + tool);
        for (const std::string& command : {tool, over}) {
            for (const char* kept : {"none", "net_raw", "net_bind_service"}) {
                expect_agreement(command + kept, {"-u", "app", "--caps", kept, command});
            }
            expect_agreement(command, {"-u", "app", command},
                             [](Command each) { return each.after(without_capabilities({13})); });
            expect_agreement(command, {"-u", "app", command});
        }
    }
}

}  // namespace
}  // namespace stepdown::test
