// SPDX-License-Identifier: Apache-2.0

#include "stepdown/launch/command.h"

#include "stepdown/base/text.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/launch/credentials.h"
#include "stepdown/launch/environment.h"
#include "stepdown/launch/executable_format.h"
#include "stepdown/launch/word_hint.h"
#include "stepdown/system/denial.h"
#include "stepdown/system/file_system.h"
#include "stepdown/system/path_trace.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace stepdown {
namespace {

std::string cannot_run(std::string_view name) { return "cannot run " + quote(name); }

Failure with_code(Failure failure, ExitCode code) {
    failure.value().code = code;
    return with_id(code == ExitCode::not_found ? MessageId::command_not_found : MessageId::command_not_executable,
                   std::move(failure));
}

bool is_seen(const Obstacle& obstacle) { return obstacle.kind != Obstacle::Kind::unseen; }

// target: where the link file leads to nothing.
Failure dangling(const std::string& file, const std::string& target) {
    Failure failure =
        fail(MessageId::command_not_found,
             concat({cannot_run(file), ": it is a link to ", quote(target), ", which does not exist here"}),
             ExitCode::not_found);
    failure.value().number = ENOENT;
    return failure;
}

[[gnu::cold]] Failure refusal(const std::string& file, const Obstacle& obstacle) {
    const bool missing = obstacle.number == ENOENT || obstacle.number == ENOTDIR;
    const std::string target = missing ? missing_target(file) : "";
    if (!target.empty()) return dangling(file, target);
    std::string advice;
    if (obstacle.number == EISDIR) {
        advice = "If it belongs to the option before it, write all its paths as one word, such as --chown \"/a /b\"";
    } else if (obstacle.number == EACCES) {
        const bool is_other = obstacle.kind == Obstacle::Kind::other;
        advice = is_other ? "It is not a regular file" : first_denial(file, Permission::execute);
    }
    return with_code(system_error(cannot_run(file), obstacle.number, advice),
                     missing ? ExitCode::not_found : ExitCode::not_executable);
}

// failure, and what its command holds that only a shell reads.
[[gnu::cold]] Failure with_word_hint(Failure failure, const std::string& name, const SearchPath& path) {
    const std::string hint = failure.value().code == ExitCode::not_found ? word_hint(name, path) : "";
    if (!hint.empty()) failure.value().message += ". " + hint;
    return failure;
}

// barred: the first directory of path that this process may not search; "" for none.
[[gnu::cold]] Failure not_in_path(const std::string& name, const SearchPath& path, const std::string& barred) {
    std::string message = cannot_run(name) + ": there is no such command in PATH=" + quote(join(path, ":"));
    // Nobody knows that the command is there: that is no reason to open a directory, such as /root.
    if (!barred.empty()) message += ". " + first_denial(barred, Permission::search, FixSentence::omitted);
    Failure failure = fail(MessageId::command_not_found, std::move(message), ExitCode::not_found);
    failure.value().number = ENOENT;
    return failure;
}

// The advice where nothing more is known: a file that cannot be read may lack what it names.
std::string advice_on(int number, const std::string& file) {
    if (number == EACCES || number == EPERM) {
        const UniqueFd program(::open(file.c_str(), O_PATH | O_CLOEXEC));
        return unexplained_refusal(file_system_of(program.get()));
    }
    if (number == ENOENT) return "The interpreter or loader (ld.so(8)) that it names does not exist";
    if (number == ENOEXEC) return "It is neither a program for this machine nor a script with a #! line";
    if (number == EAGAIN) return advice_at_process_limit(::geteuid());
    return "";
}

[[gnu::cold]] Failure refused_by_kernel(const std::string& file, int number, const std::string& advice) {
    Failure failure =
        with_code(system_error(cannot_run(file), number, advice.empty() ? advice_on(number, file) : advice),
                  ExitCode::not_executable);
    return number == EAGAIN ? with_id(MessageId::process_limit, std::move(failure)) : failure;
}

// The error of execve(2) for file, which failed with number.
[[gnu::cold]] Failure exec_failure(const std::string& file, int number, StringVector environment,
                                   SettingName capabilities) {
    const Obstacle obstacle = execute_obstacle(file);
    if (obstacle.number != 0) {
        const SearchPath path = split_path(find_variable(environment, "PATH").value_or(default_path));
        return with_word_hint(refusal(file, obstacle), file, path);
    }
    const Defect defect = content_of(file, capabilities).defect;
    return refused_by_kernel(file, number, defect.number == number ? defect.advice : "");
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
        const Obstacle obstacle = execute_obstacle(name);
        if (obstacle.number != 0) return with_word_hint(refusal(name, obstacle), name, path);
        return name;
    }
    if (name.empty()) return not_in_path(name, path, "");
    std::optional<Failure> unusable;
    std::string barred;
    for (const std::string& directory : path) {
        std::string file = in_directory(directory, name);
        const Obstacle obstacle = execute_obstacle(file);
        if (obstacle.number == 0) return file;
        const bool is_found = is_seen(obstacle) || (obstacle.number == ENOENT && !missing_target(file).empty());
        if (is_found && !unusable) unusable = refusal(file, obstacle);
        if (!is_seen(obstacle) && obstacle.number == EACCES && barred.empty()) barred = directory;
    }
    return unusable ? *std::move(unusable) : with_word_hint(not_in_path(name, path, barred), name, path);
}

bool has_command(const std::string& name, const SearchPath& path) {
    const auto is_executable = [](const std::string& file) { return execute_obstacle(file).number == 0; };
    if (name.empty() || is_path(name)) return is_executable(name);
    return std::any_of(path.begin(), path.end(),
                       [&](const std::string& directory) { return is_executable(in_directory(directory, name)); });
}

Result<void> check_format(const std::string& file) { return check_content(file, content_of(file)); }

Result<void> check_content(const std::string& file, const Content& content) {
    if (content.defect.number == 0) return {};
    return refused_by_kernel(file, content.defect.number, content.defect.advice);
}

Failure exec_command(Kernel& kernel, const std::string& file, StringVector argv, StringVector environment,
                     SettingName capabilities) {
    const int number = kernel.execute(file, argv, environment);
    return exec_failure(file, number, environment, capabilities);
}

}  // namespace stepdown
