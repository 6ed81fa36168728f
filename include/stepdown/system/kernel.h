// SPDX-License-Identifier: Apache-2.0
// The narrow seam to what a temporary directory cannot fake: who this process is, and execve(2).
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/system/capability.h"

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

namespace stepdown {

// The ids of credentials(7); uid_t and gid_t are one type on Linux. The filesystem id follows the effective one
// wherever that changes; FsuidSwitch alone sets it apart, for a while.
struct IdSet {
    id_t real = 0;
    id_t effective = 0;
    id_t saved = 0;
    bool operator==(const IdSet&) const = default;
    [[nodiscard]] bool all(id_t id) const { return *this == IdSet{id, id, id}; }
};

// The ids that execve(2) gave this process (getauxval(3): AT_UID and its kin), where the saved ids are the effective.
struct StartIds {
    uid_t real_uid = 0;
    uid_t effective_uid = 0;
    gid_t real_gid = 0;
    gid_t effective_gid = 0;
};

// A null-terminated vector of strings, as execve(2) takes it.
using StringVector = char* const*;

// The calls that decide who this process is. LinuxKernel makes them, and a test has a kernel of its own that records
// them. Each call is about the calling thread alone, so that none may be made while a second thread runs. An Error has
// the id credentials_refused, and its number is the errno.
class Kernel {
  public:
    Kernel() = default;
    Kernel(const Kernel&) = delete;
    Kernel& operator=(const Kernel&) = delete;
    virtual ~Kernel() = default;

    // Takes no call: the kernel left the ids in the auxiliary vector.
    virtual StartIds start_ids() = 0;
    // getresuid(2) and getresgid(2).
    virtual IdSet uids() = 0;
    virtual IdSet gids() = 0;
    // getgroups(2), in ascending order, each once.
    virtual Result<std::vector<gid_t>> groups() = 0;
    // capget(2), see read_capabilities.
    virtual Result<CapabilitySets> capabilities() = 0;

    // setgroups(2): exactly these, none if groups is empty. EPERM without CAP_SETGID, and in a user namespace whose
    // /proc/self/setgroups says deny (user_namespaces(7)). EINVAL for a gid that is not mapped, and above 65,536
    // groups.
    virtual Result<void> set_groups(std::span<const gid_t> groups) = 0;
    // setresgid(2) and setresuid(2): the real, the effective and the saved id. EPERM without CAP_SETGID or CAP_SETUID,
    // unless the process has that id already. EINVAL for an id that is not mapped. EAGAIN at RLIMIT_NPROC before
    // Linux 3.1.
    virtual Result<void> set_gids(gid_t gid) = 0;
    virtual Result<void> set_uids(uid_t uid) = 0;
    // Returns true if set_uids succeeds. It does the same to find out.
    virtual bool succeeds_in_setting_uids(uid_t uid) = 0;
    // The same as set_uids, but the permitted capabilities stay, as under PR_SET_KEEPCAPS of prctl(2).
    virtual Result<void> set_uids_keeping_capabilities(uid_t uid) = 0;
    // capset(2), see write_capabilities.
    virtual Result<void> set_capabilities(const CapabilitySets& sets) = 0;

    // See read_bounding_set and narrow_bounding_set.
    virtual CapabilitySet bounding_set() = 0;
    virtual Result<void> narrow_bounding_set(CapabilitySet kept) = 0;

    // PR_GET_NO_NEW_PRIVS and PR_SET_NO_NEW_PRIVS of prctl(2), which nothing undoes.
    virtual bool no_new_privileges() = 0;
    virtual Result<void> set_no_new_privileges() = 0;

    // PR_GET_PDEATHSIG and PR_SET_PDEATHSIG of prctl(2); 0: none.
    virtual int parent_death_signal() = 0;
    virtual Result<void> set_parent_death_signal(int signal) = 0;

    // execve(2). Returns only when it failed, with the errno.
    virtual int execute(const std::string& file, StringVector argv, StringVector envp) = 0;
};

// The name by which execve(2) was told to run this program, which may be relative; null where the kernel does not say
// (AT_EXECFN of getauxval(3)).
[[nodiscard]] const char* executed_name();

// The kernel that runs this process.
class LinuxKernel final : public Kernel {
  public:
    StartIds start_ids() override;
    IdSet uids() override;
    IdSet gids() override;
    Result<std::vector<gid_t>> groups() override;
    Result<CapabilitySets> capabilities() override;
    Result<void> set_groups(std::span<const gid_t> groups) override;
    Result<void> set_gids(gid_t gid) override;
    Result<void> set_uids(uid_t uid) override;
    bool succeeds_in_setting_uids(uid_t uid) override;
    Result<void> set_uids_keeping_capabilities(uid_t uid) override;
    CapabilitySet bounding_set() override;
    Result<void> narrow_bounding_set(CapabilitySet kept) override;
    Result<void> set_capabilities(const CapabilitySets& sets) override;
    bool no_new_privileges() override;
    Result<void> set_no_new_privileges() override;
    int parent_death_signal() override;
    Result<void> set_parent_death_signal(int signal) override;
    int execute(const std::string& file, StringVector argv, StringVector envp) override;
};

}  // namespace stepdown
