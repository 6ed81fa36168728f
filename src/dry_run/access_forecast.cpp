#include "stepdown/dry_run/access_forecast.h"

#include "stepdown/base/text.h"
#include "stepdown/plan/capability_plan.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace stepdown {
namespace {

mode_t owners_bit(Right right) {
    switch (right) {
        case Right::read: return S_IRUSR;
        case Right::write: return S_IWUSR;
        case Right::enter:
        case Right::execute: return S_IXUSR;
    }
    return S_IXUSR;
}

// What the walk of a tree leaves alone where it is told to leave something alone.
bool may_be_spared(const WayPoint& point) {
    return S_ISCHR(point.mode) || S_ISBLK(point.mode) || (!S_ISDIR(point.mode) && point.names > 1);
}

bool is_on_mount_of(const Way& way, const WayPoint& point, const std::string& top) {
    for (const WayPoint& each : way.points) {
        if (each.path == top) return each.mount == point.mount;
    }
    return true;
}

// Whether the walk of tree gives point to the user, as far as the inspection tells.
bool changes(const Inspection& tree, const WayPoint& point) {
    if (tree.tree.changed == 0 || !tree.problems.empty() || !is_at_or_below(point.path, tree.tree.path)) return false;
    return tree.tree.skipped == 0 || !may_be_spared(point);
}

}  // namespace

bool is_at_or_below(std::string_view path, std::string_view top) {
    return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

bool Outlook::will_be_owned(const Way& way, const WayPoint& point) const {
    if (point.read_only || point.uid == plan_.identity.uid) return false;
    const bool enters = plan_.ownership.mounts == Mounts::enter;
    return std::any_of(findings_.trees.begin(), findings_.trees.end(), [&](const Inspection& tree) {
        return changes(tree, point) && (enters || is_on_mount_of(way, point, tree.tree.path));
    });
}

bool Outlook::is_refused(const Way& way, const WayPoint& point, Right right, const Refusals& now) const {
    if (!will_be_owned(way, point)) return now[right] != 0;
    if (right == Right::execute && point.no_exec) return true;
    const auto capabilities = capabilities_after(plan_);
    const bool is_powerful = !capabilities || !capabilities->empty();
    return (point.mode & owners_bit(right)) == 0 && (!is_powerful || now[right] != 0);
}

std::optional<Barrier> Outlook::barrier(const Way& way, std::span<const Right> wanted) const {
    if (!trouble_.empty()) return std::nullopt;
    const auto now = probe_way(kernel_, plan_.credentials, way);
    if (!now) {
        trouble_ = now.error().message;
        return std::nullopt;
    }
    constexpr std::array pass{Right::enter};
    for (std::size_t i = 0; i < way.points.size(); ++i) {
        const WayPoint& point = way.points[i];
        const bool is_object = &point == way.object();
        if (!is_object && !S_ISDIR(point.mode)) continue;
        std::vector<Right> lacking;
        for (const Right right : is_object ? wanted : std::span<const Right>(pass)) {
            if (is_refused(way, point, right, now->at(i))) lacking.push_back(right);
        }
        if (!lacking.empty()) return Barrier{&point, std::move(lacking)};
    }
    return std::nullopt;
}

bool Outlook::will_be_created(const std::string& path) const {
    for (const DirectoryInspection& each : findings_.directories) {
        if (!each.problem.empty()) continue;
        for (const std::string& missing : each.missing) {
            if (missing == path) return true;
        }
    }
    return false;
}

bool Outlook::may_execute(const std::string& file) const {
    const Way way = way_to(file);
    constexpr std::array run{Right::execute};
    return way.object() != nullptr && S_ISREG(way.object()->mode) && !barrier(way, run);
}

std::string Outlook::first_executable(const std::string& name) const {
    if (is_path(name)) return may_execute(name) ? name : "";
    for (const std::string& directory : plan_.path) {
        std::string file = in_directory(directory, name);
        if (may_execute(file)) return file;
    }
    return "";
}

std::optional<Launch> Outlook::find_executable(const std::string& name) const {
    Launch launch{first_executable(name), {}};
    if (launch.file.empty() || !trouble_.empty()) return std::nullopt;
    auto content = probe_content(kernel_, plan_.credentials, launch.file);
    if (!content) {
        trouble_ = content.error().message;
        return std::nullopt;
    }
    launch.content = *std::move(content);
    const Defect& defect = launch.content.defect;
    // A right that is lacking now may be there then.
    const bool is_closed = defect.number == EACCES && !defect.file.empty();
    if (is_closed ? !may_execute(defect.file) : defect.number != 0) return std::nullopt;
    const auto& scripts = launch.content.scripts;
    const bool is_barred = std::any_of(scripts.begin(), scripts.end(), [this](const Script& each) {
        return !may_execute(each.interpreter) || (!each.sought.empty() && first_executable(each.sought).empty());
    });
    return is_barred || !hidden_script(launch).empty() ? std::nullopt : std::optional(std::move(launch));
}

// Of the first barrier to reading file; "" for none.
std::string Outlook::barrier_to_reading(const std::string& file) const {
    constexpr std::array read{Right::read};
    const Way way = way_to(file);
    const uid_t uid = plan_.identity.uid;
    const auto found = barrier(way, read);
    if (!found) return "";
    return concat({barrier_in_words(way, *found->point, found->right(), uid), ". ",
                   advice_against(*found->point, found->right(), uid)});
}

std::string Outlook::hidden_script(const Launch& launch) const {
    for (const Script& each : launch.content.scripts) {
        std::string text = barrier_to_reading(each.file);
        if (!text.empty()) return text;
    }
    return "";
}

std::string Outlook::unread_part(const Launch& launch) const {
    const std::string& file = launch.content.unread;
    if (file.empty()) return "";
    const std::string text = barrier_to_reading(file);
    if (!text.empty()) {
        return concat({"cannot tell whether ", quote(file), " is a script, which its interpreter has to read: ", text});
    }
    return concat({"cannot tell whether the kernel takes ", quote(file), " for a program: uid ",
                   std::to_string(plan_.identity.uid), " may read it only after the start has changed its owner"});
}

}  // namespace stepdown
