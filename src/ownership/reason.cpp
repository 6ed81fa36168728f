#include "stepdown/ownership/reason.h"

#include "stepdown/base/capability.h"
#include "stepdown/base/overflow.h"
#include "stepdown/base/text.h"
#include "stepdown/ownership/mount.h"

#include <cerrno>

namespace stepdown {
namespace {

constexpr std::string_view not_mapped = "not mapped in this user namespace";

std::string refusal(const Facts& facts) {
    const bool is_nfs = facts.file_system.find("(nfs") != std::string::npos;
    return concat(
        {"The ", facts.file_system, " refuses", is_nfs ? ", which NFS does by root_squash (exports(5))" : ""});
}

// Of EPERM for a change, and of EACCES for anything.
std::string refused(Act act, int number, const Facts& facts) {
    if (act == Act::change && facts.is_immutable) return "It is immutable or append-only (chattr(1))";
    if (facts.is_unmapped) return concat({"Its owner or group is ", not_mapped});
    if (!facts.has_capability) {
        return concat({"The capability ", act == Act::change ? "CHOWN" : "DAC_READ_SEARCH", " is missing"});
    }
    if (facts.may_be_unmapped) {
        return concat(
            {"Its owner or group may be one that is ", not_mapped, ", or the ", facts.file_system, " refuses"});
    }
    return number == EPERM ? refusal(facts) : concat({"A security module or the ", facts.file_system, " refuses"});
}

std::string failed_change(int number, const Facts& facts) {
    const std::string uid = std::to_string(facts.wanted.uid);
    const std::string gid = std::to_string(facts.wanted.gid);
    switch (number) {
        case EPERM: return refused(Act::change, number, facts);
        case EROFS:
            return facts.is_read_only ? "Make it writable, or leave it out of GOSU_CHOWN"
                                      : concat({"The ", facts.file_system, " says so of this entry alone"});
        case EINVAL:
            return facts.unmapped.empty() ? concat({"The ", facts.file_system, " refuses uid ", uid, " or gid ", gid})
                                          : facts.unmapped;
        case EOVERFLOW: return concat({"The mount maps ids, and has none for uid ", uid, " or gid ", gid});
        case no_effect:
            return concat({"the ", facts.file_system, " accepted the change and did not make it. Mount it with uid=",
                           uid, ",gid=", gid, ", or leave it out of GOSU_CHOWN"});
        default: return "";
    }
}

}  // namespace

std::string reason(Act act, int number, const Facts& facts) {
    if (act == Act::count_names) return "renameat(2) is forbidden, by a seccomp profile or a security module";
    if (act == Act::find_mount) return "Mount /proc, or use Linux 5.8 or later";
    switch (number) {
        case EACCES: return refused(act, number, facts);
        case EMFILE: return "Raise the limit of open files (ulimit -n)";
        case ENOSPC:
        case EDQUOT: return "Free space: an overlay file system copies what is changed";
        default: return act == Act::change ? failed_change(number, facts) : "";
    }
}

bool may_be_unmapped(Owner owner) {
    constexpr id_t last = 4'294'967'294;
    const bool looks_so = owner.uid == overflow_id(OverflowId::uid) || owner.gid == overflow_id(OverflowId::gid);
    return looks_so && !(is_mapped(OverflowId::uid, last) == true && is_mapped(OverflowId::gid, last) == true);
}

bool has_capability_for(Act act) {
    const auto sets = read_capabilities();
    if (!sets) return false;
    if (act == Act::change) return sets->effective.has(cap_chown);
    return sets->effective.has(cap_dac_override) || sets->effective.has(cap_dac_read_search);
}

std::string unmapped_target(Owner owner) {
    const bool uid = is_mapped(OverflowId::uid, owner.uid) == std::optional(false);
    const bool gid = is_mapped(OverflowId::gid, owner.gid) == std::optional(false);
    if (!uid && !gid) return "";
    const std::string which = uid ? "uid " + std::to_string(owner.uid) : "gid " + std::to_string(owner.gid);
    if (!uid || !gid) return concat({which, " is ", not_mapped});
    return concat({which, " and gid ", std::to_string(owner.gid), " are ", not_mapped});
}

std::string file_system_in_words(std::optional<std::uint64_t> mount) {
    const std::string type = type_of_mount(mount);
    return type.empty() ? "file system" : concat({"file system (", escape(type), ")"});
}

}  // namespace stepdown
