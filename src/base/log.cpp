#include "stepdown/base/log.h"

#include "stepdown/base/output.h"
#include "stepdown/base/text.h"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/sink.h>

#include <chrono>
#include <climits>
#include <memory>
#include <string>
#include <utility>

namespace stepdown {
namespace {

// spdlog's name for the level of progress: one that no message has otherwise.
constexpr auto progress_level = spdlog::level::critical;

std::string_view word_of(spdlog::level::level_enum level) {
    const auto word = spdlog::level::to_string_view(level == progress_level ? spdlog::level::info : level);
    return {word.data(), word.size()};
}

// Not a base_sink: that brings spdlog's own formatter with it, whose many classes every start would relocate. There is
// nothing to lock: a line is one write(2), and the formatter stays as it is once there are threads.
class StderrSink final : public spdlog::sinks::sink {
  public:
    explicit StderrSink(std::unique_ptr<spdlog::formatter> formatter) : formatter_(std::move(formatter)) {}
    void log(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        if (line.size() > PIPE_BUF) {
            line.resize(PIPE_BUF);
            line[PIPE_BUF - 1] = '\n';
        }
        write_stderr({line.data(), line.size()});
    }
    void flush() override {}
    void set_pattern(const std::string& /*pattern*/) override {}  // the formatters here have none
    void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override { formatter_ = std::move(formatter); }

  private:
    std::unique_ptr<spdlog::formatter> formatter_;
};

class TextFormatter final : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        append(out, "stepdown: ");
        if (message.level != spdlog::level::err && message.level != progress_level) {
            append(out, word_of(message.level));
            append(out, ": ");
        }
        append(out, {message.payload.data(), message.payload.size()});
        append(out, "\n");
    }
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<TextFormatter>();
    }

  private:
    static void append(spdlog::memory_buf_t& out, std::string_view text) {
        out.append(text.data(), text.data() + text.size());
    }
};

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
    static std::string object(const spdlog::details::log_msg& message, std::string_view text) {
        rapidjson::StringBuffer buffer;
        rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::ASCII<>> writer(buffer);
        const std::string time = timestamp(message.time);
        const auto member = [&writer](const char* key, std::string_view value) {
            writer.Key(key);
            writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
        };
        writer.StartObject();
        member("ts", time);
        member("level", word_of(message.level));
        member("logger", {message.logger_name.data(), message.logger_name.size()});
        member("msg", as_utf8(text));  // the limit may have cut a character in two
        writer.EndObject();
        return buffer.GetString();
    }

    // RFC 3339. By numbers: fmt's way to write a time brings the C++ library's locales, whose classes every start would
    // relocate.
    static std::string timestamp(spdlog::log_clock::time_point time) {
        const auto day = std::chrono::floor<std::chrono::days>(time);
        const std::chrono::year_month_day date(day);
        const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
        return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                           static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                           clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                           clock.subseconds().count());
    }
};

std::unique_ptr<spdlog::formatter> formatter_for(LogFormat format) {
    if (format == LogFormat::json) return std::make_unique<JsonFormatter>();
    return std::make_unique<TextFormatter>();
}

spdlog::level::level_enum level_for(LogLevel level) {
    switch (level) {
        case LogLevel::error: return spdlog::level::err;
        case LogLevel::warn: return spdlog::level::warn;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::debug: return spdlog::level::debug;
    }
    return spdlog::level::warn;
}

struct Configuration {
    LogLevel level = LogLevel::warn;
    LogFormat format = LogFormat::text;
};

Configuration& configuration() {
    static Configuration instance;
    return instance;
}

// Made with each message: a start that has nothing to say makes none. Not from spdlog's registry, which begins with a
// logger on standard output.
void log(spdlog::level::level_enum level, std::string_view message) {
    auto sink = std::make_shared<StderrSink>(formatter_for(configuration().format));
    spdlog::logger logger("stepdown", std::move(sink));
    logger.set_level(spdlog::level::trace);  // asked before: log_enabled
    logger.log(level, spdlog::string_view_t(message.data(), message.size()));
}

void log_if_enabled(LogLevel level, std::string_view message) {
    if (log_enabled(level)) log(level_for(level), message);
}

}  // namespace

void configure_log(LogLevel level, LogFormat format) { configuration() = {level, format}; }

LogFormat log_format() { return configuration().format; }

bool log_enabled(LogLevel level) { return level <= configuration().level; }

void log_error(std::string_view message) { log_if_enabled(LogLevel::error, message); }
void log_warn(std::string_view message) { log_if_enabled(LogLevel::warn, message); }
void log_info(std::string_view message) { log_if_enabled(LogLevel::info, message); }
void log_debug(std::string_view message) { log_if_enabled(LogLevel::debug, message); }

void log_progress(std::string_view message) {
    if (log_enabled(LogLevel::warn)) log(progress_level, message);
}

}  // namespace stepdown
