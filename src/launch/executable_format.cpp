// SPDX-License-Identifier: Apache-2.0

#include "stepdown/launch/executable_format.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/launch/elf.h"
#include "stepdown/system/capability.h"
#include "stepdown/system/denial.h"
#include "stepdown/system/path_walker.h"

#include <fcntl.h>
#include <linux/limits.h>
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
    int number = 0;    // the errno that says why
    std::string head;  // what the kernel looks at (BINPRM_BUF_SIZE)
};

// By now it may be another file than was looked at: a FIFO must not be waited for.
Program open_program(const std::string& file) {
    UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!fd.valid()) return {UniqueFd(), errno, ""};
    std::array<char, 256> buffer{};
    const ssize_t length = ::pread(fd.get(), buffer.data(), buffer.size(), 0);
    return {std::move(fd), 0, {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))}};
}

struct FirstLine {
    std::string interpreter;
    std::string argument;  // all that comes after it, as one word
};

// Of a script ("Interpreter scripts"). The kernel takes the line for a string, which ends at a null byte.
FirstLine first_line(std::string_view head) {
    constexpr std::string_view blanks(" \t\0", 3);
    head = head.substr(2, head.find('\n') - 2);
    head.remove_prefix(std::min(head.find_first_not_of(blanks), head.size()));
    const std::string_view interpreter = head.substr(0, head.find_first_of(blanks));
    head.remove_prefix(interpreter.size());
    head = head.substr(0, head.find('\0'));
    head.remove_prefix(std::min(head.find_first_not_of(blanks), head.size()));
    return {std::string(interpreter), std::string(head.substr(0, head.find_last_not_of(blanks) + 1))};
}

bool is_script(std::string_view head) { return head.starts_with("#!"); }

// Returns true if the argument is a name that env(1) searches PATH for, and no option or variable.
bool env_searches_path(const FirstLine& line) {
    return basename(line.interpreter) == "env" && !line.argument.starts_with('-') &&
           line.argument.find('=') == std::string::npos;
}

// The reason why the #! of a text is none, as an editor or a shell left it; "": another one.
std::string_view typo_before_line(std::string_view head) {
    constexpr std::string_view in_utf16("\xff\xfe#\0!", 5);
    if (head.starts_with(in_utf16)) return " is text in UTF-16. Save it as UTF-8, without a byte order mark";
    if (head.starts_with("\xef\xbb\xbf#!")) return " begins with a byte order mark (UTF-8). Save it without";
    const auto first = head.find_first_not_of(" \t\r\n");
    if (first == 0 || first == std::string_view::npos || !is_script(head.substr(first))) return "";
    const bool is_line = head.substr(0, first).find('\n') != std::string_view::npos;
    return is_line ? " has a blank line before its #! line. Remove the blank line"
                   : " has a blank before its #!. Remove the blank";
}

// Follows the interpreters from the command on.
class Chain {
  public:
    Chain(std::string command, SettingName capabilities) : program_(std::move(command)), capabilities_(capabilities) {}

    Content read() && {
        while (content_.defect.number == 0 && read_program()) {
        }
        return std::move(content_);
    }

  private:
    // True: an interpreter is the next one.
    bool read_program() {
        const Program program = open_program(program_);
        if (!program.fd.valid()) {
            if (program.number == EACCES) content_.unread = program_;
            content_.defect = defect_of_capabilities();
            return false;
        }
        if (!is_script(program.head)) {
            content_.defect = defect_of_program(program);
            return false;
        }
        const FirstLine line = first_line(program.head);
        content_.scripts.push_back({program_, line.interpreter, env_searches_path(line) ? line.argument : ""});
        content_.defect = defect_of_script(line);
        if (content_.defect.number != 0) return false;
        if (content_.scripts.size() > max_interpreters) {
            content_.defect = {ELOOP, "Its interpreters are scripts, too, and too many"};
            return false;
        }
        is_command_ = false;
        program_ = line.interpreter;
        return true;
    }

    // "It", or the interpreter by its path.
    [[nodiscard]] std::string subject() const { return is_command_ ? "It" : quote(program_); }

