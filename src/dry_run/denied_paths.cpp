#include "stepdown/dry_run/denied_paths.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"
#include "stepdown/dry_run/suggestions.h"
#include "stepdown/ownership/mount.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>

namespace stepdown {
namespace {

using Rights = std::span<const Right>;

constexpr std::array enter_read_write{Right::enter, Right::read, Right::write};
constexpr std::array read_write{Right::read, Right::write};
constexpr std::array write_read{Right::write, Right::read};

// What a program does with a path, as far as its use tells.
enum class Use {
    pass,     // enter a directory
    live_in,  // write a directory or a file, too
    consult,  // what its kind is for
};

// In the order in which a lack of them is told.
Rights rights_for(const Way& way, Use use) {
    const Rights all(enter_read_write);
    const WayPoint& object = *way.object();
    if (S_ISDIR(object.mode)) {
        if (use == Use::pass) return all.first(1);
        const bool is_given = object.read_only || is_systems(way, object) || is_below(object.path, {"/run/secrets"});
        return use == Use::consult && is_given ? all.first(2) : all;
    }
    const bool is_written = use == Use::live_in && (object.mode & S_IWUSR) != 0;
    if (S_ISREG(object.mode) && !is_written) return all.subspan(1, 1);
    return write_read;
}

std::string with_advice(const std::string& problem, const std::string& advice) {
    return concat({problem, advice.empty() ? "" : ". ", advice});
}

class Search {
  public:
    Search(const Outlook& outlook, const Plan& plan, const Findings& findings)
        : outlook_(outlook), adviser_(outlook, plan), plan_(plan), findings_(findings) {}

    void look_at_operands() {
        for (const Inspection& tree : findings_.trees) {
            if (tree.tree.entries > 0 && tree.problems.empty()) look("chown", tree.operand, Use::live_in);
        }
        for (const DirectoryInspection& directory : findings_.directories) {
            if (directory.problem.empty()) look("mkdir", directory.operand, Use::live_in);
        }
    }

    void look_at_home(const std::string& home) {
        if (home.empty() || home.front() != '/') return;
        const Way way = way_to(home);
        if (way.number == ENOENT && !outlook_.will_be_created(way.missing)) {
            return add("HOME", home, "it does not exist. " + adviser_.another_home(home));
        }
        if (!adviser_.is_unfit_home(way)) return look("HOME", home, Use::live_in);
        const auto barrier = outlook_.barrier(way, enter_read_write);
        if (barrier) add("HOME", home, with_advice(in_words(way, *barrier), adviser_.another_home(home)));
    }

    void look_at_working_directory() {
        const Way here = way_to(".");
        const WayPoint* directory = here.object();
        if (directory == nullptr || directory->path.front() != '/') return;
        look("working directory", directory->path, Use::pass);
    }

    void look_at_mounts() {
        const auto mountinfo = read_kernel_file("/proc/self/mountinfo");
        if (!mountinfo) return;
        for (const MountPoint& each : mount_points(*mountinfo)) {
            if (is_systems(each.path) && !is_below(each.path, {"/etc", "/usr"})) continue;
            const Way way = way_to(each.path);
            const WayPoint* object = way.object();
            if (object != nullptr && (object->mount != each.mount || is_kernels(*object))) continue;
            if (const auto problem = problem_of(way, Use::consult)) add("mount", each.path, *problem);
        }
    }

    // Options, too, have paths: "--data=/data".
    void look_at_words() {
        if (*plan_.command == nullptr) return;
        for (StringVector word = plan_.command + 1; *word != nullptr; ++word) {
            const std::string text = *word;
            const auto equals = text.find('=');
            const std::string path =
                text.starts_with('/') || equals == std::string::npos ? text : text.substr(equals + 1);
            if (path.starts_with('/')) look_at_word(path);
        }
    }

    // An application may open /dev/stdout, which asks for the rights again (proc(5), /proc/PID/fd).
    void look_at_streams() {
        const auto opens = plan_.stdio ? preview_standard_streams(*plan_.stdio).opens : std::array<bool, 3>{};
        constexpr std::array names{"stdin", "stdout", "stderr"};
        for (std::size_t fd = STDOUT_FILENO; fd <= STDERR_FILENO; ++fd) {
            if (!opens.at(fd)) look_at_stream(static_cast<int>(fd), names.at(fd));
        }
    }

    std::vector<MissingAccess> found() && { return std::move(found_); }

  private:
    // The same path is told of once.
    void add(std::string use, const std::string& path, std::string problem) {
        for (const MissingAccess& each : found_) {
            if (each.path == path) return;
        }
        found_.push_back({std::move(use), path, std::move(problem)});
    }

    void look(const char* use, const std::string& path, Use how) {
        if (const auto problem = problem_of(way_to(path), how)) add(use, path, *problem);
    }

