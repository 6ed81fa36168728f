// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/kernel.h"

#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace stepdown {
namespace {

// The id calls themselves, of this thread: libc's stop every other thread to change it as well (nptl(7)), and there is
// none when privileges are given up. Where there is a second call for ids of 32 bits, the first takes 16.
#ifdef SYS_setresuid32
constexpr long setgroups_call = SYS_setgroups32;
constexpr long setresgid_call = SYS_setresgid32;
constexpr long setresuid_call = SYS_setresuid32;
#else
constexpr long setgroups_call = SYS_setgroups;
constexpr long setresgid_call = SYS_setresgid;
constexpr long setresuid_call = SYS_setresuid;
#endif

id_t from_auxiliary_vector(unsigned long type) { return static_cast<id_t>(::getauxval(type)); }

}  // namespace

const char* executed_name() {
    return reinterpret_cast<const char*>(::getauxval(AT_EXECFN));  // NOLINT: an address, as a number
}

StartIds LinuxKernel::start_ids() {
    return {from_auxiliary_vector(AT_UID), from_auxiliary_vector(AT_EUID), from_auxiliary_vector(AT_GID),
            from_auxiliary_vector(AT_EGID)};
}

IdSet LinuxKernel::uids() {
    IdSet ids;
    ::getresuid(&ids.real, &ids.effective, &ids.saved);
    return ids;
}

IdSet LinuxKernel::gids() {
    IdSet ids;
    ::getresgid(&ids.real, &ids.effective, &ids.saved);
    return ids;
}

Result<std::vector<gid_t>> LinuxKernel::groups() {
    std::vector<gid_t> groups(64);  // more than a process usually has: one call is enough
    int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
    if (count < 0 && errno == EINVAL) {
        groups.resize(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
        count = ::getgroups(static_cast<int>(groups.size()), groups.data());
    }
    if (count < 0) return credentials_error("cannot read the supplementary groups", errno);
    groups.resize(static_cast<std::size_t>(count));
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    return groups;
}

Result<CapabilitySets> LinuxKernel::capabilities() { return read_capabilities(); }

Result<void> LinuxKernel::set_groups(std::span<const gid_t> groups) {
    if (::syscall(setgroups_call, groups.size(), groups.data()) != 0) {
        return credentials_error("cannot set the supplementary groups", errno);
    }
    return {};
}

Result<void> LinuxKernel::set_gids(gid_t gid) {
    if (::syscall(setresgid_call, gid, gid, gid) != 0)
        return credentials_error("cannot change the gid to " + std::to_string(gid), errno);
    return {};
}

Result<void> LinuxKernel::set_uids(uid_t uid) {
    if (!succeeds_in_setting_uids(uid))
        return credentials_error("cannot change the uid to " + std::to_string(uid), errno);
    return {};
}

bool LinuxKernel::succeeds_in_setting_uids(uid_t uid) { return ::syscall(setresuid_call, uid, uid, uid) == 0; }

Result<void> LinuxKernel::set_uids_keeping_capabilities(uid_t uid) {
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return credentials_error("cannot keep capabilities", errno);
    Result<void> outcome = set_uids(uid);
    // Execve(2) would clear it too.
    if (::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0) return credentials_error("cannot stop keeping capabilities", errno);
    return outcome;
}

CapabilitySet LinuxKernel::bounding_set() { return read_bounding_set(); }

Result<void> LinuxKernel::narrow_bounding_set(CapabilitySet kept) { return stepdown::narrow_bounding_set(kept); }

Result<void> LinuxKernel::set_capabilities(const CapabilitySets& sets) { return write_capabilities(sets); }

bool LinuxKernel::no_new_privileges() { return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1; }

Result<void> LinuxKernel::set_no_new_privileges() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return credentials_error("cannot set no_new_privs", errno);
    return {};
}

int LinuxKernel::parent_death_signal() {
    int signal = 0;
    return ::prctl(PR_GET_PDEATHSIG, &signal) == 0 ? signal : 0;
}

Result<void> LinuxKernel::set_parent_death_signal(int signal) {
    if (::prctl(PR_SET_PDEATHSIG, signal) != 0)
        return credentials_error("cannot set the parent-death signal again", errno);
    return {};
}

int LinuxKernel::execute(const std::string& file, StringVector argv, StringVector envp) {
    ::execve(file.c_str(), argv, envp);
    return errno;
}

}  // namespace stepdown
