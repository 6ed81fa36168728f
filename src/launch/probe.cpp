#include "stepdown/launch/probe.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/launch/format.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <functional>

namespace stepdown {
namespace {

constexpr std::string_view what = "cannot try the launch";

using Question = std::function<Result<std::string>()>;

// What env(1) looks for where script has it do that.
Result<void> find_for_env(const std::string& script, const SearchPath& path) {
    const std::string program = program_for_env(script);
    if (program.empty()) return {};
    const auto found = find_command(program, path);
    if (found) return {};
    return fail(concat({found.error().message, ". The #! line of ", quote(script), " has env(1) look for it"}),
                found.error().code);
}

Result<std::string> find(const char* name, const SearchPath& path) {
    if (name == nullptr) return std::string();
    std::string file = TRY(find_command(name, path));
    TRY(check_format(file));
    for (const std::string& script : scripts_of(file)) TRY(find_for_env(script, path));
    return file;
}

// The child's answer: its exit status is the error's code, what it writes the path or the message.
[[noreturn]] void answer(int fd, const Result<std::string>& found) {
    static_cast<void>(write_all(fd, found ? *found : found.error().message).has_value());
    ::_exit(static_cast<int>(found ? ExitCode::success : found.error().code));
}

std::string read_answer(int fd) {
    std::string text;
    std::array<char, 4096> buffer{};
    while (true) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

Result<ExitCode> wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return system_error(what, errno);
    }
    if (!WIFEXITED(status)) return fail(std::string(what) + ": the child was killed");
    return static_cast<ExitCode>(WEXITSTATUS(status));
}

Result<std::string> become_and_ask(Kernel& kernel, const std::optional<Credentials>& target, const Question& question) {
    if (target) TRY(assume(kernel, *target));
    return question();
}

// The answer of a child that became target.
Result<std::string> ask(Kernel& kernel, const std::optional<Credentials>& target, const Question& question) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error(what, errno);
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    // Ignored, as a caller may have left it, it would take the child's status away (wait(2)).
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    ::sigaction(SIGCHLD, &usual, nullptr);
    const pid_t child = ::fork();
    if (child < 0) return system_error(what, errno);
    if (child == 0) answer(writer.get(), become_and_ask(kernel, target, question));
    writer = UniqueFd();
    std::string text = read_answer(reader.get());
    const ExitCode code = TRY(wait_for(child));
    if (code != ExitCode::success) return fail(std::move(text), code);
    return text;
}

constexpr std::array rights{Right::enter, Right::read, Right::write, Right::execute};

// A byte for each right at each point.
std::string refusals_at(const Way& way) {
    std::string bytes;
    for (const WayPoint& point : way.points) {
        for (const Right right : rights) bytes += static_cast<char>(refusal_of(point, right));
    }
    return bytes;
}

}  // namespace

Result<std::string> probe_launch(Kernel& kernel, const std::optional<Credentials>& target, const char* name,
                                 const SearchPath& path) {
    return ask(kernel, target, [&] { return find(name, path); });
}

Result<std::vector<Refusals>> probe_way(Kernel& kernel, const std::optional<Credentials>& target, const Way& way) {
    const std::string bytes = TRY(ask(kernel, target, [&way] { return Result<std::string>(refusals_at(way)); }));
    std::vector<Refusals> all(way.points.size());
    for (std::size_t i = 0; i < bytes.size(); ++i)
        all.at(i / rights.size()).numbers.at(i % rights.size()) = static_cast<unsigned char>(bytes[i]);
    return all;
}

}  // namespace stepdown
