// SPDX-License-Identifier: Apache-2.0
// Preparations of a child process, for Command::steps. All of them end the child by give_up() when they fail.
#pragma once

#include "support/process/process.h"

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stepdown::test {

// linux/capability.h, by number.
inline constexpr int cap_chown = 0;
inline constexpr int cap_dac_override = 1;
inline constexpr int cap_dac_read_search = 2;
inline constexpr int cap_setgid = 6;
inline constexpr int cap_setuid = 7;
inline constexpr int cap_net_bind_service = 10;

using Groups = std::vector<gid_t>;

// All ids and the supplementary groups, then no capabilities unless uid is 0: setgroups(2), setresgid(2), setresuid(2).
Step ids(uid_t uid, gid_t gid, Groups groups = {});
// As ids, and keeps the capabilities in all of permitted, effective, inheritable and ambient.
Step ids_with_capabilities(uid_t uid, gid_t gid, Groups groups, std::vector<int> capabilities);
// Only the supplementary groups.
Step groups(Groups groups);
// Real and effective uid, saved as effective.
Step real_and_effective_uid(uid_t real, uid_t effective);
// Out of the bounding set, so that not even uid 0 gets them at the next execve(2).
Step without_capabilities(std::vector<int> capabilities);

// A mount namespace of its own, from which nothing spreads.
Step private_mounts();
// Needs private_mounts: an empty tmpfs (root's, mode 0755) over directory.
Step empty_tmpfs(std::string directory);
// Needs private_mounts: /etc becomes a tmpfs that holds these files only; nothing: no such file.
Step accounts(std::optional<std::string> passwd, std::optional<std::string> group);
// Needs private_mounts: what source is appears at target.
Step bind_mount(std::string source, std::string target);
// Needs private_mounts: binds directory on itself, read-only, or so that nothing in it can be executed.
Step read_only(std::string directory);
Step no_exec(std::string directory);
// A file with this content, for use after empty_tmpfs.
Step file(std::string path, std::string content, mode_t mode = 0644, uid_t owner = 0);

enum class Setgroups { allowed, denied };
// A user namespace in which the ids 0 to count-1 are those from outside on.
Step user_namespace(Setgroups setgroups, std::uint32_t count = 65536, std::uint32_t outside = 0);

// uid_map and gid_map in the form of user_namespaces(7).
struct IdMaps {
    std::string uids;
    std::string gids;
};
// Those of a rootless engine that 1234:1235 runs: as root here, and as podman's keep-id has it.
inline const IdMaps rootless{"0 1234 1\n1 100000 65535", "0 1235 1\n1 100000 65535"};
inline const IdMaps keep_id{"0 100000 1234\n1234 1234 1\n1235 101235 60000",
                            "0 100000 1235\n1235 1235 1\n1236 101236 60000"};
Step user_namespace(Setgroups setgroups, IdMaps maps);

// A network namespace of its own, in which 127.0.0.1 answers.
Step loopback_network();

Step working_directory(std::string path);
Step file_creation_mask(mode_t mask);
Step limit(int resource, rlim_t soft, rlim_t hard);
Step ignored(int signal);
Step blocked(int signal);
Step niceness(int value);
Step parent_death_signal(int signal);
// fd becomes number in the child and is inherited by the program; number is 3 to 99.
Step inherited(int fd, int number);
// For a step: the program runs as a child of this process, which ends with its exit code.
void run_as_a_child();
// A session of its own whose controlling terminal is fd; the program leads it.
Step lead_session_on(int fd);
// The program runs as a child of the leader of a session whose controlling terminal is fd, as in a debug shell. Its
// exit code becomes that of the leader, which is what the harness waits for.
Step follow_session_leader_on(int fd);
// Not /etc/passwd but a directory, and such: mkdir(2), mkfifo(3), and ftruncate(2) of a new file to size.
Step directory(std::string path);
Step fifo(std::string path);
Step sparse_file(std::string path, off_t size);

// Why a child cannot be prepared so on this machine; nothing: it can.
std::optional<std::string> setup_error_of(const std::vector<Step>& steps);

}  // namespace stepdown::test
