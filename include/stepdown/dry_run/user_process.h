// SPDX-License-Identifier: Apache-2.0
// The forked process of AsUser: its questions and answers, and the loop that it runs. A question is one message on a
// socket of type SOCK_SEQPACKET: the letter of the question and its text, with descriptors where it is about
// permissions. An answer is a byte with the exit code of an error, or ExitCode::success, a byte with the MessageId, and
// the error's message or the answer's text.
#pragma once

#include "stepdown/dry_run/as_user.h"

#include <optional>
#include <string>
#include <string_view>

namespace stepdown {

enum class Question : char {
    no_command = 'n',   // could the user execute anything?
    command = 'c',      // text: the name
    content = 'r',      // text: the file
    permissions = 'p',  // descriptors: of the steps
};

extern const std::string_view cannot_try;  // the beginning of each error of the process

inline constexpr std::size_t max_descriptors = 128;  // of one message; the kernel takes 253 (unix(7))

inline constexpr std::array asked_permissions{Permission::search, Permission::read, Permission::write,
                                              Permission::execute};

// A found command as text, and back.
[[nodiscard]] std::string in_text(const FoundCommand& found);
[[nodiscard]] FoundCommand from_text(std::string_view text);

// Becomes target (nothing: stays), answers each question from socket, and ends when the other end is closed. A process
// that could not become target answers each question with that error.
[[noreturn]] void answer_questions(int socket, Kernel& kernel, const std::optional<Credentials>& target,
                                   const SearchPath& path);

}  // namespace stepdown
