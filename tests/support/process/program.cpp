// SPDX-License-Identifier: Apache-2.0

#include "support/process/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace stepdown::test {
namespace {

// Unnamed files rather than pipes: nothing to drain while the program runs.
std::string content(int fd) {
    std::string text;
    std::array<char, 4096> buffer{};
    ::lseek(fd, 0, SEEK_SET);
    for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(fd);
    return text;
}

int unnamed_file() { return ::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); }

[[noreturn]] void exec_command(const std::vector<std::string>& words, int out, int err) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));  // NOLINT: execvp's type
    argv.push_back(nullptr);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    // LeakSanitizer cannot work under ptrace(2).
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
}

}  // namespace

Ended run_program(const std::vector<std::string>& words) {
    const int out = unnamed_file();
    const int err = unnamed_file();
    ::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) exec_command(words, out, err);
    int status = 0;
    ::waitpid(child, &status, 0);
    const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return {code, content(out), content(err)};
}

Traced run_traced(const std::vector<std::string>& strace_options, const std::vector<std::string>& words) {
    std::string file = std::filesystem::temp_directory_path() / "stepdown-trace-XXXXXX";
    ::close(::mkstemp(file.data()));
    std::vector<std::string> all = {"strace", "-f", "-qq", "-o", file};
    all.insert(all.end(), strace_options.begin(), strace_options.end());
    all.insert(all.end(), words.begin(), words.end());
    Traced traced{run_program(all), {}};
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    traced.trace = text.str();
    std::filesystem::remove(file);
    return traced;
}

int Traced::count(const std::string& text) const {
    int count = 0;
    std::istringstream lines(trace);
    for (std::string line; std::getline(lines, line);) {
        if (line.find(text) != std::string::npos) ++count;
    }
    return count;
}

int Traced::calls() const { return count("= ") - count("resumed>"); }

bool can_trace() { return run_traced({"-e", "trace=none"}, {"true"}).ended.code == 0; }

}  // namespace stepdown::test
