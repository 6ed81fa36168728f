// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/user_process.h"

#include "stepdown/base/text.h"

#include <linux/limits.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace stepdown {

const std::string_view cannot_try = "cannot try the launch";

namespace {

// Strings, each of which ends with a null byte, because no path holds one.
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

// A directory is never executed: the kernel looks at the limit first (execve(2), EAGAIN), and then refuses it.
bool is_at_process_limit(Kernel& kernel) {
    std::string word = "stepdown";
    const std::array<char*, 2> words{word.data(), nullptr};
    return kernel.execute("/", words.data(), words.data() + 1) == EAGAIN;
}

// what: the beginning of the message, which is that of a start.
Result<void> check_process_limit(Kernel& kernel, std::string_view what) {
    if (!is_at_process_limit(kernel)) return {};
    return with_id(MessageId::process_limit, system_error(what, EAGAIN, advice_at_process_limit(::geteuid())));
}

Result<void> find_for_env(const Script& script, const SearchPath& path) {
    if (script.sought.empty()) return {};
    const auto found = find_command(script.sought, path);
    if (found) return {};
    return fail(found.error().id,
                concat({found.error().message, ". The #! line of ", quote(script.file), " has env(1) look for it"}),
                found.error().code);
}

Result<std::string> find(Kernel& kernel, const std::string& name, const SearchPath& path, SettingName capabilities) {
    FoundCommand found;
    found.file = TRY(find_command(name, path));
    TRY(check_process_limit(kernel, "cannot run " + quote(found.file)));
    found.content = content_of(found.file, capabilities);
    TRY(check_content(found.file, found.content));
    for (const Script& script : found.content.scripts) TRY(find_for_env(script, path));
    return in_text(found);
}

// A question as it was received. It closes its descriptors.
struct Received {
    std::string text;
    std::vector<UniqueFd> descriptors;
};

void take_descriptors(const msghdr& message, std::vector<UniqueFd>& descriptors) {
    const cmsghdr* header = CMSG_FIRSTHDR(&message);  // a question has one such part at most
    if (header == nullptr || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return;
    std::vector<int> numbers((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    std::memcpy(numbers.data(), CMSG_DATA(header), numbers.size() * sizeof(int));
    for (const int number : numbers) descriptors.emplace_back(number);
}

// Nothing: the other end was closed.
std::optional<Received> receive(int socket) {
    std::array<char, std::size_t{2} * PATH_MAX> text{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * max_descriptors)> control{};
    iovec part{text.data(), text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t got = 0;
    do {
        got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return std::nullopt;
    Received received{{text.data(), static_cast<std::size_t>(got)}, {}};
    take_descriptors(message, received.descriptors);
    return received;
}

// A byte for each permission at each step.
std::string denials_of(const std::vector<UniqueFd>& steps) {
    std::string bytes;
    for (const UniqueFd& step : steps) {
        for (const Permission permission : asked_permissions)
            bytes += static_cast<char>(denial_errno(step.get(), permission));
    }
    return bytes;
}

Result<std::string> answer_to(const Received& received, Kernel& kernel, const SearchPath& path,
                              SettingName capabilities) {
    const std::string text = received.text.substr(1);
    switch (static_cast<Question>(received.text.front())) {
        case Question::no_command: TRY(check_process_limit(kernel, cannot_try)); return in_text(FoundCommand{});
        case Question::command: return find(kernel, text, path, capabilities);
        case Question::content: return in_text(FoundCommand{text, content_of(text, capabilities)});
        case Question::permissions: return denials_of(received.descriptors);
    }
    return fail(MessageId::launch_untried, "unknown question");
}

Result<std::string> answer_as(const Result<void>& became, const Received& received, Kernel& kernel,
                              const SearchPath& path, SettingName capabilities) {
    TRY(Result<void>(became));
    return answer_to(received, kernel, path, capabilities);
}

}  // namespace

std::string in_text(const FoundCommand& found) {
    const Content& content = found.content;
    Writer writer;
    writer.add(found.file);
    writer.add(content.defect.number);
    for (const std::string* each : {&content.defect.advice, &content.defect.file, &content.unread}) writer.add(*each);
    for (const Script& script : content.scripts) {
        for (const std::string* each : {&script.file, &script.interpreter, &script.sought}) writer.add(*each);
    }
    return std::move(writer).text();
}

FoundCommand from_text(std::string_view text) {
    Reader reader(text);
    FoundCommand found;
    found.file = reader.string();
    Content& content = found.content;
    content.defect.number = reader.number();
    for (std::string* each : {&content.defect.advice, &content.defect.file, &content.unread}) *each = reader.string();
    while (!reader.is_at_end()) {
        Script script;
        for (std::string* each : {&script.file, &script.interpreter, &script.sought}) *each = reader.string();
        content.scripts.push_back(std::move(script));
    }
    return found;
}

void answer_questions(int socket, Kernel& kernel, const std::optional<Credentials>& target, const SearchPath& path) {
    const Result<void> became = target ? drop_privileges(kernel, *target) : Result<void>();
    while (const auto received = receive(socket)) {
        const Result<std::string> answer = answer_as(became, *received, kernel, path, capabilities_setting(target));
        const Error& error = answer ? Error{} : answer.error();
        std::string text{static_cast<char>(answer ? ExitCode::success : error.code), static_cast<char>(error.id)};
        text += answer ? *answer : error.message;
        if (::send(socket, text.data(), text.size(), MSG_NOSIGNAL) < 0) break;
    }
    ::_exit(0);
}

}  // namespace stepdown
