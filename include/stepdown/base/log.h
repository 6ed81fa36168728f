// SPDX-License-Identifier: Apache-2.0
// Messages on standard error, under the rules of write_stderr (base/output.h).
#pragma once

#include "stepdown/base/message.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace stepdown {

// In descending order of importance. A message is printed if its level is the configured one or stands before that.
enum class LogLevel { error, warn, info, debug };
enum class LogFormat { text, json };

// Each message is one write of at most PIPE_BUF bytes; what does not fit at once is dropped.
// text: "stepdown: warning: <message>"; an error has no level word. json: one object a line with ts (RFC 3339, UTC),
// level, logger and msg, and id where the message has one. Until this is called: warn, text. It may be called again,
// and counts from the next message on. Messages come from one thread. A message for which there is no memory is still
// printed: as text without a level word.
void configure_log(LogLevel level, LogFormat format);

// Returns the settings that were configured last.
[[nodiscard]] LogFormat log_format();

// Returns true if a message of this level is printed. Callers ask before they make a message that costs something.
[[nodiscard]] bool log_enabled(LogLevel level);

// Each prints message at its level, or does nothing if that level is off. message is text as a user reads it, without a
// line feed at its end and with names from the file system escaped (quote). They never block and report no error.
void log_error(std::string_view message, MessageId id = MessageId::other);
void log_warn(const Message& message);
void log_info(std::string_view message);
void log_debug(std::string_view message);

// A number that message holds in words, for programs: in json a member of its own.
struct LogNumber {
    const char* name;
    std::uint64_t value;
};

// News of something that takes long: printed where warnings are, and no warning: text has no level word, json has info.
void log_progress(std::string_view message, std::span<const LogNumber> numbers = {});

}  // namespace stepdown
