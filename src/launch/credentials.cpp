// SPDX-License-Identifier: Apache-2.0

#include "stepdown/launch/credentials.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <string_view>

namespace stepdown {
namespace {

constexpr uid_t root = 0;

// The plan has seen that the capabilities are there.
constexpr std::string_view forbidden = ". A seccomp profile or a security module forbids it";

// EINVAL of the id calls has one meaning only, and its text does not tell it.
template <typename Id>
Result<void> explain(Result<void> outcome, const char* kind, Id id) {
    if (outcome) return outcome;
    Error error = std::move(outcome).error();
    if (error.number == EPERM) error.message += forbidden;
    if (error.number != EINVAL) return Failure(std::move(error));
    error.message =
        concat({"cannot change the ", kind, " to ", std::to_string(id),
                ": it is not mapped in this user namespace. /proc/self/", kind, "_map lists the ids that are"});
    return Failure(std::move(error));
}

bool is_setgroups_denied() {
    const auto setting = read_kernel_file("/proc/self/setgroups");
    return setting && setting->starts_with("deny");
}

// The same to every check that the kernel makes: the primary gid counts in any case.
bool same_groups(const std::vector<gid_t>& now, const std::vector<gid_t>& wanted, gid_t primary) {
    const auto rest = [primary](std::vector<gid_t> gids) {
        std::erase(gids, primary);
        return gids;
    };
    return rest(now) == rest(wanted);
}

// The reasons of EINVAL.
std::string reason_against(const std::vector<gid_t>& groups) {
    constexpr std::size_t most = 65536;  // NGROUPS_MAX of linux/limits.h; musl's limits.h has another
    if (groups.size() > most) {
        return concat({with_thousands(groups.size()), " are more than the ", with_thousands(most),
                       " that the kernel allows (setgroups(2))"});
    }
    return "one of them is not mapped in this user namespace. /proc/self/gid_map lists the gids that are";
}

// Sets the groups. The error names the reason, which the errno of setgroups(2) does not tell.
Result<void> set_groups(Kernel& kernel, const std::vector<gid_t>& groups, gid_t primary) {
    Result<void> outcome = kernel.set_groups(groups);
    if (outcome) return outcome;
    Error error = std::move(outcome).error();
    if (error.number == EINVAL) {
        error.message = "cannot set the supplementary groups: " + reason_against(groups);
    } else if (error.number == EPERM && is_setgroups_denied()) {
        if (same_groups(TRY(kernel.groups()), groups, primary)) return {};
        error.message =
            "cannot set the supplementary groups: this user namespace denies setgroups(2) "
            "(/proc/self/setgroups). Map gids with newgidmap(1), or start with the groups that are wanted";
    } else if (error.number == EPERM) {
        error.message += forbidden;
    }
    return Failure(std::move(error));
}

CapabilitySets capabilities_left(const CapabilitySets& now, const Credentials& target) {
    if (target.capabilities) {
        const CapabilitySet kept = target.capabilities->kept;
        return {kept, kept, kept, kept};
    }
    if (target.uid != root) return {};
    return {now.permitted, now.effective, {}, {}};
}

// Explicitly: the kernel empties them only when the last uid of 0 goes, and not under some securebits
// (capabilities(7)).
Result<void> settle_capabilities(Kernel& kernel, const Credentials& target) {
    const CapabilitySets now = TRY(kernel.capabilities());
    const CapabilitySets left = capabilities_left(now, target);
    if (now == left) return {};
    TRY(kernel.set_capabilities(left));
    if (TRY(kernel.capabilities()) == left) return {};
    return fail(MessageId::credentials_refused,
                "cannot become the user: the kernel reports other capabilities than were set");
}

// While the right to do so is there, and before anything that shows.
Result<void> narrow_bounding_set(Kernel& kernel, const Credentials& target) {
    if (!target.capabilities || !target.capabilities->bounding) return {};
    const CapabilitySet wanted = *target.capabilities->bounding;
    TRY(kernel.narrow_bounding_set(wanted));
    if (kernel.bounding_set() == wanted) return {};
    return fail(MessageId::credentials_refused,
                "cannot become the user: the kernel reports another bounding set than was set");
}

Result<void> set_uids(Kernel& kernel, const Credentials& target) {
    const bool keeps = target.capabilities && !target.capabilities->kept.empty();
    auto outcome = keeps ? kernel.set_uids_keeping_capabilities(target.uid) : kernel.set_uids(target.uid);
    if (outcome || outcome.error().number != EAGAIN) return explain(std::move(outcome), "uid", target.uid);
    outcome.error().message.append(". ").append(advice_at_process_limit(target.uid));
    return outcome;
}

Result<void> set(Kernel& kernel, const Credentials& target) {
    TRY(narrow_bounding_set(kernel, target));
    if (target.groups) TRY(set_groups(kernel, *target.groups, target.gid));
    TRY(explain(kernel.set_gids(target.gid), "gid", target.gid));
    TRY(set_uids(kernel, target));
    if (target.uid == target.from && !target.capabilities) return {};
    return settle_capabilities(kernel, target);
}

Failure not_as_set(const char* what) {
    return fail(MessageId::credentials_refused,
                std::string("cannot become the user: the kernel reports other ") + what + " than were set");
}

Result<void> verify(Kernel& kernel, const Credentials& target) {
    if (!kernel.uids().all(target.uid)) return not_as_set("uids");
    if (!kernel.gids().all(target.gid)) return not_as_set("gids");
    if (target.groups && !same_groups(TRY(kernel.groups()), *target.groups, target.gid)) return not_as_set("groups");
    return {};
}

Result<void> refuse_to_keep_root(Kernel& kernel, const Credentials& target) {
    const bool may_regain = target.capabilities && target.capabilities->kept.has(cap_setuid);
    const bool gives_root_up = target.uid != root && target.uid != target.from && !may_regain;
    if (!gives_root_up || !kernel.succeeds_in_setting_uids(root)) return {};
    return fail(MessageId::credentials_refused,
                "cannot become the user: the process could become root again, so root was not given up");
}

// The signal that this process gets when its parent dies.
struct ParentDeath {
    int signal = 0;  // 0: nothing
    pid_t parent = 0;
};

ParentDeath parent_death(Kernel& kernel) {
    const int signal = kernel.parent_death_signal();
    return {signal, signal == 0 ? 0 : ::getppid()};
}

// A parent that died between the change and the new request would never be noticed.
Result<void> renew(Kernel& kernel, const ParentDeath& asked) {
    if (asked.signal == 0) return {};
    TRY(kernel.set_parent_death_signal(asked.signal));
    if (::getppid() == asked.parent || ::raise(asked.signal) == 0) return {};
    return fail(MessageId::credentials_refused,
                "cannot become the user: the parent died, and its signal cannot be sent");
}

}  // namespace

std::string advice_at_process_limit(uid_t uid) {
    return concat(
        {"uid ", std::to_string(uid),
         " has as many processes as its limit allows (ulimit -u), in all containers together. Raise the limit: "
         "docker run --ulimit nproc=NUMBER"});
}

SettingName capabilities_setting(const std::optional<Credentials>& target) {
    return target && target->capabilities ? target->capabilities->setting : SettingName();
}

Result<void> drop_privileges(Kernel& kernel, const Credentials& target) {
    const ParentDeath asked = parent_death(kernel);
    TRY(set(kernel, target));
    TRY(verify(kernel, target));
    TRY(refuse_to_keep_root(kernel, target));
    return renew(kernel, asked);
}

Result<void> set_no_new_privs(Kernel& kernel) {
    TRY(kernel.set_no_new_privileges());
    if (kernel.no_new_privileges()) return {};
    return fail(MessageId::credentials_refused, "cannot set no_new_privs: the kernel reports that it is not set");
}

}  // namespace stepdown
