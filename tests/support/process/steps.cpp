// SPDX-License-Identifier: Apache-2.0

#include "support/process/steps.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

namespace stepdown::test {
namespace {

void need(bool success, const std::string& what) {
    if (!success) give_up(what);
}

void set_groups(const Groups& groups) { need(::setgroups(groups.size(), groups.data()) == 0, "setgroups"); }

std::uint64_t bits(const std::vector<int>& capabilities) {
    std::uint64_t result = 0;
    for (const int capability : capabilities) result |= std::uint64_t{1} << static_cast<unsigned>(capability);
    return result;
}

void set_capabilities(std::uint64_t set) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const auto low = static_cast<std::uint32_t>(set);
    const auto high = static_cast<std::uint32_t>(set >> 32U);
    std::array<__user_cap_data_struct, 2> data{{{low, low, low}, {high, high, high}}};
    need(::syscall(SYS_capset, &header, data.data()) == 0, "capset");
}

void write_whole(const std::string& path, const std::string& content) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_CREAT, 0600));
    need(fd.valid(), "open " + path);
    need(::write(fd.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()), "write " + path);
}

// A process outside the new namespace writes the maps: one inside may map a single id only.
void write_maps(pid_t target, Setgroups setgroups, const IdMaps& maps) {
    const std::string directory = "/proc/" + std::to_string(target);
    if (setgroups == Setgroups::denied) write_whole(directory + "/setgroups", "deny");
    write_whole(directory + "/uid_map", maps.uids);
    write_whole(directory + "/gid_map", maps.gids);
}

void bind_on_itself(const std::string& directory, unsigned long flags) {
    const char* path = directory.c_str();
    need(::mount(path, path, nullptr, MS_BIND, nullptr) == 0, "bind " + directory);
    need(::mount(path, path, nullptr, MS_BIND | MS_REMOUNT | flags, nullptr) == 0, "remount " + directory);
}

}  // namespace

Step ids(uid_t uid, gid_t gid, Groups groups) {
    return [=] {
        set_groups(groups);
        need(::setresgid(gid, gid, gid) == 0, "setresgid");
        need(::setresuid(uid, uid, uid) == 0, "setresuid");
    };
}

Step ids_with_capabilities(uid_t uid, gid_t gid, Groups groups, std::vector<int> capabilities) {
    return [=] {
        need(::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0, "PR_SET_KEEPCAPS");
        ids(uid, gid, groups)();
        set_capabilities(bits(capabilities));
        for (const int capability : capabilities) {
            need(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0, "PR_CAP_AMBIENT_RAISE");
        }
    };
}

Step groups(Groups groups) {
    return [=] { set_groups(groups); };
}

Step real_and_effective_uid(uid_t real, uid_t effective) {
    return [=] { need(::setresuid(real, effective, effective) == 0, "setresuid"); };
}

Step without_capabilities(std::vector<int> capabilities) {
    return [=] {
        for (const int capability : capabilities) {
            need(::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0, "PR_CAPBSET_DROP");
        }
    };
}

Step private_mounts() {
    return [] {
        need(::unshare(CLONE_NEWNS) == 0, "unshare(CLONE_NEWNS)");
        need(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mount private");
    };
}

Step empty_tmpfs(std::string directory) {
    return [=] { need(::mount("tmpfs", directory.c_str(), "tmpfs", 0, "mode=0755") == 0, "mount on " + directory); };
}

Step accounts(std::optional<std::string> passwd, std::optional<std::string> group) {
    return [=] {
        empty_tmpfs("/etc")();
        if (passwd) file("/etc/passwd", *passwd)();
        if (group) file("/etc/group", *group)();
    };
}

Step bind_mount(std::string source, std::string target) {
    return [=] { need(::mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) == 0, "bind " + source); };
}

Step read_only(std::string directory) {
    return [=] { bind_on_itself(directory, MS_RDONLY); };
}

Step no_exec(std::string directory) {
    return [=] { bind_on_itself(directory, MS_NOEXEC); };
}

Step file(std::string path, std::string content, mode_t mode, uid_t owner) {
    return [=] {
        write_whole(path, content);
        need(::chmod(path.c_str(), mode) == 0, "chmod " + path);
        need(::chown(path.c_str(), owner, owner) == 0, "chown " + path);
    };
}

