// SPDX-License-Identifier: Apache-2.0

#include "support/kernel/fake_kernel.h"

#include "support/kernel/strings.h"

#include <algorithm>
#include <cerrno>

namespace stepdown::test {
namespace {

constexpr uid_t root = 0;

bool holds(const IdSet& ids, id_t id) { return ids.real == id || ids.effective == id || ids.saved == id; }

std::string with_ids(std::string call, std::span<const gid_t> ids) {
    for (const gid_t id : ids) call.append(" ").append(std::to_string(id));
    return call;
}

std::string in_words(const CapabilitySets& sets) {
    if (sets == CapabilitySets{}) return "none";
    std::string words;
    for (const CapabilitySet set : {sets.permitted, sets.effective, sets.inheritable, sets.ambient}) {
        words.append(words.empty() ? "" : " ").append(std::to_string(set.bits()));
    }
    return words;
}

// Records call, and tells how it ends: an error, or whether it has its effect.
Result<bool> begin(FakeKernel& kernel, const std::string& call) {
    kernel.calls.push_back(call);
    const std::string name = call.substr(0, call.find(' '));
    const auto refusal = kernel.refused.find(name);
    if (refusal != kernel.refused.end()) return system_error("cannot " + name, refusal->second);
    return !kernel.lost.contains(name);
}

void drop_capabilities_with_root(FakeProcess& process, const IdSet& before) {
    if (before.effective == root && process.uids.effective != root) process.capabilities.effective = {};
    if (!holds(before, root) || holds(process.uids, root)) return;
    process.capabilities.permitted = {};
    process.capabilities.ambient = {};
}

}  // namespace

FakeProcess root_process() {
    FakeProcess process;
    for (const int capability : {cap_chown, cap_setgid, cap_setuid}) {
        process.capabilities.permitted.add(capability);
        process.capabilities.effective.add(capability);
        process.bounding.add(capability);
    }
    return process;
}

FakeProcess process_of(uid_t uid, gid_t gid) {
    FakeProcess process;
    process.uids = {uid, uid, uid};
    process.gids = {gid, gid, gid};
    return process;
}

StartIds FakeKernel::start_ids() {
    return {process.uids.real, process.uids.effective, process.gids.real, process.gids.effective};
}

Result<void> FakeKernel::set_groups(std::span<const gid_t> groups) {
    if (!TRY(begin(*this, with_ids("set_groups", groups)))) return {};
    if (!process.capabilities.effective.has(cap_setgid)) return system_error("cannot set_groups", EPERM);
    process.groups.assign(groups.begin(), groups.end());
    std::sort(process.groups.begin(), process.groups.end());
    return {};
}

Result<void> FakeKernel::set_gids(gid_t gid) {
    if (!TRY(begin(*this, "set_gids " + std::to_string(gid)))) return {};
    if (!process.capabilities.effective.has(cap_setgid) && !holds(process.gids, gid)) {
        return system_error("cannot set_gids", EPERM);
    }
    if (process.gids.effective != gid) process.parent_death_signal = 0;
    process.gids = {gid, gid, gid};
    return {};
}

Result<void> FakeKernel::set_uids(uid_t uid) {
    if (!TRY(begin(*this, "set_uids " + std::to_string(uid)))) return {};
    return change_uids(uid);
}

Result<void> FakeKernel::set_uids_keeping_capabilities(uid_t uid) {
    if (!TRY(begin(*this, "set_uids_keeping_capabilities " + std::to_string(uid)))) return {};
    const CapabilitySet permitted = process.capabilities.permitted;
    TRY(change_uids(uid));
    process.capabilities.permitted = permitted;
    return {};
}

Result<void> FakeKernel::change_uids(uid_t uid) {
    if (!keeps_root && !process.capabilities.effective.has(cap_setuid) && !holds(process.uids, uid)) {
        return system_error("cannot set_uids", EPERM);
    }
    if (process.uids.effective != uid) process.parent_death_signal = 0;
    const IdSet before = process.uids;
    process.uids = {uid, uid, uid};
    if (!keeps_capabilities) drop_capabilities_with_root(process, before);
    return {};
}

Result<void> FakeKernel::set_capabilities(const CapabilitySets& sets) {
    if (!TRY(begin(*this, "set_capabilities " + in_words(sets)))) return {};
    const bool allowed = sets.permitted.within(process.capabilities.permitted) &&
                         sets.effective.within(sets.permitted) && sets.ambient.within(sets.permitted) &&
                         sets.ambient.within(sets.inheritable);
    if (!allowed) return system_error("cannot set_capabilities", EPERM);
    process.capabilities = sets;
    return {};
}

Result<void> FakeKernel::narrow_bounding_set(CapabilitySet kept) {
    if (!TRY(begin(*this, "narrow_bounding_set " + std::to_string(kept.bits())))) return {};
    if (process.bounding.within(kept)) return {};
    if (!process.capabilities.effective.has(cap_setpcap)) return system_error("cannot narrow_bounding_set", EPERM);
    process.bounding = process.bounding & kept;
    return {};
}

Result<void> FakeKernel::set_no_new_privileges() {
    if (TRY(begin(*this, "set_no_new_privileges"))) process.no_new_privileges = true;
    return {};
}

Result<void> FakeKernel::set_parent_death_signal(int signal) {
    if (TRY(begin(*this, "set_parent_death_signal " + std::to_string(signal)))) process.parent_death_signal = signal;
    return {};
}

int FakeKernel::execute(const std::string& file, StringVector argv, StringVector envp) {
    executed = copy_of(argv);
    executed_environment = copy_of(envp);
    const auto outcome = begin(*this, "execute " + file);
    return outcome ? 0 : outcome.error().number;
}

}  // namespace stepdown::test
