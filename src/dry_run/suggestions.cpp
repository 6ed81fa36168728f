#include "stepdown/dry_run/suggestions.h"

#include "stepdown/base/text.h"
#include "stepdown/system/acl.h"
#include "stepdown/system/user_namespace.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace stepdown {
namespace {

// rights: in the place where a mode has the group's.
bool is_granted_to_group(mode_t rights, Right right) {
    const mode_t bit = right == Right::read ? S_IRGRP : right == Right::write ? S_IWGRP : S_IXGRP;
    return (rights & bit) != 0;
}

bool is_mount(const Way& way, const WayPoint& point) { return mount_point(way, point) == point.path; }

// Where many put their files: whoever needs to write there owns a directory in it, or a mount.
bool is_shared(const Way& way, const WayPoint& point) {
    constexpr std::array<std::string_view, 14> shared{"/home",    "/media",   "/mnt",       "/opt",    "/run",
                                                      "/srv",     "/tmp",     "/usr/src",   "/var",    "/var/cache",
                                                      "/var/lib", "/var/log", "/var/spool", "/var/tmp"};
    return std::find(shared.begin(), shared.end(), point.path) != shared.end() && !is_mount(way, point);
}

// A home in name only: what lies there is a service's, or nothing is meant to.
bool is_services(std::string_view home) { return is_below(home, {"/nonexistent", "/run", "/var"}); }

std::string setting(std::string_view name, const std::string& path, bool is_first) {
    const std::string word = quote(path);
    if (!is_first) return concat({"add ", word, " to ", name});
    const std::string_view outer = word.starts_with('"') ? "'" : "";  // the shell's, for these are stepdown's own
    return concat({"write ", name, "=", outer, word, outer});
}

// A clause of a sentence that begins with "Write".
std::string_view behind_write(std::string_view clause) {
    constexpr std::string_view write = "write ";
    return clause.substr(clause.starts_with(write) ? write.size() : 0);
}

std::string as_sentence(std::string text) {
    if (!text.empty()) text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

// As chmod(1) takes them.
std::string letters_of(const std::vector<Right>& rights) {
    std::string letters;
    for (const auto& [right, letter] : {std::pair(Right::read, 'r'), std::pair(Right::write, 'w'),
                                        std::pair(Right::enter, 'x'), std::pair(Right::execute, 'x')}) {
        if (std::find(rights.begin(), rights.end(), right) != rights.end()) letters += letter;
    }
    return letters;
}

}  // namespace

bool is_below(std::string_view path, std::initializer_list<std::string_view> tops) {
    return std::any_of(tops.begin(), tops.end(), [path](std::string_view top) { return is_at_or_below(path, top); });
}

bool is_systems(std::string_view path) {
    if (is_below(path, {"/usr/src"})) return false;  // where images put their sources
    return path == "/" || is_below(path, {"/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/root",
                                          "/sbin", "/sys", "/usr"});
}

bool is_systems(const Way& way, const WayPoint& point) {
    const std::string& mount = mount_point(way, point);
    const bool is_volume = S_ISDIR(point.mode) && is_below(mount, {"/usr"}) && mount != "/usr";
    return is_systems(point.path) && !is_volume;
}

bool Adviser::is_users(const Way& way, const WayPoint& point) const {
    return point.uid == plan_.identity.uid || outlook_.will_be_owned(way, point);
}

// What its group may use as the user wants to. Of root's directories that says little: an image gives most of them to
// root's group, too.
bool Adviser::is_groups(const Barrier& barrier) const {
    const WayPoint& point = *barrier.point;
    if (point.gid == plan_.identity.gid || (point.gid == 0 && S_ISDIR(point.mode))) return false;
    if (may_be_unmapped(OverflowId::gid, point.gid)) return false;
    const auto listed = group_rights_by_list(point.path, plan_.identity.uid);
    if (listed && point.gid == 0) return false;  // an entry for the user gives less away than root's group
    return std::all_of(barrier.lacking.begin(), barrier.lacking.end(),
                       [&](Right right) { return is_granted_to_group(listed.value_or(point.mode), right); });
}

std::string Adviser::joining(const WayPoint& point) const {
    if (is_powerless()) return "Start the container with the additional group " + std::to_string(point.gid);
    if (point.gid == 0) return "Write GOSU_GROUPS=0 if the user is meant to be in root's group";
    const auto& members = plan_.groups.members;
    const bool is_first = std::none_of(members.begin(), members.end(),
                                       [](const Membership& each) { return each.source == GroupSource::setting; });
    return as_sentence(setting("GOSU_GROUPS", "@" + point.path, is_first));
}

std::string Adviser::joining_or(const WayPoint& point, std::string_view owned) const {
    if (is_powerless() || owned.empty()) return joining(point);
    return concat({joining(point), ", or ", behind_write(owned)});
}

// The beginning of a sentence, or of its second half; "" where nobody should own that.
std::string Adviser::owning(const Way& way, const WayPoint& point) const {
    const std::string path = quote(point.path);
    // What is mounted on a file of /etc is the container's.
    const bool is_given = S_ISREG(point.mode) && is_below(point.path, {"/etc"}) && is_mount(way, point);
    if (is_systems(way, point) && !is_given) return "";
    if (!is_powerless()) {
        const bool is_somebodys = point.uid != 0 && is_mount(way, point);
        const std::string owned = setting("GOSU_CHOWN", point.path, plan_.ownership.operands.empty());
        return is_somebodys ? concat({becoming_owner(point), ", or ", behind_write(owned), " to take it from them"})
                            : owned;
    }
    if (point.mount != way.points.front().mount) {
        return concat({"give it to uid ", std::to_string(plan_.identity.uid),
                       " or one of its groups where it is mounted from (in a pod: fsGroup)"});
    }
    if (plan_.identity.gid == 0)
        return concat({"write in the Dockerfile: RUN chgrp -R 0 ", path, " && chmod -R g=u ", path});
    return "start the container as root, with GOSU_USER and GOSU_CHOWN=" + path;
}

// A bind mount belongs to somebody on the host, a volume to another service, maybe.
std::string Adviser::becoming_owner(const WayPoint& point) const {
    const std::string path = quote(point.path);
    const std::string uid = concat({"write ", plan_.identity.entry ? "GOSU_UID=@" : "GOSU_USER=@", path});
    const bool has_group = plan_.identity.entry && point.gid != 0;
    return concat({uid, has_group ? " and GOSU_GID=@" + path : "", " to run as its owner"});
}

// A path that is nobody else's.
std::string Adviser::new_directory_in(const std::string& parent) const {
    const std::string path = parent + "/app";
    const Way way = way_to(path);
    const bool is_free = way.number == ENOENT || (way.object() != nullptr && way.object()->uid == plan_.identity.uid);
    return is_free ? path : path + "-" + std::to_string(plan_.identity.uid);
}

std::string Adviser::instead_of_owning(const WayPoint& shared) const {
    if (shared.path.ends_with("/tmp")) return concat({"chmod 1777 ", shared.path, " grants that"});
    if (is_powerless()) return "Use a directory of its own, which the image or a mount gives to the user";
    return concat({"Use a directory of its own: ",
                   setting("GOSU_MKDIR", new_directory_in(shared.path), plan_.directories.paths.empty())});
}

// Where no owner and no mode can be changed.
std::string Adviser::against_read_only(const Way& way, const Barrier& barrier) const {
    const WayPoint& point = *barrier.point;
    const bool is_images = mount_point(way, point) == "/";
    if (barrier.right() == Right::write) {
        const std::string directory = S_ISDIR(point.mode) ? point.path : parent_of(point.path);
        return is_images ? "Mount a tmpfs or a volume on " + quote(directory) : "Mount it writable";
    }
    if (is_groups(barrier)) return joining(point);
    if (is_images) return "Grant that in the image";
    return concat({"It is mounted read-only: give it to uid ", std::to_string(plan_.identity.uid),
                   " or one of its groups where it is mounted from (in a pod: defaultMode, fsGroup)"});
}

std::string Adviser::against(const Way& way, const Barrier& barrier) const {
    const WayPoint& point = *barrier.point;
    const uid_t uid = plan_.identity.uid;
    if (barrier.right() == Right::execute && point.no_exec) return advice_against(point, barrier.right(), uid);
    if (point.read_only) return against_read_only(way, barrier);
    const std::string path = quote(point.path);
    if (is_users(way, point)) return concat({"chmod u+", letters_of(barrier.lacking), " ", path, " grants that"});
    if (is_unmapped(point.uid, point.gid)) {
        return "Its owner or group is not mapped in this user namespace: grant that outside";
    }
    if (may_be_unmapped(OverflowId::uid, point.uid) || may_be_unmapped(OverflowId::gid, point.gid)) {
        return "Its owner or group may not be mapped in this user namespace: grant that outside";
    }
    const bool is_object = &point == way.object();
    if (is_object && is_shared(way, point)) return instead_of_owning(point);
    const std::string owned = is_shared(way, point) ? "" : owning(way, point);
    if (is_groups(barrier)) return S_ISDIR(point.mode) ? joining_or(point, owned) : joining(point);
    const bool is_systems_file = S_ISREG(point.mode) && is_systems(point.path);
    const bool is_secret = is_systems_file && point.uid == 0 && (point.mode & (S_IRWXG | S_IRWXO)) == 0;
    if (is_secret && owned.empty()) return "It is root's alone. Give the user a copy of its own";
    const bool is_opened = !is_object || is_systems_file || group_rights_by_list(point.path, uid);
    const std::string advice = is_opened ? advice_against(point, barrier.right(), uid) : "";
    if (advice.empty()) return as_sentence(owned);
    const bool either = !is_powerless() && !owned.empty();
    return concat({advice, either ? ", or " : "", either ? owned : ""});
}

std::string Adviser::or_joining_for(const std::string& command) const {
    const Way way = way_to(command);
    constexpr std::array run{Right::execute};
    const auto barrier = outlook_.barrier(way, run);
    if (!barrier || barrier->point->gid == 0 || !is_groups(*barrier)) return "";
    std::string clause = joining(*barrier->point);
    clause[0] = static_cast<char>(clause[0] - 'A' + 'a');
    return ", or " + clause;
}

bool Adviser::is_unfit_home(const Way& way) const {
    const WayPoint* home = way.object();
    if (home == nullptr || is_users(way, *home)) return false;
    if (is_shared(way, *home) || is_systems(way, *home)) return true;
    return is_services(home->path) && !is_mount(way, *home);
}

std::string Adviser::another_home(const std::string& home) const {
    if (is_powerless()) return "Write GOSU_HOME=/tmp, or another directory that the user can write";
    if (is_services(home)) return "Write GOSU_HOME=/tmp";
    const Way way = way_to(home);
    if (!way.points.empty() && way.points.back().read_only)
        return "Write GOSU_HOME=/tmp, or mount a tmpfs or a volume there";
    if (!is_systems(home) && way.number == ENOENT)
        return as_sentence(setting("GOSU_MKDIR", home, plan_.directories.paths.empty()));
    const std::string path = new_directory_in("/home");
    const std::string made = setting("GOSU_MKDIR", path, plan_.directories.paths.empty());
    return concat({"Write GOSU_HOME=", path, " and ", behind_write(made)});
}

}  // namespace stepdown