Step user_namespace(Setgroups setgroups, std::uint32_t count, std::uint32_t outside) {
    const std::string map = "0 " + std::to_string(outside) + " " + std::to_string(count);
    return user_namespace(setgroups, IdMaps{map, map});
}

Step user_namespace(Setgroups setgroups, IdMaps maps) {
    return [=] {
        std::array<int, 2> ready{};
        need(::pipe2(ready.data(), O_CLOEXEC) == 0, "pipe2");
        const pid_t target = ::getpid();
        const pid_t helper = ::fork();
        need(helper >= 0, "fork");
        if (helper == 0) {
            char byte = 0;
            ::close(ready[1]);
            static_cast<void>(!::read(ready[0], &byte, 1));
            write_maps(target, setgroups, maps);
            ::_exit(0);
        }
        need(::unshare(CLONE_NEWUSER) == 0, "unshare(CLONE_NEWUSER)");
        ::close(ready[0]);
        ::close(ready[1]);
        int status = 0;
        need(::waitpid(helper, &status, 0) == helper, "waitpid");
        if (status != 0) ::_exit(254);  // the helper has said why
    };
}

Step loopback_network() {
    return [] {
        need(::unshare(CLONE_NEWNET) == 0, "unshare(CLONE_NEWNET)");
        const UniqueFd any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        ifreq interface {};
        interface.ifr_name[0] = 'l';
        interface.ifr_name[1] = 'o';
        interface.ifr_flags = IFF_UP;
        need(any.valid() && ::ioctl(any.get(), SIOCSIFFLAGS, &interface) == 0, "SIOCSIFFLAGS lo");
    };
}

Step working_directory(std::string path) {
    return [=] { need(::chdir(path.c_str()) == 0, "chdir " + path); };
}

Step file_creation_mask(mode_t mask) {
    return [=] { ::umask(mask); };
}

Step limit(int resource, rlim_t soft, rlim_t hard) {
    return [=] {
        const rlimit value{soft, hard};
        need(::syscall(SYS_prlimit64, 0, resource, &value, nullptr) == 0, "prlimit");
    };
}

Step ignored(int signal) {
    return [=] { need(std::signal(signal, SIG_IGN) != SIG_ERR, "signal"); };
}

Step blocked(int signal) {
    return [=] {
        sigset_t set;
        ::sigemptyset(&set);
        ::sigaddset(&set, signal);
        need(::sigprocmask(SIG_BLOCK, &set, nullptr) == 0, "sigprocmask");
    };
}

Step niceness(int value) {
    return [=] { need(::setpriority(PRIO_PROCESS, 0, value) == 0, "setpriority"); };
}

Step parent_death_signal(int signal) {
    return [=] { need(::prctl(PR_SET_PDEATHSIG, signal) == 0, "PR_SET_PDEATHSIG"); };
}

Step inherited(int fd, int number) {
    return [=] {
        const int kept = fd == number ? ::fcntl(fd, F_SETFD, 0) : ::dup2(fd, number);
        need(kept >= 0, "dup2");
    };
}

void run_as_a_child() {
    const pid_t child = ::fork();
    need(child >= 0, "fork");
    if (child == 0) return;
    // Not this process's: the harness waits for the end of that pipe to learn that the child was executed.
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 254);
}

Step lead_session_on(int fd) {
    return [=] {
        need(::setsid() >= 0, "setsid");
        need(::ioctl(fd, TIOCSCTTY, 0) == 0, "TIOCSCTTY");
    };
}

Step follow_session_leader_on(int fd) {
    return [=] {
        lead_session_on(fd)();
        run_as_a_child();
    };
}

Step directory(std::string path) {
    return [=] { need(::mkdir(path.c_str(), 0755) == 0, "mkdir " + path); };
}

Step fifo(std::string path) {
    return [=] { need(::mkfifo(path.c_str(), 0644) == 0, "mkfifo " + path); };
}

Step sparse_file(std::string path, off_t size) {
    return [=] {
        file(path, "")();
        need(::truncate(path.c_str(), size) == 0, "truncate " + path);
    };
}

std::optional<std::string> setup_error_of(const std::vector<Step>& steps) {
    const Outcome outcome = run({.argv = {"/bin/true"}, .file = {}, .environment = {}, .steps = steps});
    if (outcome.setup_error.empty()) return {};
    return outcome.setup_error;
}

}  // namespace stepdown::test
