// SPDX-License-Identifier: Apache-2.0
// Starts a program in a prepared child and collects its output and its end.
#pragma once

#include "stepdown/base/unique_fd.h"

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace stepdown::test {

using Words = std::vector<std::string>;

// One preparation of the child between fork(2) and execve(2), run in order. It ends a failed child by
// give_up(): then Outcome::setup_error says why, and nothing was executed.
using Step = std::function<void()>;

// Where one of the standard streams of the child leads.
struct Stream {
    enum class Kind {
        null,       // /dev/null
        collected,  // a pipe whose content is in Outcome
        given,      // a duplicate of fd
        closed,     // nothing
    };
    Kind kind = Kind::null;
    int fd = -1;

    static Stream null() { return {Kind::null, -1}; }
    static Stream collected() { return {Kind::collected, -1}; }
    static Stream given(int fd) { return {Kind::given, fd}; }
    static Stream closed() { return {Kind::closed, -1}; }
};

enum class PidNamespace { shared, own };

// What to run. The child starts with every signal at its default, an empty signal mask, no supplementary groups, and no
// fds but 0-2 (and those that a step opens).
struct Command {
    Words argv;
    std::string file;                      // searched in PATH if it has no slash; empty: argv[0]
    std::vector<std::string> environment;  // NAME=VALUE, in this order
    std::vector<Step> steps;
    Stream in = Stream::null();
    Stream out = Stream::collected();
    Stream err = Stream::collected();
    PidNamespace pids = PidNamespace::shared;  // own: the program is process 1
    std::chrono::milliseconds deadline{120'000};

    Command& with(std::initializer_list<std::string> variables) {
        environment.insert(environment.end(), variables);
        return *this;
    }
    Command& after(Step step) {
        steps.push_back(std::move(step));
        return *this;
    }
};

// PATH, HOME=/root, and the variables that keep sanitizers and coverage counters out of the way.
std::vector<std::string> default_environment();
// argv with default_environment(), and the same of a program that is called by another name than its file's.
Command command(const Words& argv);
Command command(const std::string& file, const std::string& name, const Words& words);

struct Outcome {
    int exit_code = -1;  // -1: ended by signal, or not at all
    int signal = 0;
    bool timed_out = false;   // it was killed at its deadline
    std::string setup_error;  // why the child could not be prepared; empty: it was
    std::string out;
    std::string err;
    std::chrono::microseconds waited{0};  // from the call of wait() to the end of the process
    long peak_kilobytes = 0;              // of its resident memory (getrusage(2))
};

// All of it in one readable text, for failed expectations.
std::string describe(const Outcome& outcome);

// A running program, killed at the latest by the destructor.
class Process {
  public:
    // Returns when the program has been executed or its preparation has failed.
    explicit Process(const Command& command);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    // As this process sees it; in its own pid namespace the program is 1.
    [[nodiscard]] pid_t pid() const { return pid_; }
    // Empty when the program was executed.
    [[nodiscard]] const std::string& setup_error() const { return setup_error_; }
    void send(int signal) const;
    // Collects the streams until the program has ended or the deadline has passed.
    Outcome wait();

  private:
    pid_t pid_ = -1;
    UniqueFd pidfd_;
    UniqueFd out_;
    UniqueFd err_;
    std::string setup_error_;
    std::chrono::milliseconds deadline_;
};

Outcome run(const Command& command);

// In the child only: ends it and lets the parent know what failed, with errno.
[[noreturn]] void give_up(const std::string& what);

}  // namespace stepdown::test
