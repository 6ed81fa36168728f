// The narrow seam to what a temporary directory cannot fake: who this process is, and execve(2).
#pragma once

#include "stepdown/base/capability.h"
#include "stepdown/base/result.h"

#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace stepdown {

// The four ids of credentials(7); uid_t and gid_t are one type on Linux.
struct IdSet {
    id_t real = 0;
    id_t effective = 0;
    id_t saved = 0;
    id_t filesystem = 0;
    bool operator==(const IdSet&) const = default;
    [[nodiscard]] bool all(id_t id) const { return *this == IdSet{id, id, id, id}; }
};

// A null-terminated vector of strings, as execve(2) takes it.
using StringVector = char* const*;

class Kernel {
  public:
    Kernel() = default;
    Kernel(const Kernel&) = delete;
    Kernel& operator=(const Kernel&) = delete;
    virtual ~Kernel() = default;

    // getresuid(2), getresgid(2), setfsuid(2) and setfsgid(2) with an invalid id, which only read.
    virtual IdSet uids() = 0;
    virtual IdSet gids() = 0;
    // getgroups(2), in ascending order.
    virtual Result<std::vector<gid_t>> groups() = 0;
    virtual Result<CapabilitySets> capabilities() = 0;

    // Each changes all of real, effective, saved and filesystem id. Error.number is the errno.
    virtual Result<void> set_groups(std::span<const gid_t> groups) = 0;
    virtual Result<void> set_gids(gid_t gid) = 0;
    virtual Result<void> set_uids(uid_t uid) = 0;
    virtual Result<void> clear_capabilities() = 0;

    // PR_GET_PDEATHSIG and PR_SET_PDEATHSIG of prctl(2); 0: none.
    virtual int parent_death_signal() = 0;
    virtual Result<void> set_parent_death_signal(int signal) = 0;

    // execve(2). Returns only when it failed, with the errno.
    virtual int execute(const std::string& file, StringVector argv, StringVector envp) = 0;
};

class LinuxKernel final : public Kernel {
  public:
    IdSet uids() override;
    IdSet gids() override;
    Result<std::vector<gid_t>> groups() override;
    Result<CapabilitySets> capabilities() override;
    Result<void> set_groups(std::span<const gid_t> groups) override;
    Result<void> set_gids(gid_t gid) override;
    Result<void> set_uids(uid_t uid) override;
    Result<void> clear_capabilities() override;
    int parent_death_signal() override;
    Result<void> set_parent_death_signal(int signal) override;
    int execute(const std::string& file, StringVector argv, StringVector envp) override;
};

}  // namespace stepdown
