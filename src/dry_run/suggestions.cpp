// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/suggestions.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/system/acl.h"
#include "stepdown/system/denial.h"
#include "stepdown/system/user_namespace.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace stepdown {
namespace {

// rights: in the place where a mode has the group's.
bool is_granted_to_group(mode_t permissions, Permission permission) {
    const mode_t bit = permission == Permission::read ? S_IRGRP : permission == Permission::write ? S_IWGRP : S_IXGRP;
    return (permissions & bit) != 0;
}

bool is_mount(const PathTrace& trace, const PathStep& step) { return mount_point(trace, step) == step.path; }

// Directories in which many put their files. A program that writes there has a directory of its own in it, or a mount.
bool is_shared(const PathTrace& trace, const PathStep& step) {
    constexpr std::array<std::string_view, 14> shared{"/home",    "/media",   "/mnt",       "/opt",    "/run",
                                                      "/srv",     "/tmp",     "/usr/src",   "/var",    "/var/cache",
                                                      "/var/lib", "/var/log", "/var/spool", "/var/tmp"};
    return std::find(shared.begin(), shared.end(), step.path) != shared.end() && !is_mount(trace, step);
}

// A home in name only: what lies there is a service's, or nothing is meant to.
bool is_home_of_service(std::string_view home) { return is_below(home, {"/nonexistent", "/run", "/var"}); }

std::string setting(std::string_view name, const std::string& path, bool is_first) {
    const std::string word = quote(path);
    if (!is_first) return concat({"add ", word, " to ", name});
    const std::string_view outer = word.starts_with('"') ? "'" : "";  // the shell's, for these are stepdown's own
    return concat({"set ", name, "=", outer, word, outer});
}

// A clause of a sentence that begins with "Set".
std::string_view without_first_word(std::string_view clause) {
    constexpr std::string_view set = "set ";
    return clause.substr(clause.starts_with(set) ? set.size() : 0);
}

std::string as_sentence(std::string text) {
    if (!text.empty()) text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

// The letters of chmod(1).
std::string letters_of(const std::vector<Permission>& permissions) {
    std::string letters;
    for (const auto& [permission, letter] : {std::pair(Permission::read, 'r'), std::pair(Permission::write, 'w'),
                                             std::pair(Permission::search, 'x'), std::pair(Permission::execute, 'x')}) {
        if (std::find(permissions.begin(), permissions.end(), permission) != permissions.end()) letters += letter;
    }
    return letters;
}

}  // namespace

bool is_below(std::string_view path, std::initializer_list<std::string_view> tops) {
    return std::any_of(tops.begin(), tops.end(), [path](std::string_view top) { return is_at_or_below(path, top); });
}

bool belongs_to_system(std::string_view path) {
    if (is_below(path, {"/usr/src"})) return false;  // where images put their sources
    return path == "/" || is_below(path, {"/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/root",
                                          "/sbin", "/sys", "/usr"});
}

bool belongs_to_system(const PathTrace& trace, const PathStep& step) {
    const std::string& mount = mount_point(trace, step);
    const bool is_volume = S_ISDIR(step.mode) && is_below(mount, {"/usr"}) && mount != "/usr";
    return belongs_to_system(step.path) && !is_volume;
}

bool Suggestions::is_owned_by_user(const PathTrace& trace, const PathStep& step) const {
    return step.uid == plan_.identity.uid || forecast_.will_be_owned(trace, step);
}

// Returns true if the group of the step has the permissions that the user lacks. Of root's directories that says
// little: an image gives most of them to root's group, too.
bool Suggestions::group_may_use(const Denial& denial) const {
    const PathStep& step = *denial.step;
    if (step.gid == plan_.identity.gid || (step.gid == 0 && S_ISDIR(step.mode))) return false;
    if (may_be_unmapped(OverflowId::gid, step.gid)) return false;
    const auto listed = acl_group_permissions(step.path, plan_.identity.uid);
    if (listed && step.gid == 0) return false;  // an entry for the user gives less away than root's group
    return std::all_of(denial.lacking.begin(), denial.lacking.end(), [&](Permission permission) {
        return is_granted_to_group(listed.value_or(step.mode), permission);
    });
}

std::string Suggestions::join_group(const PathStep& step) const {
    if (cannot_change_owner()) return "Start the container with the additional group " + std::to_string(step.gid);
    if (step.gid == 0) return "Set GOSU_GROUPS=0 if the user is meant to be in root's group";
    const auto& members = plan_.groups.members;
    const bool is_first = std::none_of(members.begin(), members.end(),
                                       [](const Membership& each) { return each.source == GroupSource::setting; });
    return as_sentence(setting("GOSU_GROUPS", "@" + step.path, is_first));
}

std::string Suggestions::join_group_or(const PathStep& step, std::string_view owned) const {
    if (cannot_change_owner() || owned.empty()) return join_group(step);
    return concat({join_group(step), ", or ", without_first_word(owned)});
}

// The beginning of a sentence, or of its second half; "" where nobody should own that.
std::string Suggestions::chown_suggestion(const PathTrace& trace, const PathStep& step) const {
    const std::string path = quote(step.path);
    // A file that is mounted on a file of /etc is the container's.
    const bool is_given = S_ISREG(step.mode) && is_below(step.path, {"/etc"}) && is_mount(trace, step);
    if (belongs_to_system(trace, step) && !is_given) return "";
    if (!cannot_change_owner()) {
        const bool is_somebodys = step.uid != 0 && is_mount(trace, step);
        const std::string owned = setting("GOSU_CHOWN", step.path, plan_.ownership.operands.empty());
        return is_somebodys ? concat({run_as_owner(step), ", or ", without_first_word(owned), " to take it from them"})
                            : owned;
    }
    if (step.mount != trace.steps.front().mount) {
        return concat({"give it to uid ", std::to_string(plan_.identity.uid),
                       " or one of its groups where it is mounted from (in a pod: fsGroup)"});
    }
    if (plan_.identity.gid == 0)
        return concat({"add to the Dockerfile: RUN chgrp -R 0 ", path, " && chmod -R g=u ", path});
    return "start the container as root, with GOSU_USER and GOSU_CHOWN=" + path;
}

// A bind mount belongs to somebody on the host, a volume to another service, maybe.
std::string Suggestions::run_as_owner(const PathStep& step) const {
    const std::string path = quote(step.path);
    const std::string uid = concat({"set ", plan_.identity.entry ? "GOSU_UID=@" : "GOSU_USER=@", path});
    const bool has_group = plan_.identity.entry && step.gid != 0;
    return concat({uid, has_group ? " and GOSU_GID=@" + path : "", " to run as its owner"});
}

// A path that is nobody else's.
std::string Suggestions::new_directory_in(const std::string& parent) const {
    const std::string path = parent + "/app";
    const PathTrace trace = trace_path(path);
    const bool is_free =
        trace.number == ENOENT || (trace.object() != nullptr && trace.object()->uid == plan_.identity.uid);
    return is_free ? path : path + "-" + std::to_string(plan_.identity.uid);
}

std::string Suggestions::instead_of_chown(const PathStep& shared) const {
    if (shared.path.ends_with("/tmp")) return concat({"chmod 1777 ", shared.path, " grants that"});
    if (cannot_change_owner()) return "Use a directory of its own, which the image or a mount gives to the user";
    return concat({"Use a directory of its own: ",
                   setting("GOSU_MKDIR", new_directory_in(shared.path), plan_.directories.paths.empty())});
}

// The suggestion where no owner and no mode can be changed.
std::string Suggestions::suggestion_for_read_only(const PathTrace& trace, const Denial& denial) const {
    const PathStep& step = *denial.step;
    const bool is_in_image = mount_point(trace, step) == "/";
    if (denial.permission() == Permission::write) {
        const std::string directory = S_ISDIR(step.mode) ? step.path : parent_of(step.path);
        return is_in_image ? "Mount a tmpfs or a volume on " + quote(directory) : "Mount it writable";
    }
    if (group_may_use(denial)) return join_group(step);
    if (is_in_image) return "Grant that in the image";
    return concat({"It is mounted read-only: give it to uid ", std::to_string(plan_.identity.uid),
                   " or one of its groups where it is mounted from (in a pod: defaultMode, fsGroup)"});
}

std::string Suggestions::suggestion_for(const PathTrace& trace, const Denial& denial) const {
    const PathStep& step = *denial.step;
    const uid_t uid = plan_.identity.uid;
    if (denial.permission() == Permission::execute && step.no_exec) return suggest_fix(step, denial.permission(), uid);
    if (step.read_only) return suggestion_for_read_only(trace, denial);
    const std::string path = quote(step.path);
    if (is_owned_by_user(trace, step))
        return concat({"chmod u+", letters_of(denial.lacking), " ", path, " grants that"});
    if (is_unmapped(step.uid, step.gid)) {
        return "Its owner or group is not mapped in this user namespace: grant that outside";
    }
    if (may_be_unmapped(OverflowId::uid, step.uid) || may_be_unmapped(OverflowId::gid, step.gid)) {
        return "Its owner or group may not be mapped in this user namespace: grant that outside";
    }
    const bool is_object = &step == trace.object();
    if (is_object && is_shared(trace, step)) return instead_of_chown(step);
    const std::string owned = is_shared(trace, step) ? "" : chown_suggestion(trace, step);
    if (group_may_use(denial)) return S_ISDIR(step.mode) ? join_group_or(step, owned) : join_group(step);
    const bool is_systems_file = S_ISREG(step.mode) && belongs_to_system(step.path);
    const bool is_secret = is_systems_file && step.uid == 0 && (step.mode & (S_IRWXG | S_IRWXO)) == 0;
    if (is_secret && owned.empty()) return "It is root's alone. Give the user a copy of its own";
    const bool is_opened = !is_object || is_systems_file || acl_group_permissions(step.path, uid);
    const std::string advice = is_opened ? suggest_fix(step, denial.permission(), uid) : "";
    if (advice.empty()) return as_sentence(owned);
    const bool either = !cannot_change_owner() && !owned.empty();
    return concat({advice, either ? ", or " : "", either ? owned : ""});
}

std::string Suggestions::or_join_group_for(const std::string& command) const {
    const PathTrace trace = trace_path(command);
    constexpr std::array run{Permission::execute};
    const auto denial = forecast_.denial(trace, run);
    if (!denial || denial->step->gid == 0 || !group_may_use(*denial)) return "";
    std::string clause = join_group(*denial->step);
    clause[0] = static_cast<char>(clause[0] - 'A' + 'a');
    return ", or " + clause;
}

bool Suggestions::is_unfit_home(const PathTrace& trace) const {
    const PathStep* home = trace.object();
    if (home == nullptr || is_owned_by_user(trace, *home)) return false;
    if (is_shared(trace, *home) || belongs_to_system(trace, *home)) return true;
    return is_home_of_service(home->path) && !is_mount(trace, *home);
}

std::string Suggestions::another_home(const std::string& home) const {
    if (cannot_change_owner()) return "Set GOSU_HOME=/tmp, or another directory that the user can write";
    if (is_home_of_service(home)) return "Set GOSU_HOME=/tmp";
    const PathTrace trace = trace_path(home);
    if (!trace.steps.empty() && trace.steps.back().read_only)
        return "Set GOSU_HOME=/tmp, or mount a tmpfs or a volume there";
    if (!belongs_to_system(home) && trace.number == ENOENT)
        return as_sentence(setting("GOSU_MKDIR", home, plan_.directories.paths.empty()));
    const std::string path = new_directory_in("/home");
    const std::string made = setting("GOSU_MKDIR", path, plan_.directories.paths.empty());
    return concat({"Set GOSU_HOME=", path, " and ", without_first_word(made)});
}

}  // namespace stepdown
