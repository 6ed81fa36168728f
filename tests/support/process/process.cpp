// SPDX-License-Identifier: Apache-2.0

#include "support/process/process.h"

#include "support/process/pipe.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace stepdown::test {
namespace {

using Clock = std::chrono::steady_clock;

// The end of the status pipe in the child: closed by execve(2), so that the parent reads nothing.
int status_fd = -1;

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
}

void reset_signals() {
    for (int signal = 1; signal < NSIG; ++signal) static_cast<void>(std::signal(signal, SIG_DFL));
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Duplicates above the standard streams first, so that no stream overwrites the source of a later one.
int above_the_streams(int fd) { return ::fcntl(fd, F_DUPFD_CLOEXEC, 100); }

int source_of(const Stream& stream, const UniqueFd& collected) {
    switch (stream.kind) {
        case Stream::Kind::null: return ::open("/dev/null", O_RDWR | O_CLOEXEC);
        case Stream::Kind::collected: return above_the_streams(collected.get());
        case Stream::Kind::given: return above_the_streams(stream.fd);
        case Stream::Kind::closed: return -1;
    }
    return -1;
}

void set_stream(int target, int source, const Stream& stream) {
    if (stream.kind == Stream::Kind::closed) {
        ::close(target);
    } else if (source < 0 || ::dup2(source, target) < 0) {
        give_up("dup2 for stream " + std::to_string(target));
    }
}

void set_streams(const Command& command, const UniqueFd& out, const UniqueFd& err) {
    status_fd = above_the_streams(status_fd);
    const int in_source = source_of(command.in, out);
    const int out_source = source_of(command.out, out);
    const int err_source = source_of(command.err, err);
    set_stream(STDIN_FILENO, in_source, command.in);
    set_stream(STDOUT_FILENO, out_source, command.out);
    set_stream(STDERR_FILENO, err_source, command.err);
}

[[noreturn]] void exec_command(const Command& command, const UniqueFd& out, const UniqueFd& err) {
    reset_signals();
    if (::geteuid() == 0 && ::getgroups(0, nullptr) != 0 && ::setgroups(0, nullptr) != 0) give_up("setgroups");
    set_streams(command, out, err);
    if (::syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) != 0) give_up("close_range");
    for (const auto& step : command.steps) step();
    const std::string file = command.file.empty() ? command.argv.at(0) : command.file;
    const auto argv = pointers(command.argv);
    const auto environment = pointers(command.environment);
    if (file.find('/') != std::string::npos) {
        ::execve(file.c_str(), argv.data(), environment.data());
    } else {
        ::execvpe(file.c_str(), argv.data(), environment.data());
    }
    give_up("execve " + file);
}

pid_t fork_into(PidNamespace pids) {
    if (pids == PidNamespace::shared) return ::fork();
    return static_cast<pid_t>(::syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

int remaining(Clock::time_point end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    return static_cast<int>(std::clamp<decltype(left)>(left, 0, INT_MAX));
}

}  // namespace

void give_up(const std::string& what) {
    const std::string text = what + ": " + std::strerror(errno);
    static_cast<void>(!::write(status_fd, text.data(), text.size()));
    ::_exit(254);
}

Process::Process(const Command& command) : deadline_(command.deadline) {
    Pipe out = make_pipe();
    Pipe err = make_pipe();
    Pipe status = make_pipe();
    pid_ = fork_into(command.pids);
    if (pid_ == 0) {
        status_fd = status.write.get();
        exec_command(command, out.write, err.write);
    }
    if (pid_ < 0) throw std::runtime_error("fork");
    status.write = UniqueFd();
    out_ = std::move(out.read);
    err_ = std::move(err.read);
    pidfd_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    read_all(status.read.get(), setup_error_);
    for (const int fd : {out_.get(), err_.get()}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
}

Process::~Process() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Process::send(int signal) const { ::kill(pid_, signal); }

Outcome Process::wait() {
    Outcome outcome;
    outcome.setup_error = setup_error_;
    const auto start = Clock::now();
    const auto end = start + deadline_;
    std::array<pollfd, 3> events{{{pidfd_.get(), POLLIN, 0}, {out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}}};
    while (events[0].revents == 0 && !outcome.timed_out) {
        outcome.timed_out = ::poll(events.data(), events.size(), remaining(end)) == 0;
        if (events[1].revents != 0 && read_all(out_.get(), outcome.out)) events[1].fd = -1;
        if (events[2].revents != 0 && read_all(err_.get(), outcome.err)) events[2].fd = -1;
    }
    outcome.waited = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
    if (outcome.timed_out) send(SIGKILL);
    int status = 0;
    rusage usage{};
    ::wait4(std::exchange(pid_, -1), &status, 0, &usage);
    outcome.peak_kilobytes = usage.ru_maxrss;
    if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
    read_all(out_.get(), outcome.out);
    read_all(err_.get(), outcome.err);
    return outcome;
}

std::vector<std::string> default_environment() {
    std::vector<std::string> result{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
                                    "ASAN_OPTIONS=detect_leaks=0:disable_coredump=0"};
    for (const char* name : {"GCOV_PREFIX", "GCOV_PREFIX_STRIP"}) {
        if (const char* value = std::getenv(name)) result.push_back(std::string(name) + "=" + value);
    }
    return result;
}

Command command(const Words& argv) {
    return {.argv = argv, .file = {}, .environment = default_environment(), .steps = {}};
}

Command command(const std::string& file, const std::string& name, const Words& words) {
    Command result = command({name});
    result.file = file;
    result.argv.insert(result.argv.end(), words.begin(), words.end());
    return result;
}

Outcome run(const Command& command) { return Process(command).wait(); }

std::string describe(const Outcome& outcome) {
    std::string text = "exit code " + std::to_string(outcome.exit_code);
    if (outcome.signal != 0) text += ", signal " + std::to_string(outcome.signal);
    if (outcome.timed_out) text += ", killed at its deadline";
    if (!outcome.setup_error.empty()) text += ", not executed: " + outcome.setup_error;
    return text + "\nstdout: " + outcome.out + "\nstderr: " + outcome.err;
}

}  // namespace stepdown::test