    // "Its interpreter /bin/sh"
    [[nodiscard]] std::string named(const std::string& interpreter) const {
        if (is_command_) return "Its interpreter " + quote(interpreter);
        return concat({"The interpreter ", quote(interpreter), " that ", quote(program_), " names"});
    }

    [[nodiscard]] Defect defect_of_script(const FirstLine& line) const {
        const std::string& interpreter = line.interpreter;
        if (interpreter.empty()) return {ENOEXEC, "Its #! line names no interpreter"};
        const Obstacle obstacle = execute_obstacle(interpreter);
        const int number = obstacle.number == EISDIR ? EACCES : obstacle.number;
        if (number == ENOENT || number == ENOTDIR) {
            const std::string_view line_end = interpreter.ends_with('\r') ? carriage_return : "";
            return {number, concat({named(interpreter), absence_of(interpreter), line_end}), interpreter};
        }
        if (obstacle.kind == Obstacle::Kind::other) {
            return {number, named(interpreter) + " is not a regular file", interpreter};
        }
        if (number != 0) return {number, first_denial(interpreter, Permission::execute), interpreter};
        if (!env_searches_path(line) || !line.argument.ends_with('\r')) return {};
        return {ENOENT, concat({"env(1) looks for ", quote(line.argument), carriage_return})};
    }

    // " does not exist", or the way by which it is missing.
    static std::string absence_of(const std::string& file) {
        const std::string target = missing_target(file);
        if (target.empty()) return " does not exist";
        return concat({" is a link to ", quote(target), ", which does not exist here"});
    }

    [[nodiscard]] Defect defect_of_program(const Program& program) const {
        const auto elf = read_elf(program.fd.get());
        if (elf && elf->runs_here) {
            const Defect defect = elf->loader.empty() ? Defect{} : defect_of_loader(elf->loader);
            return defect.number != 0 ? defect : defect_of_capabilities();
        }
        const std::string_view typo = typo_before_line(program.head);
        const bool is_binary = program.head.find('\0') != std::string::npos;
        if (!typo.empty()) return {ENOEXEC, concat({subject(), typo})};
        if (!elf && is_binary) return {};
        return {ENOEXEC, is_command_ ? "" : quote(program_) + " is no program for this machine"};
    }

    // File capabilities whose effective bit is set are all or nothing (capabilities(7), "Safety checking for
    // capability-dumb binaries").
    [[nodiscard]] Defect defect_of_capabilities() const {
        const std::vector<std::string> lacking = capability_names(capabilities_denied_to(program_));
        if (lacking.empty()) return {};
        const std::string names = join(lacking, ", ");
        return {EPERM, concat({subject(), " has the file capabilities ", names,
                               " (getcap(8)), which the bounding set lacks. Start the container with cap_add: [", names,
                               "]", capabilities_.empty() ? "" : ", and add them to ", capabilities_})};
    }

    [[nodiscard]] Defect defect_of_loader(const std::string& loader) const {
        const int number = execute_obstacle(loader).number;
        if (number == 0) return {};
        if (number != ENOENT && number != ENOTDIR) return {number, first_denial(loader, Permission::execute), loader};
        return {number,
                concat({"The loader that ", is_command_ ? "it" : quote(program_),
                        " names (ld.so(8)) does not exist here: it is built for another C library"}),
                loader};
    }

    std::string program_;
    SettingName capabilities_;
    bool is_command_ = true;
    Content content_;
};

}  // namespace

Obstacle execute_obstacle(const std::string& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return {errno, Obstacle::Kind::unseen};
    if (S_ISDIR(status.st_mode)) return {EISDIR, Obstacle::Kind::other};
    if (!S_ISREG(status.st_mode)) return {EACCES, Obstacle::Kind::other};
    return {::access(file.c_str(), X_OK) == 0 ? 0 : errno, Obstacle::Kind::file};
}

std::string missing_target(const std::string& file) {
    std::string path = file;
    for (int links = 0; links < max_links; ++links) {
        const auto target = link_target(AT_FDCWD, path.c_str());
        if (!target) return target.error() == ENOENT && links > 0 ? path : "";
        path = target->starts_with('/') ? *target : path.substr(0, path.rfind('/') + 1).append(*target);
    }
    return "";
}

Content content_of(const std::string& file, SettingName capabilities) { return Chain(file, capabilities).read(); }

}  // namespace stepdown