    [[nodiscard]] std::optional<std::string> problem_of(const Way& way, Use use) const {
        if (way.object() == nullptr) return problem_with(way, Rights());
        return problem_with(way, is_misplaced(way) ? Rights(read_write) : rights_for(way, use));
    }

    // Whether the object is a file in a directory that the user can write, so that the user is likely to write it, too:
    // a log, say, that root began. What is mounted there, is a program, or is protected by the sticky bit is meant so.
    [[nodiscard]] bool is_misplaced(const Way& way) const {
        const WayPoint& file = *way.object();
        constexpr mode_t executable = S_IXUSR | S_IXGRP | S_IXOTH;
        if (!S_ISREG(file.mode) || (file.mode & executable) != 0 || is_systems(file.path)) return false;
        const WayPoint& directory = way.points[way.points.size() - 2];
        if (directory.mount != file.mount || (directory.mode & S_ISVTX) != 0) return false;
        return !outlook_.barrier(way_to(directory.path), enter_read_write);
    }

    [[nodiscard]] std::optional<std::string> problem_with(const Way& way, Rights wanted) const {
        const auto barrier = outlook_.barrier(way, wanted);
        if (!barrier) return std::nullopt;
        return with_advice(in_words(way, *barrier), adviser_.against(way, *barrier));
    }

    [[nodiscard]] std::string in_words(const Way& way, const Barrier& barrier) const {
        return barrier_in_words(way, *barrier.point, barrier.right(), plan_.identity.uid);
    }

    void look_at_word(const std::string& path) {
        Way way = way_to(path);
        // /dev/stdout and its like lead through /proc; look_at_streams tells of them.
        if (std::any_of(way.points.begin(), way.points.end(), is_in_proc)) return;
        const bool is_new = way.number == ENOENT && !outlook_.will_be_created(way.missing);
        if (!is_new || is_systems(way, way.points.back())) return look("argument", path, Use::consult);
        way.number = 0;  // the directory is the object now
        const auto problem = problem_with(way, enter_read_write);
        if (problem) add("argument", path, "it does not exist, and " + *problem);
    }

    void look_at_stream(int fd, const std::string& name) {
        const std::string path = "/dev/" + name;
        auto point = way_point_of(fd, path);
        if (!point) return;
        if (S_ISSOCK(point->mode)) {
            return add(name, path, "it is a socket, which cannot be opened by that name. Write to the descriptor");
        }
        Way way;
        way.points.push_back(*std::move(point));
        const auto barrier = outlook_.barrier(way, Rights(write_read).first(1));
        if (!barrier) return;
        add(name, path, with_advice(in_words(way, *barrier), stream_advice(fd)));
    }

    // The first mode in which the user can open the stream.
    [[nodiscard]] std::string stream_advice(int fd) const {
        constexpr std::array modes{std::pair(StdioMode::automatic, "auto"), std::pair(StdioMode::own, "own")};
        const bool may_chown = !plan_.stdio || plan_.stdio->may_chown;
        const uid_t from = plan_.credentials ? plan_.credentials->from : plan_.identity.uid;
        for (const auto& [mode, setting] : modes) {
            const auto opens = [&, mode = mode](bool chown) {
                const StdioPlan plan{mode, from, plan_.identity.uid, chown};
                return preview_standard_streams(plan).opens.at(static_cast<std::size_t>(fd));
            };
            if (opens(may_chown)) return concat({"Set GOSU_STDIO=", setting, " to let the user open it"});
            if (!opens(true)) continue;
            const std::string set = mode == StdioMode::own ? "Set GOSU_STDIO=own, and add" : "Add";
            return "The capability CHOWN is missing. " + set + " cap_add: [CHOWN]";
        }
        return "Have the program write to its descriptor " + std::to_string(fd);
    }

    static bool is_in_proc(const WayPoint& point) { return is_below(point.path, {"/proc"}); }

    static bool is_kernels(const WayPoint& object) {
        const auto kind = kind_of_mount(object.fd.get(), object.mount);
        return !kind || *kind == MountKind::api;
    }

    const Outlook& outlook_;
    Adviser adviser_;
    const Plan& plan_;
    const Findings& findings_;
    std::vector<MissingAccess> found_;
};

std::string home_of(const std::vector<EnvironmentChange>& changes, StringVector environment) {
    for (const EnvironmentChange& change : changes) {
        if (change.name == "HOME") return change.value.value_or("");
    }
    return std::string(find_variable(environment, "HOME").value_or(""));
}

}  // namespace

std::vector<MissingAccess> find_missing_access(const Outlook& outlook, const Plan& plan, const Findings& findings,
                                               StringVector environment) {
    Search search(outlook, plan, findings);
    search.look_at_operands();
    search.look_at_home(home_of(environment_of(plan, findings), environment));
    search.look_at_working_directory();
    search.look_at_mounts();
    search.look_at_words();
    search.look_at_streams();
    return std::move(search).found();
}

}  // namespace stepdown
