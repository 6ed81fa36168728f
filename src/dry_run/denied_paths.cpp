// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/denied_paths.h"

#include "stepdown/base/text.h"
#include "stepdown/dry_run/suggestions.h"
#include "stepdown/system/denial.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>

namespace stepdown {
namespace {

using Rights = std::span<const Permission>;

constexpr std::array enter_read_write{Permission::search, Permission::read, Permission::write};
constexpr std::array read_write{Permission::read, Permission::write};
constexpr std::array write_read{Permission::write, Permission::read};

// The permissions that a program needs, as far as the use of the path tells.
enum class Use {
    pass,     // enter a directory
    live_in,  // write a directory or a file, too
    consult,  // what its kind is for
};

// In the order in which a lack of them is told.
Rights rights_for(const PathTrace& trace, Use use) {
    const Rights all(enter_read_write);
    const PathStep& object = *trace.object();
    if (S_ISDIR(object.mode)) {
        if (use == Use::pass) return all.first(1);
        const bool is_given =
            object.read_only || belongs_to_system(trace, object) || is_below(object.path, {"/run/secrets"});
        return use == Use::consult && is_given ? all.first(2) : all;
    }
    const bool is_written = use == Use::live_in && (object.mode & S_IWUSR) != 0;
    if (S_ISREG(object.mode) && !is_written) return all.subspan(1, 1);
    return write_read;
}

class DeniedPathSearch {
  public:
    DeniedPathSearch(const AccessForecast& forecast, const Plan& plan, const Findings& findings)
        : forecast_(forecast), suggestions_(forecast, plan), plan_(plan), findings_(findings) {}

    void check_operands() {
        for (const TreePreview& tree : findings_.trees) {
            if (tree.tree.entries > 0 && tree.problems.empty()) look("chown", tree.operand, Use::live_in);
        }
        for (const DirectoryPreview& directory : findings_.directories) {
            if (directory.problem.empty()) look("mkdir", directory.operand, Use::live_in);
        }
    }

    // A home that is there is often not written to (www-data's): it counts if it is a volume or the working directory.
    void check_home(const std::string& home) {
        if (home.empty() || home.front() != '/') return;
        const PathTrace trace = trace_path(home);
        if (trace.error == ENOENT && !forecast_.will_be_created(trace.failed_path)) {
            return add({"HOME", home, "it does not exist", {}, suggestions_.suggestions_for_missing_home(home, trace)});
        }
        const PathStep* object = trace.object();
        if (object == nullptr) return look("HOME", home, Use::live_in);
        const PathTrace here = trace_path(".");
        const bool is_here = here.object() != nullptr && here.object()->path == object->path;
        if (is_here || mount_point(trace, *object) == object->path) look("HOME", home, Use::live_in);
    }

    void check_working_directory() {
        const PathTrace here = trace_path(".");
        const PathStep* directory = here.object();
        if (directory == nullptr || directory->path.front() != '/') return;
        look("working directory", directory->path, Use::pass);
    }

    // Options, too, have paths: "--data=/data".
    void check_words() {
        if (*plan_.command == nullptr) return;
        for (StringVector word = plan_.command + 1; *word != nullptr; ++word) {
            const std::string text = *word;
            const auto equals = text.find('=');
            const std::string path =
                text.starts_with('/') || equals == std::string::npos ? text : text.substr(equals + 1);
            if (path.starts_with('/')) check_word(path);
        }
    }

    // An application may open /dev/stdout, which asks for the rights again (proc(5), /proc/PID/fd).
    void check_streams() {
        const auto opens = plan_.stdio ? preview_standard_streams(*plan_.stdio).opens : std::array<bool, 3>{};
        constexpr std::array names{"stdin", "stdout", "stderr"};
        for (std::size_t fd = STDOUT_FILENO; fd <= STDERR_FILENO; ++fd) {
            if (!opens.at(fd)) check_stream(static_cast<int>(fd), names.at(fd));
        }
    }

    std::vector<DeniedPath> found() && { return std::move(found_); }

  private:
    // The same path is named once.
    void add(DeniedPath path) {
        const auto is_same = [&path](const DeniedPath& each) { return each.path == path.path; };
        if (std::none_of(found_.begin(), found_.end(), is_same)) found_.push_back(std::move(path));
    }

    void look(const char* use, const std::string& path, Use how) {
        const PathTrace trace = trace_path(path);
        const bool is_there = trace.object() != nullptr;
        const Rights wanted = !is_there ? Rights() : is_misplaced(trace) ? Rights(read_write) : rights_for(trace, how);
        if (const auto denial = forecast_.denial(trace, wanted)) add(denied_path(use, path, trace, *denial));
    }

