// SPDX-License-Identifier: Apache-2.0
// How many threads a walk is worth on this machine.
#pragma once

#include "stepdown/ownership/mount.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace stepdown {

// The number of threads for a walk on a mount of that kind, 1 to 16. It is the least of three numbers: the CPUs that
// this process may run on (sched_getaffinity(2)), the CPU time that its cgroup allows, and 8. On network file systems
// it is 16, because threads wait for the server there. The cgroup is asked in either version (cgroups(7)).
[[nodiscard]] std::size_t worth_threads(MountKind kind);

// The CPUs that cpu.max of cgroup 2 allows, rounded up, at least 1: 2 for "150000 100000", which is a quota and a
// period in microseconds (cgroup-v2.rst in the kernel's documentation). Nothing for "max", and for a text of another
// form.
[[nodiscard]] std::optional<std::size_t> cpus_in_quota(std::string_view cpu_max);

}  // namespace stepdown
