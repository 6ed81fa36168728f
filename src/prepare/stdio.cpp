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

// /dev/null and its kin, the everyday standard input, are told by their major number without another system call.
bool is_terminal(int fd, const struct stat& status) {
    return major(status.st_rdev) != memory_major && ::isatty(fd) == 1;
}

Kind kind_of(int fd, const struct stat& status) {
    struct statfs file_system {};
    if (S_ISSOCK(status.st_mode)) return Kind::socket;
    if (S_ISREG(status.st_mode)) return Kind::regular;
    if (S_ISCHR(status.st_mode)) return is_terminal(fd, status) ? Kind::terminal : Kind::device;
    if (!S_ISFIFO(status.st_mode)) return Kind::other;
    const bool anonymous = ::fstatfs(fd, &file_system) == 0 && file_system.f_type == PIPEFS_MAGIC;
    return anonymous ? Kind::pipe : Kind::fifo;
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

// Our controlling terminal, in a session that another process leads: a root shell's, say. Its new owner could read
// what is typed there.
bool belongs_to_another_session_leader(int fd) {
    const pid_t session = ::getsid(0);
    return session != ::getpid() && ::tcgetsid(fd) == session;
}

struct Verdict {
    Kind kind = Kind::other;
    bool give = false;
    const char* reason = "";  // why not
};

std::optional<Verdict> judge(int fd, const StdioPlan& plan) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) return std::nullopt;
    const Kind kind = kind_of(fd, status);
    if (plan.mode == StdioMode::keep) return Verdict{kind, false, "kept as it is"};
    if (kind != Kind::pipe && kind != Kind::terminal) return Verdict{kind, false, "left alone"};
    if (status.st_uid == plan.to) return Verdict{kind, false, "the user's already"};
    if (status.st_uid != plan.from) return Verdict{kind, false, "left alone: another uid owns it"};
    if (kind == Kind::terminal && plan.mode == StdioMode::automatic && belongs_to_another_session_leader(fd)) {
        return Verdict{kind, false, "left to the process that leads its session"};
    }
    return Verdict{kind, true, ""};
}

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
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        const auto verdict = judge(fd, plan);
        if (!verdict || !verdict->give) continue;
        constexpr auto keep_group = static_cast<gid_t>(-1);
        if (::fchown(fd, plan.to, keep_group) != 0) {
            log_debug("cannot give fd " + std::to_string(fd) + " to uid " + std::to_string(plan.to) + ": " +
                      errno_text(errno));
        }
    }
}

std::array<std::string, 3> describe_standard_streams(const StdioPlan& plan) {
    std::array<std::string, 3> words;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        const auto verdict = judge(fd, plan);
        std::string& line = words[static_cast<std::size_t>(fd)];
        if (!verdict) continue;
        line = std::string(name_of(verdict->kind)) + ", " +
               (verdict->give ? "given to uid " + std::to_string(plan.to) : verdict->reason);
    }
    return words;
}

}  // namespace stepdown
