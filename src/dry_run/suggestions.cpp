// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/suggestions.h"

#include "stepdown/base/append.h"
#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/system/acl.h"
#include "stepdown/system/denial.h"
#include "stepdown/system/user_namespace.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <utility>

namespace stepdown {
namespace {

// rights: in the place where a mode has the group's.
bool is_granted_to_group(mode_t permissions, Permission permission) {
    const mode_t bit = permission == Permission::read ? S_IRGRP : permission == Permission::write ? S_IWGRP : S_IXGRP;
    return (permissions & bit) != 0;
}

bool is_mount(const PathTrace& trace, const PathStep& step) { return mount_point(trace, step) == step.path; }

// Directories of hier(7) that many programs share. None of them is for one user.
bool is_shared(const PathTrace& trace, const PathStep& step) {
    constexpr std::array<std::string_view, 14> shared{"/home",    "/media",   "/mnt",       "/opt",    "/run",
                                                      "/srv",     "/tmp",     "/usr/src",   "/var",    "/var/cache",
                                                      "/var/lib", "/var/log", "/var/spool", "/var/tmp"};
    return std::find(shared.begin(), shared.end(), step.path) != shared.end() && !is_mount(trace, step);
}

constexpr std::string_view set = "set ";

Suggestion setting(std::string name, const std::string& path, bool is_first, std::string_view purpose = "") {
    const std::string word = quote(path);
    const std::string_view outer = word.starts_with('"') ? "'" : "";  // the shell's, for these are stepdown's own
    std::string text = is_first ? concat({set, name, "=", outer, word, outer, purpose})
                                : concat({"add ", word, " to ", name, purpose});
    return {Suggestion::Kind::setting, std::move(text), std::move(name), path};
}

Suggestion run(std::string command) { return {Suggestion::Kind::chmod, "run " + command, "", std::move(command)}; }

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
    if (may_have_no_mapping(OverflowId::gid, step.gid)) return false;
    const auto listed = acl_group_permissions(step.path, plan_.identity.uid);
    if (listed && step.gid == 0) return false;  // an entry for the user gives less away than root's group
    return std::all_of(denial.lacking.begin(), denial.lacking.end(), [&](Permission permission) {
        return is_granted_to_group(listed.value_or(step.mode), permission);
    });
}

Suggestion Suggestions::join_group(const PathStep& step) const {
    const std::string gid = std::to_string(step.gid);
    if (cannot_change_owner())
        return {Suggestion::Kind::group, "start the container with the additional group " + gid, "", gid};
    if (step.gid == 0) return setting("GOSU_GROUPS", "0", true, " if the user is meant to be in root's group");
    const auto& members = plan_.groups.members;
    const bool is_first = std::none_of(members.begin(), members.end(),
                                       [](const Membership& each) { return each.source == GroupSource::setting; });
    return setting("GOSU_GROUPS", "@" + step.path, is_first);
}

// Empty where nobody should own that.
std::vector<Suggestion> Suggestions::change_owner(const PathTrace& trace, const PathStep& step) const {
    // A file that is mounted on a file of /etc is the container's.
    const bool is_given = S_ISREG(step.mode) && is_below(step.path, {"/etc"}) && is_mount(trace, step);
    if (is_shared(trace, step) || (belongs_to_system(trace, step) && !is_given)) return {};
    if (cannot_change_owner()) return {change_owner_outside(trace, step)};
    // An excluded path cannot be an operand as well. An excluded name can, because names count below an operand only.
    const std::string excluded = forecast_.excluded_path(step.path);
    if (!excluded.empty()) {
        const std::string& setting = plan_.ownership.excluded.setting;
        return {{Suggestion::Kind::none, concat({"take ", quote(excluded), " out of ", setting})}};
    }
    const bool is_first = plan_.ownership.operands.empty();
    if (step.uid == 0 || !is_mount(trace, step)) return {setting("GOSU_CHOWN", step.path, is_first)};
    return {run_as_owner(step), setting("GOSU_CHOWN", step.path, is_first, " to take it from them")};
}

Suggestion Suggestions::change_owner_outside(const PathTrace& trace, const PathStep& step) const {
    const std::string path = quote(step.path);
    if (step.mount != trace.steps.front().mount) {
        return {Suggestion::Kind::mount,
                concat({"give it to uid ", std::to_string(plan_.identity.uid),
                        " or one of its groups where it is mounted from (in a pod: fsGroup)"})};
    }
    if (plan_.identity.gid != 0)
        return {Suggestion::Kind::user, "start the container as root, with GOSU_USER and GOSU_CHOWN=" + path};
    std::string command = concat({"chgrp -R 0 ", path, " && chmod -R g=u ", path});
    return {Suggestion::Kind::chmod, "add to the Dockerfile: RUN " + command, "", std::move(command)};
}

// A bind mount belongs to somebody on the host, a volume to another service, maybe.
Suggestion Suggestions::run_as_owner(const PathStep& step) const {
    const bool has_group = plan_.identity.entry && step.gid != 0;
    const std::string group = has_group ? " and GOSU_GID=@" + quote(step.path) : "";
    return setting(plan_.identity.entry ? "GOSU_UID" : "GOSU_USER", "@" + step.path, true,
                   group + " to run as its owner");
}

// The suggestions where no owner and no mode can be changed.
std::vector<Suggestion> Suggestions::on_read_only_mount(const PathTrace& trace, const Denial& denial) const {
    const PathStep& step = *denial.step;
    const bool is_in_image = mount_point(trace, step) == "/";
    if (denial.permission() == Permission::write) {
        const std::string directory = S_ISDIR(step.mode) ? step.path : parent_of(step.path);
        return {{Suggestion::Kind::mount,
                 is_in_image ? "mount a tmpfs or a volume on " + quote(directory) : "mount it writable"}};
    }
    if (group_may_use(denial)) return {join_group(step)};
    if (is_in_image) return {{Suggestion::Kind::none, "grant that in the image"}};
    return {{Suggestion::Kind::mount,
             concat({"give it to uid ", std::to_string(plan_.identity.uid),
                     " or one of its groups where it is mounted from, because it is mounted read-only (in a pod: "
                     "defaultMode, fsGroup)"})}};
}

std::vector<Suggestion> Suggestions::suggestions_for(const PathTrace& trace, const Denial& denial) const {
    const PathStep& step = *denial.step;
    const Permission permission = denial.permission();
    if (permission == Permission::execute && step.no_exec)
        return {{Suggestion::Kind::mount, suggest_fix(step, permission, plan_.identity.uid)}};
    if (step.read_only) return on_read_only_mount(trace, denial);
    if (is_owned_by_user(trace, step))
        return {run(concat({"chmod u+", letters_of(denial.lacking), " ", quote(step.path)}))};
    const bool is_foreign = has_no_mapping(step.uid, step.gid);
    if (is_foreign || may_have_no_mapping(OverflowId::uid, step.uid) ||
        may_have_no_mapping(OverflowId::gid, step.gid)) {
        return {{Suggestion::Kind::none, concat({"grant that outside: its owner or group ", is_foreign ? "is" : "may",
                                                 " not ", is_foreign ? "" : "be ", "mapped in this user namespace"})}};
    }
    return for_others_file(trace, denial);
}

// The suggestions for an object of another user that this one can see.
std::vector<Suggestion> Suggestions::for_others_file(const PathTrace& trace, const Denial& denial) const {
    const PathStep& step = *denial.step;
    const uid_t uid = plan_.identity.uid;
    std::vector<Suggestion> owned = change_owner(trace, step);
    const bool may_own = !cannot_change_owner();
    if (group_may_use(denial)) {
        std::vector<Suggestion> all{join_group(step)};
        if (S_ISDIR(step.mode) && may_own) append(all, owned);
        return all;
    }
    const bool is_system_file = S_ISREG(step.mode) && belongs_to_system(step.path);
    const bool is_secret = is_system_file && step.uid == 0 && (step.mode & (S_IRWXG | S_IRWXO)) == 0;
    if (is_secret && owned.empty()) return {{Suggestion::Kind::none, "give the user a copy of its own"}};
    const bool is_object = &step == trace.object();
    const bool is_opened = !is_object || is_system_file || acl_group_permissions(step.path, uid);
    const std::string command = is_opened ? fix_command(step, denial.permission(), uid) : "";
    if (command.empty()) return owned;
    std::vector<Suggestion> all{run(command)};
    if (may_own) append(all, owned);
    return all;
}

std::string Suggestions::or_join_group_for(const std::string& command) const {
    const PathTrace trace = trace_path(command);
    constexpr std::array execute{Permission::execute};
    const auto denial = forecast_.denial(trace, execute);
    if (!denial || denial->step->gid == 0 || !group_may_use(*denial)) return "";
    return ", or " + join_group(*denial->step).text;
}

std::vector<Suggestion> Suggestions::suggestions_for_missing_home(const std::string& home,
                                                                  const PathTrace& trace) const {
    const bool may_create = !cannot_change_owner() && !trace.steps.empty() && !trace.steps.back().read_only;
    std::vector<Suggestion> all;
    if (may_create) all.push_back(setting("GOSU_MKDIR", home, plan_.directories.paths.empty()));
    append(all, another_home());
    return all;
}

std::vector<Suggestion> Suggestions::another_home() const {
    constexpr std::array use{Permission::search, Permission::write};
    const PathTrace scratch = trace_path("/tmp");
    if (scratch.object() == nullptr || forecast_.denial(scratch, use)) return {};
    return {setting("GOSU_HOME", "/tmp", true)};
}

std::string in_words(const std::vector<Suggestion>& suggestions) {
    std::string sentence;
    for (const Suggestion& each : suggestions) {
        std::string_view clause = each.text;
        const bool repeats = !sentence.empty() && suggestions.front().text.starts_with(set) && clause.starts_with(set);
        if (repeats) clause.remove_prefix(set.size());
        sentence.append(sentence.empty() ? "" : ", or ").append(clause);
    }
    return as_sentence(std::move(sentence));
}

std::string in_words(const DeniedPath& path) {
    const std::string remedy = in_words(path.suggestions);
    return concat({path.problem, remedy.empty() ? "" : ". ", remedy});
}

}  // namespace stepdown
