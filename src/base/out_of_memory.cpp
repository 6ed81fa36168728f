// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/out_of_memory.h"

#include "stepdown/base/output.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>
#include <new>

namespace stepdown {
namespace {

struct End {
    std::string_view line;
    int exit_code = 0;
};

End& end_of_process() {
    static constinit End instance;
    return instance;
}

std::string_view& unsaid() {
    static constinit thread_local std::string_view message;
    return message;
}

// Takes no memory: one line of text, whatever the format of the log is.
void write_plain(std::string_view message) {
    constexpr std::string_view name = "stepdown: ";
    std::array<char, PIPE_BUF> line{};
    const std::size_t length = std::min(message.size(), line.size() - name.size() - 1);
    char* const end = std::copy_n(message.data(), length, std::copy(name.begin(), name.end(), line.data()));
    *end = '\n';
    write_stderr({line.data(), static_cast<std::size_t>(end + 1 - line.data())});
}

[[noreturn]] void end() {
    if (!unsaid().empty()) write_plain(unsaid());
    write_stderr(end_of_process().line);
    ::_exit(end_of_process().exit_code);
}

}  // namespace

void end_when_out_of_memory(std::string_view line, int exit_code) {
    end_of_process() = {line, exit_code};
    std::set_new_handler(end);
}

UnsaidMessage::UnsaidMessage(std::string_view message) { unsaid() = message; }
UnsaidMessage::~UnsaidMessage() { unsaid() = {}; }

}  // namespace stepdown
