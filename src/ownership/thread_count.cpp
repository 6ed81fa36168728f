// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/thread_count.h"

#include "stepdown/base/file.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace stepdown {
namespace {

constexpr std::size_t most_threads = 8;
constexpr std::size_t network_threads = 16;

// A cgroup is found at the root of its file system in a container, and under its own path where that is shared.
std::string own_cgroup() {
    const auto text = read_kernel_file("/proc/self/cgroup");
    constexpr std::string_view unified = "0::";
    if (!text || !text->starts_with(unified)) return "";
    return text->substr(unified.size(), text->find('\n') - unified.size());
}

std::optional<std::size_t> unified_quota() {
    for (const std::string& path :
         {"/sys/fs/cgroup" + own_cgroup() + "/cpu.max", std::string("/sys/fs/cgroup/cpu.max")}) {
        const auto text = read_kernel_file(path);
        if (text) return cpus_in_quota(*text);
    }
    return std::nullopt;
}

// Version 1 of cgroups: the same two numbers in two files; -1 for no limit.
std::optional<std::size_t> legacy_quota() {
    const auto quota = read_kernel_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    const auto period = read_kernel_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
    if (!quota || !period) return std::nullopt;
    return cpus_in_quota(quota->substr(0, quota->find('\n')) + " " + *period);
}

std::size_t usable_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return most_threads;  // EINVAL: more than 1,024 CPUs
    return static_cast<std::size_t>(CPU_COUNT(&set));
}

}  // namespace

std::optional<std::size_t> cpus_in_quota(std::string_view cpu_max) {
    std::size_t quota = 0;
    std::size_t period = 0;
    const char* end = cpu_max.data() + cpu_max.size();
    const auto first = std::from_chars(cpu_max.data(), end, quota);
    if (first.ec != std::errc{} || first.ptr == end) return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, period);
    if (second.ec != std::errc{} || period == 0) return std::nullopt;
    return std::max<std::size_t>((quota + period - 1) / period, 1);
}

std::size_t worth_threads(MountKind kind) {
    if (kind == MountKind::network) return network_threads;
    std::optional<std::size_t> quota = unified_quota();
    if (!quota) quota = legacy_quota();
    const std::size_t cpus = std::min(usable_cpus(), quota.value_or(most_threads));
    return std::clamp<std::size_t>(cpus, 1, most_threads);
}

}  // namespace stepdown