    [[nodiscard]] DeniedPath denied_path(std::string use, const std::string& path, const PathTrace& trace,
                                         const Denial& denial) const {
        const PathStep& step = *denial.step;
        const uid_t uid = plan_.identity.uid;
        constexpr mode_t permissions = 07777;
        DeniedPath found{std::move(use), path, describe_denial(trace, step, denial.permission(), uid),
                         DeniedStep{step.path, denial.permission(), step.uid, step.gid, step.mode & permissions,
                                    has_list_for(step, uid)},
                         suggestions_.suggestions_for(trace, denial)};
        if (found.use == "HOME" && found.suggestions.empty()) found.suggestions = suggestions_.another_home();
        return found;
    }

    // Returns true if the object is a file in a directory that the user can write. The user is likely to write the
    // file, too: a log, say, that root began. What is mounted there, is a program, or is protected by the sticky bit is
    // meant so.
    [[nodiscard]] bool is_misplaced(const PathTrace& trace) const {
        const PathStep& file = *trace.object();
        constexpr mode_t executable = S_IXUSR | S_IXGRP | S_IXOTH;
        if (!S_ISREG(file.mode) || (file.mode & executable) != 0 || belongs_to_system(file.path)) return false;
        const PathStep& directory = trace.steps[trace.steps.size() - 2];
        if (directory.mount != file.mount || (directory.mode & S_ISVTX) != 0) return false;
        return !forecast_.denial(trace_path(directory.path), enter_read_write);
    }

    void check_word(const std::string& path) {
        PathTrace trace = trace_path(path);
        // /dev/stdout and its like lead through /proc; check_streams is about them.
        if (std::any_of(trace.steps.begin(), trace.steps.end(), is_in_proc)) return;
        const bool is_new = trace.error == ENOENT && !forecast_.will_be_created(trace.failed_path);
        if (!is_new || belongs_to_system(trace, trace.steps.back())) return look("argument", path, Use::consult);
        trace.error = 0;  // the directory is the object now
        const auto denial = forecast_.denial(trace, enter_read_write);
        if (!denial) return;
        DeniedPath found = denied_path("argument", path, trace, *denial);
        found.problem = "it does not exist, and " + found.problem;
        add(std::move(found));
    }

    void check_stream(int fd, const std::string& name) {
        const std::string path = "/dev/" + name;
        auto step = path_step_of(fd, path);
        if (!step) return;
        if (S_ISSOCK(step->mode)) {
            return add({name,
                        path,
                        "it is a socket, which cannot be opened by that name",
                        {},
                        {{Suggestion::Kind::none, "write to the descriptor"}}});
        }
        PathTrace trace;
        trace.steps.push_back(*std::move(step));
        const auto denial = forecast_.denial(trace, Rights(write_read).first(1));
        if (!denial) return;
        DeniedPath found = denied_path(name, path, trace, *denial);
        found.suggestions = {stream_suggestion(fd)};
        add(std::move(found));
    }

    // The first mode in which the user can open the stream.
    [[nodiscard]] Suggestion stream_suggestion(int fd) const {
        constexpr std::array modes{std::pair(StdioMode::automatic, "auto"), std::pair(StdioMode::own, "own")};
        const bool may_chown = !plan_.stdio || plan_.stdio->may_chown;
        const uid_t from = plan_.credentials ? plan_.credentials->from : plan_.identity.uid;
        for (const auto& [mode, setting] : modes) {
            const auto opens = [&, mode = mode](bool chown) {
                const StdioPlan plan{mode, from, plan_.identity.uid, chown};
                return preview_standard_streams(plan).opens.at(static_cast<std::size_t>(fd));
            };
            const SettingName name = plan_.names[Option::stdio];
            const std::string set = clause_to_set(name, setting);
            if (opens(may_chown)) {
                return {Suggestion::Kind::setting, set + " to let the user open it", std::string(name), setting};
            }
            if (!opens(true)) continue;
            const std::string first = mode == StdioMode::own ? set + ", and " : "";
            return {Suggestion::Kind::user, first + "add cap_add: [CHOWN], because the capability CHOWN is missing"};
        }
        return {Suggestion::Kind::none, "have the program write to its descriptor " + std::to_string(fd)};
    }

    static bool is_in_proc(const PathStep& step) { return is_below(step.path, {"/proc"}); }

    const AccessForecast& forecast_;
    Suggestions suggestions_;
    const Plan& plan_;
    const Findings& findings_;
    std::vector<DeniedPath> found_;
};

std::string home_of(const std::vector<EnvironmentChange>& changes, StringVector environment) {
    for (const EnvironmentChange& change : changes) {
        if (change.name == "HOME") return change.value.value_or("");
    }
    return std::string(find_variable(environment, "HOME").value_or(""));
}

}  // namespace

std::vector<DeniedPath> find_denied_paths(const AccessForecast& forecast, const Plan& plan, const Findings& findings,
                                          StringVector environment) {
    DeniedPathSearch search(forecast, plan, findings);
    search.check_operands();
    search.check_home(home_of(environment_of(plan, findings), environment));
    search.check_working_directory();
    search.check_words();
    search.check_streams();
    return std::move(search).found();
}

}  // namespace stepdown
