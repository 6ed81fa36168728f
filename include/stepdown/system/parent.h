// SPDX-License-Identifier: Apache-2.0
// The parent of this process, by which the start of a container is recognised (src/docs/settings.md).
#pragma once

#include <string>
#include <vector>

namespace stepdown {

enum class Parent {
    none,       // this process is process 1 of its pid namespace
    init,       // process 1, which is an init that containers use and started this process: see find_parent
    process_1,  // process 1, of which that cannot be told
    outside,    // a process outside the pid namespace, as of docker exec (getppid(2) returns 0)
    other,
};

// Looks the parent up, by getpid(2), getppid(2) and, for a child of process 1 alone, by proc(5). The parent is an init
// if all of this holds:
//   - /proc is proc(5) of the pid namespace of this process, and not of an outer one (pid_namespaces(7));
//   - the Name line of /proc/1/status says tini, tini-static, docker-init, catatonit, dumb-init or podman-init. An
//     application can take such a name by prctl(2), so the Uid line must say 0 four times;
//   - this process is in the session of process 1, or leads one: an orphan of a debug shell, which the kernel gives to
//     process 1, is in the session of that shell (setsid(2)). Session 0 is one outside the namespace, and no answer.
// Whatever cannot be read counts as no. There are no errors.
[[nodiscard]] Parent find_parent();

// The words of the parent's command line, by proc(5); none where they cannot be read.
[[nodiscard]] std::vector<std::string> words_of_parent();

// Returns true if a process with that parent is the start of its container.
[[nodiscard]] constexpr bool is_container_start(Parent parent) {
    return parent == Parent::none || parent == Parent::init;
}

}  // namespace stepdown
