// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/parent.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace stepdown {
namespace {

// The kernel keeps 15 bytes of a program's name (PR_SET_NAME of prctl(2)); none of these is longer.
constexpr std::array<std::string_view, 6> inits{"tini",      "tini-static", "docker-init",
                                                "catatonit", "dumb-init",   "podman-init"};

// If proc(5) is not mounted, an application may own that directory. The number that /proc/self leads to is this
// process's in the namespace of that /proc.
bool is_proc_of_this_namespace() {
    struct statfs file_system {};
    if (::statfs("/proc", &file_system) != 0 || file_system.f_type != PROC_SUPER_MAGIC) return false;
    std::array<char, 32> number{};
    const ssize_t length = ::readlink("/proc/self", number.data(), number.size());
    return length > 0 &&
           std::string_view(number.data(), static_cast<std::size_t>(length)) == std::to_string(::getpid());
}

// The kernel escapes a newline in a name, so the first line is the name and nothing else (proc(5)).
bool is_init_of_root(std::string_view status) {
    constexpr std::string_view name_label = "Name:\t";
    const std::string_view name = pop_piece(status, '\n');
    if (!name.starts_with(name_label)) return false;
    if (std::find(inits.begin(), inits.end(), name.substr(name_label.size())) == inits.end()) return false;
    while (!status.empty()) {
        const std::string_view line = pop_piece(status, '\n');
        if (line.starts_with("Uid:")) return line == "Uid:\t0\t0\t0\t0";
    }
    return false;
}

bool leads_or_shares_session_of_process_1() {
    const pid_t session = ::getsid(0);
    return session > 0 && (session == ::getpid() || session == ::getsid(1));
}

bool is_started_by_init() {
    if (!leads_or_shares_session_of_process_1() || !is_proc_of_this_namespace()) return false;
    const auto status = read_kernel_file("/proc/1/status");
    return status && is_init_of_root(*status);
}

}  // namespace

Parent find_parent() {
    if (::getpid() == 1) return Parent::none;
    const pid_t parent = ::getppid();
    if (parent == 0) return Parent::outside;
    if (parent != 1) return Parent::other;
    return is_started_by_init() ? Parent::init : Parent::process_1;
}

[[gnu::cold]] std::vector<std::string> words_of_parent() {
    std::vector<std::string> words;
    if (!is_proc_of_this_namespace()) return words;
    const auto text = read_kernel_file("/proc/" + std::to_string(::getppid()) + "/cmdline");
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) words.emplace_back(pop_piece(rest, '\0'));
    return words;
}

}  // namespace stepdown
