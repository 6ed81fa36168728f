// SPDX-License-Identifier: Apache-2.0

#include "stepdown/prepare/directories.h"

#include "stepdown/base/log.h"
#include "stepdown/base/text.h"
#include "stepdown/prepare/directory_chain.h"
#include "stepdown/prepare/directory_refusal.h"
#include "stepdown/system/capability.h"
#include "stepdown/system/file_system.h"
#include "stepdown/system/fsuid.h"
#include "stepdown/system/path_trace.h"
#include "stepdown/system/resolve.h"
#include "stepdown/system/system_directories.h"
#include "stepdown/system/user_namespace.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace stepdown {
namespace {

constexpr std::string_view verb = "create";

// The absolute paths of reached.missing.
std::vector<std::string> paths_below(const Reached& reached) {
    std::vector<std::string> paths;
    std::string path = reached.deepest.path == "/" ? "" : reached.deepest.path;
    for (const std::string& name : reached.missing) paths.push_back(path.append("/").append(name));
    return paths;
}

// How far operand exists, and that the rest can be made below that.
Result<Reached> reach_directory(const std::string& operand) {
    Reached reached = TRY(reach(verb, operand));
    struct stat status {};
    if (::fstat(reached.deepest.fd.get(), &status) != 0) return system_error(cannot_create(operand), errno);
    if (!S_ISDIR(status.st_mode))
        return fail(MessageId::directory_uncreated, cannot_create(operand) + ": it exists and is not a directory");
    if (std::find(reached.missing.begin(), reached.missing.end(), "..") == reached.missing.end()) return reached;
    return fail(MessageId::directory_uncreated,
                cannot_create(operand) + ": \"..\" follows a directory that does not exist. Write the path without it");
}

// The errno for which this process, and the owner of parent, may not make anything in parent; 0 for none.
int denial_of_making(int parent) {
    FsuidSwitch fsuid;
    const auto ask = [&] {
        const long answer = ::syscall(SYS_faccessat2, parent, ".", W_OK | X_OK, AT_EACCESS);
        if (answer == 0 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(answer);
        // Before Linux 5.8 the kernel asks for the real uid, and can say nothing of another one. glibc's faccessat(3)
        // would make the newer call again.
        if (fsuid.current() != fsuid.own()) return 0;
        return static_cast<int>(::syscall(SYS_faccessat, parent, ".", W_OK | X_OK));
    };
    return as_self_or_owner(fsuid, parent, ask) == 0 ? 0 : errno;
}

// Returns true if any of the paths cannot be made without DAC_OVERRIDE.
[[gnu::cold]] bool is_any_closed(const std::vector<std::string>& paths) {
    return std::any_of(paths.begin(), paths.end(), [](const std::string& path) {
        const auto reached = reach_directory(path);
        return reached && !reached->missing.empty() && denial_of_making(reached->deepest.fd.get()) == EACCES;
    });
}

// All that is missing is named at once, so that one cap_add is enough.
[[gnu::cold]] Result<void> check_right_to_give(const DirectoriesPlan& plan, const std::string& path) {
    if (plan.uid == ::geteuid() && plan.gid == ::getegid()) return {};
    const CapabilitySet effective = TRY(read_capabilities()).effective;
    if (effective.has(cap_chown)) return {};
    std::vector<std::string> missing{"CHOWN"};
    if (!effective.has(cap_dac_override) && is_any_closed(plan.paths)) missing.emplace_back("DAC_OVERRIDE");
    return fail(MessageId::directory_uncreated,
                concat({cannot_create(path), " for uid ", std::to_string(plan.uid), ": the ",
                        missing.size() == 1 ? "capability CHOWN is" : "capabilities CHOWN, DAC_OVERRIDE are",
                        " missing. ", ::geteuid() == 0 ? sentence_to_add(missing) : "Start the container as root"}));
}

// Returns true if both paths, of which nothing exists yet, are one entry of one directory. A bind mount gives a
// directory further paths.
bool is_same_entry(std::string_view path, std::string_view other) {
    const auto directory_of = [](std::string_view of) { return std::string(of.substr(0, of.rfind('/') + 1)); };
    if (path == other) return true;
    if (path.substr(path.rfind('/') + 1) != other.substr(other.rfind('/') + 1)) return false;
    struct stat one {};
    struct stat two {};
    return ::stat(directory_of(path).c_str(), &one) == 0 && ::stat(directory_of(other).c_str(), &two) == 0 &&
           one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

// Whoever owns a directory on the way to the account files can put others in their place. What exists there stays as it
// is, so only one that is missing can become the user's: the first of what is missing stands above the rest.
[[gnu::cold]] Result<void> check_use(const DirectoriesPlan& plan, const std::string& operand, const std::string& path) {
    if (plan.uid == ::geteuid()) return {};  // then it is as good as made already
    const auto system = system_directories();
    if (std::any_of(system.begin(), system.end(), [&](std::string_view each) { return is_same_entry(path, each); })) {
        return fail(MessageId::directory_uncreated,
                    concat({cannot_create(operand), ": ", quote(path),
                            " does not exist, and is one of the system's own directories. Create it in the image"}));
    }
    for (const char* file : {"/etc/passwd", "/etc/group"}) {
        if (::access(file, F_OK) == 0) continue;
        const PathTrace trace = trace_path(file);  // wherever root's own links lead
        if (trace.error == 0 || !is_same_entry(path, trace.failed_path)) continue;
        return fail(MessageId::directory_uncreated,
                    concat({cannot_create(operand), ": ", quote(path),
                            " does not exist, and its owner would decide how the next start runs as root. Create it in "
                            "the image"}));
    }
    return {};
}

// The warning about the path at index, which is about to be created; "" where the path is plain.
std::string path_warning(const DirectoriesPlan& plan, std::size_t index) {
    if (index >= plan.hints.size() || plan.hints[index].empty()) return "";
    return concat({plan.setting, " creates ", quote(plan.paths[index]), ". ", plan.hints[index]});
}

// Others may make some of the directories meanwhile: then the rest of them is made below those.
Result<void> make(const DirectoriesPlan& plan, std::size_t index) {
    constexpr int most_attempts = 16;
    const std::string& operand = plan.paths[index];
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        const Reached reached = TRY(reach_directory(operand));
        if (reached.missing.empty()) return {};
        const std::vector<std::string> paths = paths_below(reached);
        TRY(check_use(plan, operand, paths.front()));
        TRY(check_right_to_give(plan, paths.front()));
        const std::string doubt = path_warning(plan, index);
        if (!doubt.empty() && attempt == 0) log_warn({MessageId::setting_invalid, doubt});
        if (TRY(make_chain(plan, reached.deepest.fd.get(), paths)) == Made::all) return {};
    }
    return fail(MessageId::directory_uncreated,
                cannot_create(operand) + ": another process keeps making and removing it");
}

Result<void> check_right_to_make(int parent, const std::string& path) {
    const int number = denial_of_making(parent);
    if (is_on_proc_or_sysfs(parent)) return refused_by_kernel(parent, path, ENOENT);
    const bool is_refused = number == EACCES || number == EROFS || (number == EPERM && is_immutable(parent));
    if (!is_refused) return {};  // a kernel that cannot say is not believed
    return refused_by_kernel(parent, path, number);
}

// A start finds that out when it gives the directory away (chown(2), EINVAL).
Result<void> check_ids(const DirectoriesPlan& plan, const std::string& path) {
    const bool is_lacking = is_mapped(OverflowId::uid, plan.uid) == std::optional(false) ||
                            is_mapped(OverflowId::gid, plan.gid) == std::optional(false);
    return is_lacking ? Result<void>(ids_not_mapped(path, plan.uid, plan.gid)) : Result<void>();
}

Result<void> preview_directory(const DirectoriesPlan& plan, std::size_t index, DirectoryPreview& preview) {
    const Reached reached = TRY(reach_directory(preview.operand));
    preview.missing = paths_below(reached);
    if (preview.missing.empty()) return {};
    preview.warning = path_warning(plan, index);
    TRY(check_use(plan, preview.operand, preview.missing.front()));
    TRY(check_right_to_give(plan, preview.missing.front()));
    TRY(check_ids(plan, preview.missing.front()));
    const int parent = reached.deepest.fd.get();
    if (plan.uid != ::geteuid() && may_refuse_owners(parent)) {
        preview.doubt =
            concat({"cannot tell whether ", quote(preview.missing.front()), " can be given to uid ",
                    std::to_string(plan.uid), ": the ", file_system_of(parent), " may refuse that, or ignore it"});
    }
    return check_right_to_make(parent, preview.missing.front());
}

[[gnu::cold]] std::string creation_in_words(const std::string& path, const Error& error) {
    const std::string reason = error.number == 0 ? "" : concat({" (", errno_text(error.number), ")"});
    return concat({"create ", quote(path), reason});
}

}  // namespace

void set_umask(mode_t mask) { ::umask(mask); }

Result<void> create_directories(const DirectoriesPlan& plan, std::vector<std::string>* unmet) {
    for (std::size_t i = 0; i < plan.paths.size(); ++i) {
        const Result<void> made = make(plan, i);
        if (made) continue;
        if (unmet != nullptr) {
            unmet->push_back(creation_in_words(plan.paths[i], made.error()));
            log_info(made.error().message);
            continue;
        }
        const Failure failure = with_id(MessageId::directory_uncreated, Failure(made.error()));
        if (plan.errors == DirectoryErrors::fail) return failure;
        log_warn(as_message(failure.value()));
    }
    return {};
}

[[gnu::cold]] std::vector<DirectoryPreview> preview_directories(const DirectoriesPlan& plan) {
    std::vector<DirectoryPreview> previews;
    for (std::size_t i = 0; i < plan.paths.size(); ++i) {
        DirectoryPreview& preview = previews.emplace_back(DirectoryPreview{plan.paths[i], {}, "", ""});
        const Result<void> outcome = preview_directory(plan, i, preview);
        if (outcome) continue;
        preview.problem = outcome.error().message;
        preview.unmet = creation_in_words(plan.paths[i], outcome.error());
    }
    return previews;
}

}  // namespace stepdown
