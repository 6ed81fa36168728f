// SPDX-License-Identifier: Apache-2.0

#include "stepdown/prepare/stdio.h"

#include "stepdown/base/log.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/system/parent.h"

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

// The bits by which group and others may open what this descriptor is open for; O_PATH is for nothing.
mode_t bits_for_others(int fd) {
    constexpr mode_t read = S_IRGRP | S_IROTH;
    constexpr mode_t write = S_IWGRP | S_IWOTH;
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || (flags & O_PATH) != 0) return 0;
    switch (flags & O_ACCMODE) {
        case O_RDONLY: return read;
        case O_WRONLY: return write;
        case O_RDWR: return read | write;
        default: return 0;
    }
}

enum class Change { none, owner, mode };

struct Verdict {
    Kind kind = Kind::other;
    Change change = Change::none;
    mode_t mode = 0;         // of Change::mode: the new one
    const char* words = "";  // for the owner of a terminal, the uid follows
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
        if (plan_.mode == StdioMode::keep) return leave(kind, "kept as it is");
        if (kind != Kind::pipe && kind != Kind::terminal) return leave(kind, "left alone");
        if (status.st_uid == plan_.to) return leave(kind, "the user's already");
        if (status.st_uid != plan_.from) return leave(kind, "left alone: another uid owns it");
        return kind == Kind::pipe ? pipe(fd, status.st_mode) : terminal(fd, status);
    }

    [[nodiscard]] const std::optional<TerminalRefusal>& refusal() const { return refusal_; }

  private:
    static Verdict leave(Kind kind, const char* why) { return {kind, Change::none, 0, why}; }

    static Verdict pipe(int fd, mode_t mode) {
        constexpr mode_t all = S_IRGRP | S_IROTH | S_IWGRP | S_IWOTH;
        constexpr mode_t permissions = 07777;
        const mode_t missing = (mode & all) == all ? 0 : bits_for_others(fd) & ~mode;
        if (missing == 0) return leave(Kind::pipe, "left alone: its mode grants what the descriptor may do");
        const bool reads = (missing & S_IROTH) != 0 || (missing & S_IRGRP) != 0;
        const bool writes = (missing & S_IWOTH) != 0 || (missing & S_IWGRP) != 0;
        const char* words = reads && writes ? "made readable and writable for others"
                            : reads         ? "made readable for others"
                                            : "made writable for others";
        return {Kind::pipe, Change::mode, (mode & permissions) | missing, words};
    }

    Verdict terminal(int fd, const struct stat& status) {
        const bool is_foreign = plan_.mode == StdioMode::automatic && !is_of_this_start(fd);
        if (!is_foreign && plan_.may_chown) return {Kind::terminal, Change::owner, 0, "given to uid "};
        if (fd != STDIN_FILENO && is_container_start(parent())) note_refusal(fd, is_foreign, status);
        return leave(Kind::terminal, is_foreign ? "left alone: it is not known to be the terminal of this start"
                                                : "left alone: the capability CHOWN is missing");
    }

    void note_refusal(int fd, bool is_foreign, const struct stat& status) {
        if (!refusal_) refusal_ = TerminalRefusal{is_foreign, !plan_.may_chown, std::nullopt, {}};
        if ((status.st_mode & S_IWGRP) != 0) refusal_->writers = status.st_gid;
        refusal_->fds.push_back(fd);
    }

    // A shell that reads from the terminal would be in its foreground (tcsetpgrp(3)). The call fails for what is not
    // the controlling terminal of this process.
    bool is_of_this_start(int fd) {
        const pid_t leader = ::tcgetsid(fd);
        if (leader < 0) return false;
        if (leader == ::getpid()) return true;
        return parent() == Parent::init && ::tcgetpgrp(fd) == ::getpgrp();
    }

    Parent parent() {
        if (!parent_) parent_ = find_parent();
        return *parent_;
    }

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
    std::optional<dev_t> pipes_;    // the device of that file system
    std::optional<Parent> parent_;  // once looked up
    std::optional<TerminalRefusal> refusal_;
};

bool make_change(int fd, const Verdict& verdict, uid_t owner) {
    constexpr auto same_group = static_cast<gid_t>(-1);
    if (verdict.change == Change::owner) return ::fchown(fd, owner, same_group) == 0;
    return ::fchmod(fd, verdict.mode) == 0;
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

std::optional<TerminalRefusal> hand_over_standard_streams(const StdioPlan& plan) {
    Judge judge(plan);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        const auto verdict = judge(fd);
        if (!verdict || verdict->change == Change::none || make_change(fd, *verdict, plan.to)) continue;
        log_debug("cannot let uid " + std::to_string(plan.to) + " open fd " + std::to_string(fd) + ": " +
                  errno_text(errno));
    }
    return judge.refusal();
}

[[gnu::cold]] StdioPreview preview_standard_streams(const StdioPlan& plan) {
    Judge judge(plan);
    StdioPreview preview;
    for (std::size_t fd = 0; fd < preview.words.size(); ++fd) {
        const auto verdict = judge(static_cast<int>(fd));
        if (!verdict) continue;
        preview.opens.at(fd) = verdict->change != Change::none;
        preview.words.at(fd) = std::string(name_of(verdict->kind)) + ", " + verdict->words;
        if (verdict->change == Change::owner) preview.words.at(fd) += std::to_string(plan.to);
    }
    preview.refusal = judge.refusal();
    return preview;
}

}  // namespace stepdown
