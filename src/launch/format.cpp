#include "stepdown/launch/format.h"

#include "stepdown/base/text.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/base/way.h"
#include "stepdown/launch/elf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace stepdown {
namespace {

constexpr std::size_t max_interpreters = 5;  // as execve(2) has it
constexpr std::string_view carriage_return = ": its first line ends in a carriage return. Save it with Unix line ends";

struct Program {
    UniqueFd fd;       // invalid where the file cannot be read
    std::string head;  // what the kernel looks at (BINPRM_BUF_SIZE)
};

// By now it may be another file than was looked at: a FIFO must not be waited for.
Program open_program(const std::string& file) {
    UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    std::array<char, 256> buffer{};
    const ssize_t length = ::pread(fd.get(), buffer.data(), buffer.size(), 0);
    return {std::move(fd), {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))}};
}

struct FirstLine {
    std::string interpreter;
    std::string argument;  // all that comes after it, as one word
};

// Of a script ("Interpreter scripts").
FirstLine first_line(std::string_view head) {
    constexpr std::string_view blanks(" \t\0", 3);
    head = head.substr(2, head.find('\n') - 2);
    head.remove_prefix(std::min(head.find_first_not_of(blanks), head.size()));
    const std::string_view interpreter = head.substr(0, head.find_first_of(blanks));
    head.remove_prefix(interpreter.size());
    head.remove_prefix(std::min(head.find_first_not_of(blanks), head.size()));
    return {std::string(interpreter), std::string(head.substr(0, head.find_last_not_of(blanks) + 1))};
}

bool is_script(std::string_view head) { return head.starts_with("#!"); }

// Whether the argument is a name to look for, and no option or variable of env(1).
bool has_env_look(const FirstLine& line) {
    return basename(line.interpreter) == "env" && !line.argument.starts_with('-') &&
           line.argument.find('=') == std::string::npos;
}

// Follows the interpreters from the command on.
class Chain {
  public:
    explicit Chain(std::string command) : program_(std::move(command)) {}

    Defect defect() && {
        while (true) {
            const Program program = open_program(program_);
            if (!program.fd.valid()) return {};
            if (!is_script(program.head)) return defect_of_program(program);
            const FirstLine line = first_line(program.head);
            Defect defect = defect_of_script(line);
            if (defect.number != 0) return defect;
            if (++length_ > max_interpreters) return {ELOOP, "Its interpreters are scripts, too, and too many"};
            program_ = line.interpreter;
        }
    }

  private:
    [[nodiscard]] bool is_command() const { return length_ == 0; }

    // "Its interpreter /bin/sh"
    [[nodiscard]] std::string named(const std::string& interpreter) const {
        if (is_command()) return "Its interpreter " + quote(interpreter);
        return concat({"The interpreter ", quote(interpreter), " that ", quote(program_), " names"});
    }

    [[nodiscard]] Defect defect_of_script(const FirstLine& line) const {
        if (line.interpreter.empty()) return {ENOEXEC, "Its #! line names no interpreter"};
        const Obstacle obstacle = obstacle_to(line.interpreter);
        const int number = obstacle.number == EISDIR ? EACCES : obstacle.number;
        if (number == ENOENT || number == ENOTDIR) {
            const bool is_line_end = line.interpreter.ends_with('\r');
            return {number, concat({named(line.interpreter), " does not exist", is_line_end ? carriage_return : ""})};
        }
        if (obstacle.kind == Obstacle::Kind::other) return {number, named(line.interpreter) + " is not a regular file"};
        if (number != 0) return {number, barrier_before(line.interpreter, Right::execute)};
        if (!has_env_look(line) || !line.argument.ends_with('\r')) return {};
        return {ENOENT, concat({"env(1) looks for ", quote(line.argument), carriage_return})};
    }

    [[nodiscard]] Defect defect_of_program(const Program& program) const {
        const auto elf = read_elf(program.fd.get());
        const bool is_binary = program.head.find('\0') != std::string::npos;
        if (elf ? !elf->runs_here : !is_binary) {
            return {ENOEXEC, is_command() ? "" : quote(program_) + " is no program for this machine"};
        }
        return elf && !elf->loader.empty() ? defect_of_loader(elf->loader) : Defect{};
    }

    [[nodiscard]] Defect defect_of_loader(const std::string& loader) const {
        const int number = obstacle_to(loader).number;
        if (number == 0) return {};
        if (number != ENOENT && number != ENOTDIR) return {number, barrier_before(loader, Right::execute)};
        return {number, concat({"The loader that ", is_command() ? "it" : quote(program_),
                                " names (ld.so(8)) does not exist here: it is built for another C library"})};
    }

    std::string program_;
    std::size_t length_ = 0;
};

}  // namespace

Obstacle obstacle_to(const std::string& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return {errno, Obstacle::Kind::unseen};
    if (S_ISDIR(status.st_mode)) return {EISDIR, Obstacle::Kind::other};
    if (!S_ISREG(status.st_mode)) return {EACCES, Obstacle::Kind::other};
    return {::access(file.c_str(), X_OK) == 0 ? 0 : errno, Obstacle::Kind::file};
}

Defect defect_of(const std::string& file) { return Chain(file).defect(); }

std::vector<std::string> interpreters_of(const std::string& file) {
    std::vector<std::string> interpreters;
    std::string program = file;
    while (interpreters.size() < max_interpreters && obstacle_to(program).kind == Obstacle::Kind::file) {
        const Program opened = open_program(program);
        if (!is_script(opened.head)) break;
        program = first_line(opened.head).interpreter;
        interpreters.push_back(program);
    }
    return interpreters;
}

std::vector<std::string> scripts_of(const std::string& file) {
    std::vector<std::string> scripts = interpreters_of(file);
    scripts.insert(scripts.begin(), file);
    scripts.pop_back();  // a program
    return scripts;
}

std::string program_for_env(const std::string& file) {
    const Program opened = open_program(file);
    const FirstLine line = is_script(opened.head) ? first_line(opened.head) : FirstLine{};
    return has_env_look(line) ? line.argument : "";
}

}  // namespace stepdown
