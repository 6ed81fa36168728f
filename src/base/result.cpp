#include "stepdown/base/result.h"

#include <cstring>

namespace stepdown {

Failure fail(std::string message, ExitCode code) { return Failure(Error{std::move(message), code, 0}); }

std::string errno_text(int number) {
    return ::strerror(number);  // NOLINT(concurrency-mt-unsafe): glibc's is safe for known numbers, and in no locale
}

Failure system_error(std::string_view what, int number, std::string_view advice) {
    std::string message{what};
    message.append(": ").append(errno_text(number));
    if (!advice.empty()) message.append(". ").append(advice);
    return Failure(Error{std::move(message), ExitCode::failure, number});
}

std::string errno_name(int number) {
    const char* name = ::strerrorname_np(number);
    return name != nullptr ? name : "errno " + std::to_string(number);
}

}  // namespace stepdown
