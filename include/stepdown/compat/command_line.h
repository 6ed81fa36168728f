// SPDX-License-Identifier: Apache-2.0
// The names stepdown answers to, and how gosu 1.19 and su-exec 0.3 read their words and word their messages.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/system/kernel.h"

#include <string>
#include <variant>

namespace stepdown {

enum class Applet { native, gosu, su_exec };

// By the basename of argv[0]; null or anything unknown is native.
[[nodiscard]] Applet applet_of(const char* argv0);

// gosu USER-SPEC COMMAND [ARGS]
struct CompatCommand {
    std::string spec;
    StringVector command = nullptr;
};

// Standard output or standard error.
enum class Stream { out, err };

// A text to print and an exit status to end with: usage, help, version.
struct UsageText {
    std::string text;
    Stream stream = Stream::err;
    ExitCode status = ExitCode::compat_failure;
};

// Reads the words of applet, which is not native: a command, or the text that answers other words.
[[nodiscard]] std::variant<CompatCommand, UsageText> read_compat_command(Applet applet, StringVector argv);

// error in the words of applet and with its exit code. What is about the command has the codes not_found and
// not_executable; everything else is a failed switch.
[[nodiscard]] Error in_style_of(Applet applet, const CompatCommand& call, const Error& error);

}  // namespace stepdown
