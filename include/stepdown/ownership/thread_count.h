// SPDX-License-Identifier: Apache-2.0
// How many threads a walk is worth on this machine.
#pragma once

#include "stepdown/ownership/mount.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace stepdown {

// The least of the CPUs this process may run on, the CPU time its cgroup allows, and 8; on network file systems 16,
// where threads wait instead of working. At least 1.
[[nodiscard]] std::size_t worth_threads(MountKind kind);

// The CPUs that the text of cpu.max of cgroup 2 allows ("150000 100000": 2); nothing for "max".
[[nodiscard]] std::optional<std::size_t> cpus_in_quota(std::string_view cpu_max);

}  // namespace stepdown
