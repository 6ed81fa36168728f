// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/reason.h"

#include "stepdown/base/text.h"
#include "stepdown/system/capability.h"
#include "stepdown/system/file_system.h"
#include "stepdown/system/user_namespace.h"

#include <cerrno>

namespace stepdown {
namespace {

constexpr std::string_view not_mapped = "not mapped in this user namespace";

bool has_capability_for(Operation operation) {
    const auto sets = read_capabilities();
    if (!sets) return false;
    if (operation == Operation::change) return sets->effective.has(cap_chown);
    if (operation == Operation::count_names) return sets->effective.has(cap_dac_override);  // it writes the directory
    return sets->effective.has(cap_dac_override) || sets->effective.has(cap_dac_read_search);
}

std::string refusal(const Facts& facts) {
    const bool is_nfs = facts.file_system.find("(nfs") != std::string::npos;
    return concat(
        {"The ", facts.file_system, " refuses", is_nfs ? ", which NFS does by root_squash (exports(5))" : ""});
}

// Of EPERM for a change, and of EACCES for anything.
std::string refused(Operation operation, int number, const Facts& facts) {
    if (operation == Operation::change && facts.is_immutable) return "It is immutable or append-only (chattr(1))";
    if (facts.has_no_mapping) return concat({"Its owner or group is ", not_mapped});
    if (!facts.has_capability && operation == Operation::change) return "The capability CHOWN is missing";
    if (!facts.has_capability) return "The capability DAC_READ_SEARCH is missing";
    if (facts.may_have_no_mapping) {
        return concat(
            {"Its owner or group may be one that is ", not_mapped, ", or the ", facts.file_system, " refuses"});
    }
    return number == EPERM ? refusal(facts) : unexplained_refusal(facts.file_system);
}

std::string failed_change(int number, const Facts& facts) {
    const auto ids = [&](std::string_view before, std::string_view between) {
        return concat({before, std::to_string(facts.wanted.uid), between, std::to_string(facts.wanted.gid)});
    };
    const std::string_view type = facts.file_system;
    switch (number) {
        case EPERM: return refused(Operation::change, number, facts);
        case EROFS:
            if (facts.is_read_only) return concat({"Make it writable, or leave it out of ", facts.chown});
            return concat({"The ", type, " says so of this entry alone"});
        case EINVAL:
            if (!facts.unmapped.empty()) return facts.unmapped;
            return concat({"The ", type, " refuses ", ids("uid ", " or gid ")});
        case EOVERFLOW: return ids("The mount maps ids, and has none for uid ", " or gid ");
        case no_effect:
            return concat({"the ", type, " accepted the change and did not make it. Mount it with ",
                           ids("uid=", ",gid="), ", or leave it out of ", facts.chown});
        default: return "";
    }
}

}  // namespace

std::string reason(Operation operation, int number, const Facts& facts) {
    if (operation == Operation::count_names) {
        if (number == EACCES && !facts.has_capability) return "The capability DAC_OVERRIDE is missing";
        return "renameat(2) is forbidden, by a seccomp profile or a security module";
    }
    if (operation == Operation::find_mount) return "Mount /proc, or use Linux 5.8 or later";
    switch (number) {
        case EACCES: return refused(operation, number, facts);
        case EMFILE: return "Raise the limit of open files (ulimit -n)";
        case ENOSPC:
        case EDQUOT: return "Free space: an overlay file system copies what is changed";
        default: return operation == Operation::change ? failed_change(number, facts) : "";
    }
}

Facts find_facts(Operation operation, const Entry& entry, std::optional<std::uint64_t> mount, Owner wanted) {
    Facts facts;
    facts.wanted = wanted;
    facts.unmapped = unmapped_target(wanted);
    facts.is_immutable = entry.immutable;
    facts.has_no_mapping = has_no_mapping(entry.owner.uid, entry.owner.gid);
    facts.may_have_no_mapping = may_have_no_mapping(entry.owner.uid, entry.owner.gid);
    facts.has_capability = has_capability_for(operation);
    facts.file_system = file_system_in_words(mount);
    return facts;
}

std::vector<std::string> missing_capabilities(const Report& report, bool may_chown) {
    std::vector<std::string> names;
    if (!may_chown && report.failures() + report.counts().changed > 0) names.emplace_back("CHOWN");
    const auto sets = read_capabilities();
    if (!sets || sets->effective.has(cap_dac_override)) return names;
    const bool is_closed =
        report.was_denied(Operation::look) || report.was_denied(Operation::open) || report.was_denied(Operation::read);
    if (report.was_denied(Operation::count_names)) {
        names.emplace_back("DAC_OVERRIDE");  // which is enough for the rest
    } else if (is_closed && !sets->effective.has(cap_dac_read_search)) {
        names.emplace_back("DAC_READ_SEARCH");
    }
    return names;
}

bool may_be_unmapped(Owner owner) {
    static const id_t uid = overflow_id(OverflowId::uid);
    static const id_t gid = overflow_id(OverflowId::gid);
    return (owner.uid == uid || owner.gid == gid) && may_have_no_mapping(owner.uid, owner.gid);
}

std::string unmapped_target(Owner owner) {
    const bool lacks_uid = is_mapped(OverflowId::uid, owner.uid) == std::optional(false);
    if (!lacks_uid && is_mapped(OverflowId::gid, owner.gid) != std::optional(false)) return "";
    return concat({lacks_uid ? "uid " : "gid ", std::to_string(lacks_uid ? owner.uid : owner.gid), " is ", not_mapped});
}

}  // namespace stepdown
