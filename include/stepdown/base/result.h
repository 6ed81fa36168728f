// SPDX-License-Identifier: Apache-2.0
// Errors are values: made where they are seen, carried up by TRY, printed once, in main.
#pragma once

#include "stepdown/base/message.h"

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepdown {

// The exit codes of a process whose command does not run, as env(1), nohup(1) and docker-run(1) use them.
enum class ExitCode : int {
    success = 0,
    compat_failure = 1,    // whatever fails under the names gosu and su-exec
    failure = 125,         // stepdown itself failed
    not_executable = 126,  // the command was found and cannot be executed
    not_found = 127,       // the command was not found
};

// One thing that went wrong.
struct Fault {
    std::string message;  // "cannot <verb> <what>: <reason>", and where known a second sentence with the remedy
    ExitCode code = ExitCode::failure;
    int number = 0;  // the errno it comes from; 0: none
    MessageId id = MessageId::other;
};

// Its members that copy, move and destroy are functions of their own: a copy of them wherever a Result is would cost
// more than the calls.
struct Error : Fault {
    Error() noexcept;
    explicit Error(std::string text, ExitCode exit_code = ExitCode::failure, int error_number = 0,
                   MessageId message_id = MessageId::other);
    explicit Error(Fault fault);
    Error(const Error& other);
    Error(Error&& other) noexcept;
    Error& operator=(const Error& other);
    Error& operator=(Error&& other) noexcept;
    ~Error();

    std::vector<Fault> further{};  // those that were found beside it, none of which follows from another

    // The error itself, and then its further ones.
    [[nodiscard]] std::size_t count() const { return 1 + further.size(); }
    [[nodiscard]] const Fault& at(std::size_t index) const { return index == 0 ? *this : further[index - 1]; }
};

[[nodiscard]] inline Message as_message(const Fault& fault) { return {fault.id, fault.message}; }

using Failure = tl::unexpected<Error>;

// Derived only to add [[nodiscard]] to the type, which tl::expected lacks.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
  public:
    using tl::expected<T, Error>::expected;
};

// A value or an errno, for calls that may fail a million times. An Error is made of it where it is reported.
template <typename T>
using ErrnoOr = tl::expected<T, int>;

// The failure of a check of stepdown's own, which no errno stands behind. message is a whole sentence without its full
// stop, or a reason that the caller puts behind "cannot use <setting>: ".
[[nodiscard]] Failure fail(MessageId id, std::string message, ExitCode code = ExitCode::failure);

// The failure with another identifier. Message, exit code and number stay.
[[nodiscard]] Failure with_id(MessageId id, Failure failure);

// Adds next and its further ones to the further ones of all. One that says the same as one before it is left out.
void add_error(Error& all, const Error& next);

// The same for all that is success, or the errors so far.
void add_error(Result<void>& all, Error next);

// The failure of a system call: "<what>: <text of number>", and ". <advice>" if advice is given. what is a clause such
// as "cannot open /data". The identifier follows from number, an errno of errno(3), and the exit code is failure. No
// other function turns an errno into text.
[[nodiscard]] Failure system_error(std::string_view what, int number, std::string_view advice = "");

// The same, of a call that reads or changes what this process may do: its identifier is credentials_refused.
[[nodiscard]] Failure credentials_error(std::string_view what, int number);

// The text for number that glibc has in the C locale, whatever the C library; for one that is not of files, the
// library's.
[[nodiscard]] std::string errno_text(int number);

// The name of number in errno(3): "EPERM"; "errno 999" where it has none, or is not one of files.
[[nodiscard]] std::string errno_name(int number);

// The value of result, which has one. TRY alone calls it, so that the macro works for Result<void> as well.
template <typename T>
T unwrap(Result<T>&& result) {
    return *std::move(result);
}
inline void unwrap(Result<void>&& /*result*/) {}

}  // namespace stepdown

// The value of a Result, or a return of its error from the calling function.
#define TRY(...)                                                               \
    __extension__({                                                            \
        auto try_result = (__VA_ARGS__);                                       \
        if (!try_result) return tl::unexpected(std::move(try_result).error()); \
        ::stepdown::unwrap(std::move(try_result));                             \
    })
