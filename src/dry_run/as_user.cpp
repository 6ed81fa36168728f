// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/as_user.h"

#include "stepdown/base/text.h"
#include "stepdown/dry_run/user_process.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace stepdown {
namespace {

void attach(msghdr& message, std::span<std::byte> control, std::span<const int> descriptors) {
    message.msg_control = control.data();
    message.msg_controllen = static_cast<socklen_t>(CMSG_SPACE(descriptors.size_bytes()));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr) return;
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = static_cast<socklen_t>(CMSG_LEN(descriptors.size_bytes()));
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
}

bool send_question(int socket, std::string text, std::span<const int> descriptors) {
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int) * max_descriptors)> control{};
    iovec part{text.data(), text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) attach(message, control, descriptors);
    return ::sendmsg(socket, &message, MSG_NOSIGNAL) >= 0;
}

// Waits until socket can be read, or its other end is closed. Returns false after longest_wait_for_answer.
bool await_answer(int socket) {
    const auto end = std::chrono::steady_clock::now() + longest_wait_for_answer;
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd answer{socket, POLLIN, 0};
        if (::poll(&answer, 1, static_cast<int>(left.count())) > 0) return true;
    }
}

// Nothing: the other end was closed.
std::optional<std::string> receive_answer(int socket) {
    const ssize_t size = ::recv(socket, nullptr, 0, MSG_PEEK | MSG_TRUNC);
    if (size <= 0) return std::nullopt;
    std::string text(static_cast<std::size_t>(size), '\0');
    const bool is_whole = ::recv(socket, text.data(), text.size(), 0) == size && size >= 2;
    return is_whole ? std::optional(std::move(text)) : std::nullopt;
}

Result<std::string> as_result(std::string answer) {
    const auto code = static_cast<ExitCode>(static_cast<unsigned char>(answer.at(0)));
    const auto id = static_cast<MessageId>(answer.at(1));
    answer.erase(0, 2);
    if (code != ExitCode::success) return fail(id, std::move(answer), code);
    return answer;
}

}  // namespace

AsUser::~AsUser() { stop(); }

// A process without CAP_KILL cannot end the user's process, and nobody can end one that waits for a dead file server.
// Nothing waits for such a process: whoever is process 1 inherits it.
void AsUser::stop() {
    if (process_ < 0) return;
    ::shutdown(socket_.get(), SHUT_WR);
    if (!failure_.empty() || !await_answer(socket_.get())) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, WNOHANG);
    } else {
        while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) continue;
    }
    process_ = -1;
}

Failure AsUser::fail_from_now_on(Failure failure) {
    failure_ = failure.value().message;
    return failure;
}

Result<void> AsUser::start() {
    if (process_ >= 0) return {};
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return fail_from_now_on(with_id(MessageId::launch_untried, system_error(cannot_try, errno)));
    }
    socket_ = UniqueFd(ends[0]);
    const UniqueFd child_end(ends[1]);
    // A caller may have left SIGCHLD ignored. Then waitpid(2) would find no child.
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    ::sigaction(SIGCHLD, &usual, nullptr);
    process_ = ::fork();
    if (process_ < 0) return fail_from_now_on(with_id(MessageId::launch_untried, system_error(cannot_try, errno)));
    if (process_ > 0) return {};
    socket_ = UniqueFd();
    answer_questions(child_end.get(), kernel_, target_, path_);
}

Result<std::string> AsUser::ask(Question question, std::string_view text, std::span<const int> descriptors) {
    if (!failure_.empty()) return fail(MessageId::launch_untried, failure_);
    TRY(start());
    const bool is_sent = send_question(socket_.get(), static_cast<char>(question) + std::string(text), descriptors);
    if (is_sent && !await_answer(socket_.get())) {
        return fail_from_now_on(
            fail(MessageId::launch_untried,
                 concat({cannot_try, ": the child that became the user gave no answer for ",
                         std::to_string(longest_wait_for_answer.count()),
                         " seconds. It was stopped, or waits for a file system that does not answer"})));
    }
    auto answer = is_sent ? receive_answer(socket_.get()) : std::nullopt;
    if (!answer)
        return fail_from_now_on(fail(MessageId::launch_untried, concat({cannot_try, ": the child was killed"})));
    return as_result(*std::move(answer));
}

Result<FoundCommand> AsUser::find_command(const char* name) {
    const Question question = name == nullptr ? Question::no_command : Question::command;
    return from_text(TRY(ask(question, name == nullptr ? "" : name, {})));
}

Result<Content> AsUser::read_content(const std::string& file) {
    return from_text(TRY(ask(Question::content, file, {}))).content;
}

Result<std::vector<DeniedPermissions>> AsUser::denied_permissions(std::span<const PathStep* const> steps) {
    std::vector<DeniedPermissions> all;
    while (all.size() < steps.size()) {
        std::vector<int> descriptors;
        for (const PathStep* step : steps.subspan(all.size())) {
            if (descriptors.size() < max_descriptors) descriptors.push_back(step->fd.get());
        }
        const std::string bytes = TRY(ask(Question::permissions, "", descriptors));
        if (bytes.size() != descriptors.size() * asked_permissions.size()) {
            return fail_from_now_on(fail(MessageId::launch_untried,
                                         concat({cannot_try, ": the answer about permissions is not complete"})));
        }
        for (std::size_t i = 0; i < bytes.size(); i += asked_permissions.size()) {
            DeniedPermissions denied;
            std::transform(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                           bytes.begin() + static_cast<std::ptrdiff_t>(i + asked_permissions.size()),
                           denied.numbers.begin(), [](char byte) { return static_cast<unsigned char>(byte); });
            all.push_back(denied);
        }
    }
    return all;
}

}  // namespace stepdown
