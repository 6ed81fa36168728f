// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/suggestions.h"

#include "stepdown/base/append.h"
#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/dry_run/rootless_suggestions.h"
#include "stepdown/dry_run/suggested_setting.h"
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

// The setting of groups splits its value at blanks and commas, so that such a path needs the number of its group.
bool is_one_entry(std::string_view path) { return path.find_first_of(", \t\n\v\f\r") == std::string_view::npos; }

// Returns true if the walk of tree ends at its top, because the top is right.
bool is_trusted(const TreePreview& tree, ChownPolicy policy) {
    return policy == ChownPolicy::on_root_mismatch && tree.tree.changed == 0;
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
    const SettingName name = plan_.names[Option::groups];
    if (step.gid == 0) return suggest_entry(name, "0", true, " if the user is meant to be in root's group");
    const auto& members = plan_.groups.members;
    const bool is_first = std::none_of(members.begin(), members.end(),
                                       [](const Membership& each) { return each.source == GroupSource::setting; });
    return suggest_entry(name, is_one_entry(step.path) ? "@" + step.path : gid, is_first);
}

// Empty where nobody should own that.
std::vector<Suggestion> Suggestions::change_owner(const PathTrace& trace, const PathStep& step) const {
    const bool is_persons = belongs_to_person_outside(trace, step);
    if (is_persons && step.uid == 0) return rootless_suggestions(plan_, cannot_change_owner());
    if (is_persons && !cannot_change_owner()) return {suggest_owner(plan_, step)};
    // A file that is mounted on a file of /etc is the container's.
    const bool is_given = S_ISREG(step.mode) && is_below(step.path, {"/etc"}) && is_mount(trace, step);
    if (is_shared(trace, step) || (belongs_to_system(trace, step) && !is_given)) return {};
    if (cannot_change_owner()) return {change_owner_outside(trace, step)};
    // An excluded path cannot be an operand as well. An excluded name can, because names count below an operand only.
    const std::vector<std::string> excluding = forecast_.exclusions_of(step.path);
    if (!excluding.empty()) return {include_again(trace, step, excluding)};
    if (step.uid == 0 || !is_mount(trace, step)) return {own(step)};
    // A bind mount belongs to somebody on the host, a volume to another service, maybe.
    return {suggest_owner(plan_, step), own(step, " to take it from them")};
}

Suggestion Suggestions::own(const PathStep& step, std::string_view purpose) const {
    return suggest_entry(plan_.names[Option::chown], step.path, plan_.ownership.operands.empty(), purpose);
}

// Without the exclusion, the walk of a tree comes to the step, or it has to become an operand.
Suggestion Suggestions::include_again(const PathTrace& trace, const PathStep& step,
                                      const std::vector<std::string>& excluding) const {
    Suggestion all = suggest_without(excluding, plan_.ownership.excluded);
    const TreePreview* tree = forecast_.tree_of(trace, step);
    if (tree == nullptr || is_trusted(*tree, plan_.ownership.policy)) all.text += " and " + own(step).text;
    return all;
}

Suggestion Suggestions::change_owner_outside(const PathTrace& trace, const PathStep& step) const {
    const std::string path = quote(step.path);
    if (step.mount != trace.steps.front().mount) {
        return {Suggestion::Kind::mount,
                concat({"give it to uid ", std::to_string(plan_.identity.uid),
                        " or one of its groups where it is mounted from (in a pod: fsGroup)"})};
    }
    if (plan_.identity.gid != 0) {
        return {Suggestion::Kind::user, concat({"start the container as root, with ", plan_.names[Option::user],
                                                " and ", with_value(plan_.names[Option::chown], path)})};
    }
    std::string command = concat({"chgrp -R 0 ", path, " && chmod -R g=u ", path});
    return {Suggestion::Kind::chmod, "add to the Dockerfile: RUN " + command, "", std::move(command)};
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
    if (step.uid == 0 && belongs_to_person_outside(trace, step))
        return rootless_suggestions(plan_, cannot_change_owner());
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
    if (may_create) all.push_back(suggest_entry(plan_.names[Option::mkdir], home, plan_.directories.paths.empty()));
    append(all, another_home());
    return all;
}

std::vector<Suggestion> Suggestions::another_home() const {
    constexpr std::array use{Permission::search, Permission::write};
    const PathTrace scratch = trace_path("/tmp");
    if (scratch.object() == nullptr || forecast_.denial(scratch, use)) return {};
    return {suggest_value(plan_.names[Option::home], "/tmp")};
}

std::string in_words(const DeniedPath& path) {
    const std::string remedy = in_words(path.suggestions);
    return concat({path.problem, remedy.empty() ? "" : ". ", remedy});
}

}  // namespace stepdown
