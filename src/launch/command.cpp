#include "stepdown/launch/command.h"

#include "stepdown/base/text.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/base/way.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace stepdown {
namespace {

std::string cannot_run(std::string_view name) { return "cannot run " + quote(name); }

Failure with_code(Failure failure, ExitCode code) {
    failure.value().code = code;
    return failure;
}

// What stands between this process and executing a file.
struct Obstacle {
    int number = 0;      // errno; 0: nothing
    bool found = false;  // the file was seen
};

Obstacle obstacle_to(const std::string& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return {errno, false};
    if (S_ISDIR(status.st_mode)) return {EISDIR, true};
    if (!S_ISREG(status.st_mode)) return {EACCES, true};
    return {::access(file.c_str(), X_OK) == 0 ? 0 : errno, true};
}

Failure refusal(const std::string& file, Obstacle obstacle) {
    const bool missing = obstacle.number == ENOENT || obstacle.number == ENOTDIR;
    std::string advice;
    if (obstacle.number == EACCES) advice = barrier_before(file, Right::execute);
    if (obstacle.found && advice.empty() && obstacle.number == EACCES) advice = "It is not a regular file";
    return with_code(system_error(cannot_run(file), obstacle.number, advice),
                     missing ? ExitCode::not_found : ExitCode::not_executable);
}

// barred: the first directory of path that this process may not search; "" for none.
Failure not_in_path(const std::string& name, const SearchPath& path, const std::string& barred) {
    std::string message = cannot_run(name) + ": there is no such command in PATH=" + quote(join(path, ":"));
    if (!barred.empty()) message += ". " + barrier_before(barred, Right::enter);
    Failure failure = fail(std::move(message), ExitCode::not_found);
    failure.value().number = ENOENT;
    return failure;
}

// The first word after "#!" (execve(2), "Interpreter scripts").
std::string interpreter_of(std::string_view head) {
    constexpr std::string_view blanks = " \t";
    head = head.substr(2, head.find('\n') - 2);
    head.remove_prefix(std::min(head.find_first_not_of(blanks), head.size()));
    return std::string(head.substr(0, head.find_first_of(blanks)));
}

// What the kernel looks at (BINPRM_BUF_SIZE); nothing: the file cannot be read. By now it may be another file than was
// looked at: a FIFO must not be waited for.
std::optional<std::string> first_bytes(const std::string& file) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    std::array<char, 256> buffer{};
    const ssize_t length = fd.valid() ? ::read(fd.get(), buffer.data(), buffer.size()) : -1;
    if (length < 0) return std::nullopt;
    return std::string(buffer.data(), static_cast<std::size_t>(length));
}

std::string advice_on(const std::string& file, int number) {
    if (number == ENOEXEC) return "It is neither a program for this machine nor a script with a #! line";
    if (number != ENOENT && number != EACCES) return "";
    const std::string interpreter = script_interpreter(file);
    if (number == EACCES) return barrier_before(interpreter.empty() ? file : interpreter, Right::execute);
    if (interpreter.empty() || obstacle_to(interpreter).number == 0) {
        return concat({"The loader that ", interpreter.empty() ? "it" : quote(interpreter),
                       " names (ld.so(8)) does not exist here: it is built for another C library"});
    }
    const std::string_view carriage_return =
        interpreter.ends_with('\r') ? ": its first line ends in a carriage return" : "";
    return "Its interpreter " + quote(interpreter) + " does not exist" + std::string(carriage_return);
}

Failure refused_by_kernel(const std::string& file, int number) {
    return with_code(system_error(cannot_run(file), number, advice_on(file, number)), ExitCode::not_executable);
}

}  // namespace

SearchPath split_path(std::string_view path) {
    SearchPath directories;
    directories.reserve(1 + static_cast<std::size_t>(std::count(path.begin(), path.end(), ':')));
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t end = std::min(path.find(':', at), path.size());
        directories.emplace_back(path.substr(at, end - at));
        at = end + 1;
    }
    return directories;
}

bool is_path(std::string_view name) { return name.find('/') != std::string_view::npos; }

std::string in_directory(const std::string& directory, const std::string& name) {
    if (directory.empty()) return "./" + name;
    return directory + (directory.ends_with('/') ? "" : "/") + name;
}

Result<std::string> find_command(const std::string& name, const SearchPath& path) {
    if (is_path(name)) {
        const Obstacle obstacle = obstacle_to(name);
        if (obstacle.number != 0) return refusal(name, obstacle);
        return name;
    }
    if (name.empty()) return not_in_path(name, path, "");
    std::optional<Failure> unusable;
    std::string barred;
    for (const std::string& directory : path) {
        std::string file = in_directory(directory, name);
        const Obstacle obstacle = obstacle_to(file);
        if (obstacle.number == 0) return file;
        if (obstacle.found && !unusable) unusable = refusal(file, obstacle);
        if (!obstacle.found && obstacle.number == EACCES && barred.empty()) barred = directory;
    }
    return unusable ? *std::move(unusable) : not_in_path(name, path, barred);
}

Result<void> check_format(const std::string& file) {
    const auto head = first_bytes(file);
    if (!head) return {};
    if (head->starts_with("#!")) {
        const int number = obstacle_to(interpreter_of(*head)).number;
        return number == 0 ? Result<void>() : refused_by_kernel(file, number == ENOENT ? ENOENT : EACCES);
    }
    const bool is_binary = head->find('\0') != std::string::npos;
    if (head->starts_with("\177ELF") || is_binary) return {};
    return refused_by_kernel(file, ENOEXEC);
}

std::string script_interpreter(const std::string& file) {
    const auto head = first_bytes(file);
    return head && head->starts_with("#!") ? interpreter_of(*head) : "";
}

Failure become(Kernel& kernel, const std::string& file, StringVector argv, StringVector environment) {
    const int number = kernel.execute(file, argv, environment);
    const Obstacle obstacle = obstacle_to(file);
    return obstacle.number == 0 ? refused_by_kernel(file, number) : refusal(file, obstacle);
}

}  // namespace stepdown
