// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/result.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace stepdown {
namespace {

struct ErrnoWords {
    int number;
    const char* name;
    const char* text;
};

// The errors of calls on files. The words are glibc's: those of another C library may differ, and those of the same
// message should not.
constexpr auto known = std::to_array<ErrnoWords>({
    // clang-format off
    {EPERM, "EPERM", "Operation not permitted"},
    {ENOENT, "ENOENT", "No such file or directory"},
    {EINTR, "EINTR", "Interrupted system call"},
    {EIO, "EIO", "Input/output error"},
    {ENXIO, "ENXIO", "No such device or address"},
    {EBADF, "EBADF", "Bad file descriptor"},
    {EAGAIN, "EAGAIN", "Resource temporarily unavailable"},
    {ENOMEM, "ENOMEM", "Cannot allocate memory"},
    {EACCES, "EACCES", "Permission denied"},
    {EBUSY, "EBUSY", "Device or resource busy"},
    {EEXIST, "EEXIST", "File exists"},
    {EXDEV, "EXDEV", "Invalid cross-device link"},
    {ENODEV, "ENODEV", "No such device"},
    {ENOTDIR, "ENOTDIR", "Not a directory"},
    {EISDIR, "EISDIR", "Is a directory"},
    {EINVAL, "EINVAL", "Invalid argument"},
    {ENFILE, "ENFILE", "Too many open files in system"},
    {EMFILE, "EMFILE", "Too many open files"},
    {ETXTBSY, "ETXTBSY", "Text file busy"},
    {EFBIG, "EFBIG", "File too large"},
    {ENOSPC, "ENOSPC", "No space left on device"},
    {EROFS, "EROFS", "Read-only file system"},
    {EMLINK, "EMLINK", "Too many links"},
    {ENAMETOOLONG, "ENAMETOOLONG", "File name too long"},
    {ENOSYS, "ENOSYS", "Function not implemented"},
    {ELOOP, "ELOOP", "Too many levels of symbolic links"},
    {EOVERFLOW, "EOVERFLOW", "Value too large for defined data type"},
    {EOPNOTSUPP, "EOPNOTSUPP", "Operation not supported"},
    {ENOKEY, "ENOKEY", "Required key not available"},
    {ESTALE, "ESTALE", "Stale file handle"},
    {EDQUOT, "EDQUOT", "Disk quota exceeded"},
    {EREMOTEIO, "EREMOTEIO", "Remote I/O error"},
    {ETIMEDOUT, "ETIMEDOUT", "Connection timed out"},
    {ENOTCONN, "ENOTCONN", "Transport endpoint is not connected"},
    {EHOSTDOWN, "EHOSTDOWN", "Host is down"},
    {EHOSTUNREACH, "EHOSTUNREACH", "No route to host"},
    {EUCLEAN, "EUCLEAN", "Structure needs cleaning"},
    {EILSEQ, "EILSEQ", "Invalid or incomplete multibyte or wide character"},
    // clang-format on
});

const ErrnoWords* words_of(int number) {
    const auto* found =
        std::find_if(known.begin(), known.end(), [=](const auto& words) { return words.number == number; });
    return found == known.end() ? nullptr : found;
}

MessageId id_of(int number) {
    switch (number) {
        case ENOENT:
        case ENOTDIR: return MessageId::path_missing;
        case EACCES: return MessageId::path_closed;
        case EPERM: return MessageId::operation_refused;
        case EROFS: return MessageId::mount_read_only;
        default: return MessageId::system_error;
    }
}

bool is_said(const Error& all, const Fault& fault) {
    for (std::size_t i = 0; i < all.count(); ++i) {
        if (all.at(i).message == fault.message) return true;
    }
    return false;
}

}  // namespace

Error::Error() noexcept = default;
Error::Error(std::string text, ExitCode exit_code, int error_number, MessageId message_id)
    : Error(Fault{std::move(text), exit_code, error_number, message_id}) {}
Error::Error(Fault fault) : Fault(std::move(fault)) {}
Error::Error(const Error& other) = default;
Error::Error(Error&& other) noexcept = default;
Error& Error::operator=(const Error& other) = default;
Error& Error::operator=(Error&& other) noexcept = default;
Error::~Error() = default;

Failure fail(MessageId id, std::string message, ExitCode code) {
    return Failure(Error{std::move(message), code, 0, id});
}

Failure with_id(MessageId id, Failure failure) {
    failure.value().id = id;
    return failure;
}

[[gnu::cold]] void add_error(Error& all, const Error& next) {
    for (std::size_t i = 0; i < next.count(); ++i) {
        if (!is_said(all, next.at(i))) all.further.push_back(next.at(i));
    }
}

[[gnu::cold]] void add_error(Result<void>& all, Error next) {
    if (all) {
        all = Failure(std::move(next));
    } else {
        add_error(all.error(), next);
    }
}

std::string errno_text(int number) {
    if (const ErrnoWords* words = words_of(number)) return words->text;
    return ::strerror(number);  // NOLINT(concurrency-mt-unsafe): safe for known numbers, and in no locale
}

Failure system_error(std::string_view what, int number, std::string_view advice) {
    std::string message{what};
    message.append(": ").append(errno_text(number));
    if (!advice.empty()) message.append(". ").append(advice);
    return Failure(Error{std::move(message), ExitCode::failure, number, id_of(number)});
}

Failure credentials_error(std::string_view what, int number) {
    return with_id(MessageId::credentials_refused, system_error(what, number));
}

std::string errno_name(int number) {
    if (const ErrnoWords* words = words_of(number)) return words->name;
    return "errno " + std::to_string(number);
}

}  // namespace stepdown
