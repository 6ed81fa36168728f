#include "stepdown/prepare/stdio.h"

#include "stepdown/base/log.h"
#include "stepdown/base/unique_fd.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

namespace stepdown {
namespace {

constexpr unsigned memory_major = 1;  // Documentation/admin-guide/devices.txt: /dev/null is 1:3
constexpr unsigned null_minor = 3;

bool is_null_device(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(memory_major, null_minor);
}

// Takes the lowest free descriptor, which the caller knows to be the missing stream.
Result<void> open_placeholder() {
    UniqueFd null(::open("/dev/null", O_RDWR));
    if (null.valid() && is_null_device(null.get())) {
        static_cast<void>(null.release());
        return {};
    }
    null = UniqueFd();
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return system_error("cannot open the standard streams", errno);
    ::close(ends[1]);
    return {};
}

enum class Kind { pipe, terminal, socket, fifo, regular, device, other };

// A pseudo terminal, whose node is one user's. /dev/tty, /dev/ptmx and consoles are terminals to isatty(3) too, but
// their nodes are shared by all (Documentation/admin-guide/devices.txt: pts are majors 136 to 143).
bool is_terminal(const struct stat& status) {
    constexpr unsigned first_major = 136;
    constexpr unsigned last_major = 143;
    return major(status.st_rdev) >= first_major && major(status.st_rdev) <= last_major;
}

const char* name_of(Kind kind) {
    switch (kind) {
        case Kind::pipe: return "pipe";
        case Kind::terminal: return "terminal";
        case Kind::socket: return "socket";
        case Kind::fifo: return "named FIFO";
        case Kind::regular: return "file";
        case Kind::device: return "device";
        case Kind::other: return "other object";
    }
    return "";
}

// Whether nobody else may be typing there. A root shell's terminal must stay its own, or its keystrokes could be read;
// of a terminal that does not control our session we cannot tell whose it is.
bool is_ours_alone(int fd) { return ::tcgetsid(fd) == ::getpid(); }

struct Verdict {
    Kind kind = Kind::other;
    bool give = false;
    const char* reason = "";  // why not
};

// Decides about one stream after the other.
class Judge {
  public:
    explicit Judge(const StdioPlan& plan) : plan_(plan) {}

    // Nothing for a stream that is not open.
    std::optional<Verdict> operator()(int fd) {
        struct stat status {};
        if (::fstat(fd, &status) != 0) return std::nullopt;
        const Kind kind = kind_of(fd, status);
        if (plan_.mode == StdioMode::keep) return Verdict{kind, false, "kept as it is"};
        if (kind != Kind::pipe && kind != Kind::terminal) return Verdict{kind, false, "left alone"};
        if (status.st_uid == plan_.to) return Verdict{kind, false, "the user's already"};
        if (status.st_uid != plan_.from) return Verdict{kind, false, "left alone: another uid owns it"};
        if (kind == Kind::terminal && plan_.mode == StdioMode::automatic && !is_ours_alone(fd)) {
            return Verdict{kind, false, "left alone: this process does not lead its session"};
        }
        if (!plan_.may_chown) return Verdict{kind, false, "left alone: the capability CHOWN is missing"};
        return Verdict{kind, true, ""};
    }

  private:
    Kind kind_of(int fd, const struct stat& status) {
        if (S_ISSOCK(status.st_mode)) return Kind::socket;
        if (S_ISREG(status.st_mode)) return Kind::regular;
        if (S_ISCHR(status.st_mode)) return is_terminal(status) ? Kind::terminal : Kind::device;
        if (!S_ISFIFO(status.st_mode)) return Kind::other;
        return is_anonymous(fd, status.st_dev) ? Kind::pipe : Kind::fifo;
    }

    // All anonymous pipes are on one file system, so it is asked for once.
    bool is_anonymous(int fd, dev_t device) {
        struct statfs file_system {};
        if (pipes_ == device) return true;
        if (::fstatfs(fd, &file_system) != 0 || file_system.f_type != PIPEFS_MAGIC) return false;
        pipes_ = device;
        return true;
    }

    StdioPlan plan_;
    std::optional<dev_t> pipes_;  // the device of that file system
};

}  // namespace

Result<void> open_missing_standard_streams() {
    // One call for all three: poll(2) marks what is not open.
    std::array<pollfd, 3> streams{{{STDIN_FILENO, 0, 0}, {STDOUT_FILENO, 0, 0}, {STDERR_FILENO, 0, 0}}};
    if (::poll(streams.data(), streams.size(), 0) < 0)
        return system_error("cannot look at the standard streams", errno);
    for (const pollfd& stream : streams) {
        if ((stream.revents & POLLNVAL) != 0) TRY(open_placeholder());
    }
    return {};
}

void hand_over_standard_streams(const StdioPlan& plan) {
    Judge judge(plan);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        const auto verdict = judge(fd);
        if (!verdict || !verdict->give) continue;
        constexpr auto keep_group = static_cast<gid_t>(-1);
        if (::fchown(fd, plan.to, keep_group) != 0) {
            log_debug("cannot give fd " + std::to_string(fd) + " to uid " + std::to_string(plan.to) + ": " +
                      errno_text(errno));
        }
    }
}

std::array<std::string, 3> describe_standard_streams(const StdioPlan& plan) {
    Judge judge(plan);
    std::array<std::string, 3> words;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        const auto verdict = judge(fd);
        std::string& line = words[static_cast<std::size_t>(fd)];
        if (!verdict) continue;
        line = std::string(name_of(verdict->kind)) + ", " +
               (verdict->give ? "given to uid " + std::to_string(plan.to) : verdict->reason);
    }
    return words;
}

std::array<bool, 3> streams_to_give(const StdioPlan& plan) {
    Judge judge(plan);
    std::array<bool, 3> given{};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        const auto verdict = judge(fd);
        given.at(static_cast<std::size_t>(fd)) = verdict && verdict->give;
    }
    return given;
}

}  // namespace stepdown
