// SPDX-License-Identifier: Apache-2.0

#include "support/process/container.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>

namespace stepdown::test {
namespace {

constexpr const char* tini_static = "/usr/bin/tini-static";
constexpr const char* catatonit = "/usr/bin/catatonit";
constexpr const char* dumb_init = "/usr/bin/dumb-init";

Step own_session() {
    return [] {
        if (::getsid(0) != ::getpid() && ::setsid() < 0) give_up("setsid");
    };
}

}  // namespace

Inits::Inits() {
    if (missing()) return;
    std::filesystem::copy_file(tini_static, directory_ / "docker-init");
    std::filesystem::copy_file(catatonit, directory_ / "podman-init");
    inits_ = {{"/usr/bin/tini", {"--"}}, {"/usr/bin/tini", {"-s", "-g", "--"}},
              {tini_static, {"--"}},     {directory_ / "docker-init", {"--"}},
              {catatonit, {"--"}},       {directory_ / "podman-init", {"--"}},
              {dumb_init, {"--"}},       {dumb_init, {"--single-child", "--"}}};
}

std::optional<std::string> Inits::missing() {
    for (const char* file : {"/usr/bin/tini", tini_static, catatonit, dumb_init}) {
        if (::access(file, X_OK) != 0) return std::string(file) + " is not installed";
    }
    return {};
}

Step own_proc() {
    return [] {
        if (::mount("proc", "/proc", "proc", 0, nullptr) != 0) give_up("mount /proc");
    };
}

Command in_container(Command command) {
    command.pids = PidNamespace::own;
    return command.after(own_proc()).after(own_session());
}

Command behind(const Init& init, Command command) {
    Words words{init.file};
    words.insert(words.end(), init.words.begin(), init.words.end());
    words.push_back(command.file);
    words.insert(words.end(), command.argv.begin() + 1, command.argv.end());
    command.argv = words;
    command.file = init.file;
    return in_container(std::move(command));
}

Step enter_pid_namespace(pid_t process) {
    return [process] {
        const std::string path = "/proc/" + std::to_string(process) + "/ns/pid";
        const UniqueFd other(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (::setns(other.get(), CLONE_NEWPID) != 0) give_up("setns " + path);
        run_as_a_child();
    };
}

}  // namespace stepdown::test
