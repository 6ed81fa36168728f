// SPDX-License-Identifier: Apache-2.0
// A kernel for tests of what cannot be taken back.
#pragma once

#include "stepdown/system/kernel.h"

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace stepdown::test {

// Who the process is.
struct FakeProcess {
    IdSet uids;
    IdSet gids;
    std::vector<gid_t> groups;
    CapabilitySets capabilities;
    int parent_death_signal = 0;
    CapabilitySet bounding{};
    bool no_new_privileges = false;
    bool operator==(const FakeProcess&) const = default;
};

// uid 0 with CHOWN, SETGID and SETUID in the permitted, effective and bounding sets.
FakeProcess root_process();
// All ids are these; no groups, no capabilities.
FakeProcess process_of(uid_t uid, gid_t gid);

// Follows credentials(7) and capabilities(7): what a process may not change is refused with EPERM, a change of the
// effective ids clears the parent-death signal, and with the last uid of 0 go the permitted, effective and ambient
// capabilities. Keeps what it was asked to change, in order: "set_groups 29 44", "set_gids 1000", "set_uids 1000",
// "set_capabilities none",
// "narrow_bounding_set 1024", "set_no_new_privileges", "set_parent_death_signal 15", "execute /bin/true".
class FakeKernel final : public Kernel {
  public:
    explicit FakeKernel(FakeProcess initial) : process(std::move(initial)) {}

    StartIds start_ids() override;
    IdSet uids() override { return process.uids; }
    IdSet gids() override { return process.gids; }
    Result<std::vector<gid_t>> groups() override { return process.groups; }
    Result<CapabilitySets> capabilities() override { return process.capabilities; }
    Result<void> set_groups(std::span<const gid_t> groups) override;
    Result<void> set_gids(gid_t gid) override;
    Result<void> set_uids(uid_t uid) override;
    bool succeeds_in_setting_uids(uid_t uid) override { return set_uids(uid).has_value(); }
    Result<void> set_uids_keeping_capabilities(uid_t uid) override;
    CapabilitySet bounding_set() override { return process.bounding; }
    Result<void> narrow_bounding_set(CapabilitySet kept) override;
    Result<void> set_capabilities(const CapabilitySets& sets) override;
    bool no_new_privileges() override { return process.no_new_privileges; }
    Result<void> set_no_new_privileges() override;
    int parent_death_signal() override { return process.parent_death_signal; }
    Result<void> set_parent_death_signal(int signal) override;
    int execute(const std::string& file, StringVector argv, StringVector envp) override;

    FakeProcess process;
    std::vector<std::string> calls;
    std::map<std::string, int> refused;             // calls that fail, whatever their arguments, by name: the errno
    std::set<std::string> lost;                     // calls that report success and change nothing
    bool keeps_root = false;                        // every change of the uids succeeds
    bool keeps_capabilities = false;                // as SECBIT_NO_SETUID_FIXUP does
    std::vector<std::string> executed;              // argv of execute
    std::vector<std::string> executed_environment;  // envp of execute

  private:
    Result<void> change_uids(uid_t uid);
};

}  // namespace stepdown::test
