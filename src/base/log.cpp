// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/log.h"

#include "stepdown/base/out_of_memory.h"
#include "stepdown/base/output.h"
#include "stepdown/base/text.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <array>
#include <climits>
#include <ctime>
#include <memory>
#include <string>
#include <utility>

namespace stepdown {
namespace {

// A logger is made with its first message, because most starts have nothing to say. It is never destroyed, because a
// destructor would have to be registered at every start.
struct Log {
    LogLevel level = LogLevel::warn;
    LogFormat format = LogFormat::text;
    MessageId id = MessageId::other;  // of the message that is written now, because spdlog's record has no place for it
    spdlog::logger* messages = nullptr;
    spdlog::logger* progress = nullptr;
};

Log& log_state() {
    static constinit Log instance;
    return instance;
}

// One write of at most PIPE_BUF bytes, because pipe(7) keeps such a write whole. Messages come from one thread, so that
// there is nothing to lock.
class StderrSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  public:
    using base_sink::base_sink;

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        if (line.size() > PIPE_BUF) {
            line.resize(PIPE_BUF);
            line[PIPE_BUF - 1] = '\n';
        }
        write_stderr({line.data(), line.size()});
    }
    void flush_() override {}
};

std::string_view word_of(spdlog::level::level_enum level) {
    const auto word = spdlog::level::to_string_view(level);
    return {word.data(), word.size()};
}

// "warning: " and the like. An error has no level word.
class LevelPrefix final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm& /*time*/, spdlog::memory_buf_t& out) override {
        if (message.level == spdlog::level::err) return;
        append(out, word_of(message.level));
        append(out, ": ");
    }
    [[nodiscard]] std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
        return std::make_unique<LevelPrefix>();
    }

  private:
    static void append(spdlog::memory_buf_t& out, std::string_view text) {
        out.append(text.data(), text.data() + text.size());
    }
};

// spdlog hands on no more than the text of a message, so the numbers of the one that is being logged stand here.
std::span<const LogNumber>& numbers_of_message() {
    static constinit std::span<const LogNumber> numbers;
    return numbers;
}

class JsonFormatter final : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        // Room for the other members: a cut object would be no object.
        constexpr std::size_t longest = PIPE_BUF - 256;
        std::size_t length = message.payload.size();
        std::string line;
        do {
            line = object(message, {message.payload.data(), length});
            length = length * 3 / 4;
        } while (line.size() > longest && length > 0);
        line += '\n';
        out.append(line.data(), line.data() + line.size());
    }
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<JsonFormatter>();
    }

  private:
    std::string object(const spdlog::details::log_msg& message, std::string_view text) {
        rapidjson::StringBuffer buffer;
        rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::ASCII<>> writer(buffer);
        spdlog::memory_buf_t time;
        rfc_3339_.format(message, time);
        const auto member = [&writer](const char* key, std::string_view value) {
            writer.Key(key);
            writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
        };
        writer.StartObject();
        member("ts", {time.data(), time.size()});
        member("level", word_of(message.level));
        member("logger", {message.logger_name.data(), message.logger_name.size()});
        if (log_state().id != MessageId::other) member("id", name_of(log_state().id));
        member("msg", as_utf8(text));  // the limit may have cut a character in two
        for (const LogNumber& number : numbers_of_message()) {
            writer.Key(number.name);
            writer.Uint64(number.value);
        }
        writer.EndObject();
        return buffer.GetString();
    }

    spdlog::pattern_formatter rfc_3339_{"%Y-%m-%dT%H:%M:%S.%eZ", spdlog::pattern_time_type::utc, ""};
};

std::unique_ptr<spdlog::formatter> formatter_for(LogFormat format, std::string pattern) {
    if (format == LogFormat::json) return std::make_unique<JsonFormatter>();
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<LevelPrefix>('*').set_pattern(std::move(pattern));
    return formatter;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
        case LogLevel::error: return spdlog::level::err;
        case LogLevel::warn: return spdlog::level::warn;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::debug: return spdlog::level::debug;
    }
    return spdlog::level::warn;
}

void configure_messages(spdlog::logger& logger) {
    logger.set_level(spdlog_level(log_state().level));
    logger.set_formatter(formatter_for(log_state().format, "%n: %*%v"));
}

// Progress is information that is printed where warnings are, and text has no level word for it. A logger of its own
// has a level and a pattern of its own.
void configure_progress(spdlog::logger& logger) {
    logger.set_level(log_enabled(LogLevel::warn) ? spdlog::level::info : spdlog::level::off);
    logger.set_formatter(formatter_for(log_state().format, "%n: %v"));
}

// Not from spdlog's registry, which begins with a logger on standard output. spdlog catches no exception here
// (SPDLOG_NO_EXCEPTIONS), because its own report of one may block.
std::unique_ptr<spdlog::logger> make_logger() {
    return std::make_unique<spdlog::logger>("stepdown", std::make_shared<StderrSink>());
}

void log(spdlog::logger*& logger, void (*configure)(spdlog::logger&), spdlog::level::level_enum level,
         std::string_view message) {
    const UnsaidMessage unsaid(message);
    if (logger == nullptr) {
        auto made = make_logger();
        configure(*made);
        logger = made.release();
    }
    logger->log(level, spdlog::string_view_t(message.data(), message.size()));
}

// The logger has the same level. A hidden message does not reach it, because that would make it.
void log_if_enabled(LogLevel level, std::string_view message, MessageId id = MessageId::other) {
    if (!log_enabled(level)) return;
    log_state().id = id;
    log(log_state().messages, configure_messages, spdlog_level(level), message);
    log_state().id = MessageId::other;
}

}  // namespace

void configure_log(LogLevel level, LogFormat format) {
    Log& state = log_state();
    state.level = level;
    state.format = format;
    if (state.messages != nullptr) configure_messages(*state.messages);
    if (state.progress != nullptr) configure_progress(*state.progress);
}

LogFormat log_format() { return log_state().format; }

bool log_enabled(LogLevel level) { return level <= log_state().level; }

void log_error(std::string_view message, MessageId id) { log_if_enabled(LogLevel::error, message, id); }
void log_warn(const Message& message) { log_if_enabled(LogLevel::warn, message.text, message.id); }
void log_info(std::string_view message) { log_if_enabled(LogLevel::info, message); }
void log_debug(std::string_view message) { log_if_enabled(LogLevel::debug, message); }

void log_progress(std::string_view message, std::span<const LogNumber> numbers) {
    if (!log_enabled(LogLevel::warn)) return;
    numbers_of_message() = numbers;
    log(log_state().progress, configure_progress, spdlog::level::info, message);
    numbers_of_message() = {};
}

}  // namespace stepdown
