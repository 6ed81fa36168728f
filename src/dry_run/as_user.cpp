// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/as_user.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/launch/executable_format.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#include <utility>

namespace stepdown {
namespace {

constexpr std::string_view what = "cannot try the launch";

using Question = std::function<Result<std::string>()>;

// An answer is text: strings, each of which ends with a null byte, for no path holds one.
class Writer {
  public:
    void add(const std::string& text) { text_.append(text).push_back('\0'); }
    void add(int number) { add(std::to_string(number)); }
    [[nodiscard]] std::string text() && { return std::move(text_); }

  private:
    std::string text_;
};

class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}
    std::string string() { return std::string(pop_piece(rest_, '\0')); }
    int number() { return static_cast<int>(parse_id(string()).value_or(0)); }
    [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

std::string in_text(const std::string& file, const Content& content) {
    Writer writer;
    writer.add(file);
    writer.add(content.defect.number);
    for (const std::string* each : {&content.defect.advice, &content.defect.file, &content.unread}) writer.add(*each);
    for (const Script& script : content.scripts) {
        for (const std::string* each : {&script.file, &script.interpreter, &script.sought}) writer.add(*each);
    }
    return std::move(writer).text();
}

FoundCommand from_text(std::string_view text) {
    Reader reader(text);
    FoundCommand launch;
    launch.file = reader.string();
    launch.content.defect.number = reader.number();
    Content& content = launch.content;
    for (std::string* each : {&content.defect.advice, &content.defect.file, &content.unread}) *each = reader.string();
    while (!reader.is_at_end()) {
        Script script;
        for (std::string* each : {&script.file, &script.interpreter, &script.sought}) *each = reader.string();
        content.scripts.push_back(std::move(script));
    }
    return launch;
}

// A directory is never executed: the kernel looks at the limit first (execve(2), EAGAIN), and then refuses it.
bool is_at_process_limit(Kernel& kernel) {
    std::string word = "stepdown";
    const std::array<char*, 2> words{word.data(), nullptr};
    return kernel.execute("/", words.data(), words.data() + 1) == EAGAIN;
}

Result<void> find_for_env(const Script& script, const SearchPath& path) {
    if (script.sought.empty()) return {};
    const auto found = find_command(script.sought, path);
    if (found) return {};
    return fail(concat({found.error().message, ". The #! line of ", quote(script.file), " has env(1) look for it"}),
                found.error().code);
}

Result<std::string> find(Kernel& kernel, const char* name, const SearchPath& path) {
    if (is_at_process_limit(kernel)) return system_error(what, EAGAIN, advice_at_process_limit(::geteuid()));
    if (name == nullptr) return in_text("", {});
    const std::string file = TRY(find_command(name, path));
    const Content content = content_of(file);
    TRY(check_content(file, content));
    for (const Script& script : content.scripts) TRY(find_for_env(script, path));
    return in_text(file, content);
}

// The child's answer: its exit status is the error's code, what it writes the path or the message.
[[noreturn]] void answer(int fd, const Result<std::string>& found) {
    static_cast<void>(write_all(fd, found ? *found : found.error().message).has_value());
    ::_exit(static_cast<int>(found ? ExitCode::success : found.error().code));
}

// Nothing: it did not end in time.
std::optional<std::string> read_answer(int fd) {
    const auto end = std::chrono::steady_clock::now() + longest_wait_for_answer;
    std::string text;
    std::array<char, 4096> buffer{};
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) return std::nullopt;
        pollfd answer{fd, POLLIN, 0};
        if (::poll(&answer, 1, static_cast<int>(left.count())) <= 0) continue;
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

bool is_answer(ExitCode code) {
    return code == ExitCode::success || code == ExitCode::failure || code == ExitCode::not_executable ||
           code == ExitCode::not_found;
}

// Of a child that closed its end of the pipe, and so is ending.
Result<ExitCode> wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return system_error(what, errno);
    }
    const auto code = static_cast<ExitCode>(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    if (!is_answer(code)) return fail(concat({what, ": the child was killed"}));
    return code;
}

// A process without CAP_KILL cannot end the user's process, and nobody can end one that waits for a dead file server.
// Nothing waits for such a child: whoever is process 1 inherits it.
Failure give_up(pid_t child) {
    ::kill(child, SIGKILL);
    return fail(concat({what, ": the child that became the user gave no answer for ",
                        std::to_string(longest_wait_for_answer.count()),
                        " seconds. It was stopped, or waits for a file system that does not answer"}));
}

Result<std::string> become_and_ask(Kernel& kernel, const std::optional<Credentials>& target, const Question& question) {
    if (target) TRY(drop_privileges(kernel, *target));
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
    auto text = read_answer(reader.get());
    if (!text) return give_up(child);
    const ExitCode code = TRY(wait_for(child));
    if (code != ExitCode::success) return fail(*std::move(text), code);
    return *std::move(text);
}

constexpr std::array permissions{Permission::search, Permission::read, Permission::write, Permission::execute};

// A byte for each permission at each step.
std::string refusals_at(const PathTrace& trace) {
    std::string bytes;
    for (const PathStep& step : trace.steps) {
        for (const Permission permission : permissions) bytes += static_cast<char>(denial_errno(step, permission));
    }
    return bytes;
}

}  // namespace

Result<FoundCommand> find_command_as_user(Kernel& kernel, const std::optional<Credentials>& target, const char* name,
                                          const SearchPath& path) {
    return from_text(TRY(ask(kernel, target, [&] { return find(kernel, name, path); })));
}

Result<Content> read_content_as_user(Kernel& kernel, const std::optional<Credentials>& target,
                                     const std::string& file) {
    const auto read = [&file] { return Result<std::string>(in_text(file, content_of(file))); };
    return from_text(TRY(ask(kernel, target, read))).content;
}

Result<std::vector<DeniedPermissions>> trace_as_user(Kernel& kernel, const std::optional<Credentials>& target,
                                                     const PathTrace& trace) {
    const std::string bytes = TRY(ask(kernel, target, [&trace] { return Result<std::string>(refusals_at(trace)); }));
    std::vector<DeniedPermissions> all(trace.steps.size());
    for (std::size_t i = 0; i < bytes.size(); ++i)
        all.at(i / permissions.size()).numbers.at(i % permissions.size()) = static_cast<unsigned char>(bytes[i]);
    return all;
}

}  // namespace stepdown
