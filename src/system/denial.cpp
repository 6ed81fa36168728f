// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/denial.h"

#include "stepdown/base/text.h"
#include "stepdown/system/acl.h"
#include "stepdown/system/capability.h"
#include "stepdown/system/file_system.h"
#include "stepdown/system/mountinfo.h"
#include "stepdown/system/user_namespace.h"

#include <sys/stat.h>
#include <unistd.h>

namespace stepdown {
namespace {

// The letters of setfacl(1): X is x for directories. An entry replaces the one that there was, so it holds what goes
// with right.
std::string_view entry_for(Permission permission) {
    return permission == Permission::write ? "rwX" : permission == Permission::read ? "rX" : "rx";
}

std::string_view verb_of(Permission permission) {
    switch (permission) {
        case Permission::search: return "enter";
        case Permission::read: return "read";
        case Permission::write: return "write";
        case Permission::execute: return "execute";
    }
    return "";
}

// ". Root here is …" where step belongs to that person.
std::string root_of_bind_mount(const PathTrace& trace, const PathStep& step) {
    if (step.uid != 0 || !belongs_to_person_outside(trace, step)) return "";
    return ". " + who_root_is_outside();
}

}  // namespace

bool belongs_to_person_outside(const PathTrace& trace, const PathStep& step) {
    const bool is_mounted = step.mount != 0 && step.mount != trace.steps.front().mount;
    return is_mounted && id_outside(OverflowId::uid, step.uid) && is_bind_mount(step.mount);
}

std::string owner_and_mode(uid_t uid, gid_t gid, mode_t mode) {
    constexpr mode_t permissions = 07777;
    return concat({std::to_string(uid), ":", std::to_string(gid), " ", octal(mode & permissions)});
}

std::string describe_denial(const PathTrace& trace, const PathStep& step, Permission permission, uid_t uid) {
    if (permission == Permission::write && step.read_only)
        return quote(mount_point(trace, step)) + " is mounted read-only";
    if (permission == Permission::execute && step.no_exec)
        return quote(mount_point(trace, step)) + " is mounted noexec";
    return concat({quote(step.path), ": ", owner_and_mode(step.uid, step.gid, step.mode),
                   has_list_for(step, uid) ? " and an ACL (see getfacl(1))" : "", ", uid ", std::to_string(uid),
                   " cannot ", verb_of(permission), root_of_bind_mount(trace, step)});
}

std::string fix_command(const PathStep& step, Permission permission, uid_t uid) {
    const std::string path = quote(step.path);
    if (has_list_for(step, uid))
        return concat({"setfacl -m u:", std::to_string(uid), ":", entry_for(permission), " ", path});
    if (permission == Permission::read && S_ISREG(step.mode)) return "chmod a+r " + path;
    if (permission == Permission::read || permission == Permission::write) return "";
    // A file that cannot be read may be a script, which its interpreter has to read.
    const bool is_hidden = permission == Permission::execute && denial_errno(step.fd.get(), Permission::read) != 0;
    return concat({"chmod a+", is_hidden ? "rx " : "x ", path});
}

std::string suggest_fix(const PathStep& step, Permission permission, uid_t uid) {
    if (permission == Permission::write && step.read_only) return "mount it writable";
    if (permission == Permission::execute && step.no_exec) return "put the file elsewhere, or mount this with exec";
    const std::string command = fix_command(step, permission, uid);
    return command.empty() ? "" : "run " + command;
}

bool has_list_for(const PathStep& step, uid_t uid) {
    return step.uid != uid && acl_group_permissions(step.path, uid).has_value();
}

std::string first_denial(const std::string& path, Permission permission, FixSentence fix) {
    const PathTrace trace = trace_path(path);
    const uid_t uid = ::geteuid();
    for (const PathStep& step : trace.steps) {
        const bool is_object = &step == trace.object();
        const Permission wanted = is_object ? permission : Permission::search;
        if ((is_object || S_ISDIR(step.mode)) && denial_errno(step.fd.get(), wanted) != 0) {
            const std::string advice = fix == FixSentence::included ? suggest_fix(step, wanted, uid) : "";
            return describe_denial(trace, step, wanted, uid) + (advice.empty() ? "" : ". " + as_sentence(advice));
        }
    }
    return "";
}

std::string denial_in_directory(int fd, const std::string& path, Permission permission) {
    const auto sets = read_capabilities();
    const bool may_search = permission == Permission::search && sets && sets->effective.has(cap_dac_read_search);
    const bool has_capability = may_search || (sets && sets->effective.has(cap_dac_override));
    std::string denial = has_capability ? "" : first_denial(path, permission);
    if (denial.empty()) return unexplained_refusal(file_system_of(fd));
    if (::geteuid() != 0) return denial;
    const std::string lacking = permission == Permission::search ? "DAC_READ_SEARCH" : "DAC_OVERRIDE";
    return concat({denial, ". The capability ", lacking, " is missing. ", sentence_to_add({lacking})});
}

}  // namespace stepdown
