// SPDX-License-Identifier: Apache-2.0

#include "stepdown/prepare/attributes.h"

#include "stepdown/base/text.h"

#include <linux/limits.h>
#include <linux/xattr.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

namespace stepdown {
namespace {

Failure not_kept(std::string_view name, int number) {
    Failure failure = system_error(concat({"its extended attribute ", quote(name), " cannot be kept"}), number);
    failure.value().number = ENOTSUP;
    return failure;
}

// The file, its file system or the kernel has none.
bool means_none(int number) { return number == ENODATA || number == ENOTSUP || number == ENOSYS; }

bool is_computed(std::string_view name) { return name == XATTR_NAME_IMA || name == XATTR_NAME_EVM; }

struct Value {
    std::string bytes;
    int number = 0;  // the errno; 0: it was read
};

Value value_of(int fd, const char* name) {
    Value value{std::string(XATTR_SIZE_MAX, '\0'), 0};
    const ssize_t length = ::fgetxattr(fd, name, value.bytes.data(), value.bytes.size());
    if (length < 0) value.number = errno;
    value.bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    return value;
}

// The errno that stands against it; 0: to has it now.
int copy_attribute(int from, int to, const char* name) {
    const Value wanted = value_of(from, name);
    const Value present = value_of(to, name);
    for (const Value* each : {&wanted, &present}) {
        if (each->number != 0 && !means_none(each->number)) return each->number;
    }
    if ((wanted.number == 0) == (present.number == 0) && wanted.bytes == present.bytes) return 0;
    const int outcome = wanted.number != 0 ? ::fremovexattr(to, name)
                                           : ::fsetxattr(to, name, wanted.bytes.data(), wanted.bytes.size(), 0);
    return outcome == 0 ? 0 : errno;
}

}  // namespace

Result<void> copy_attributes(int from, int to) {
    std::string names(XATTR_LIST_MAX, '\0');
    const ssize_t length = ::flistxattr(from, names.data(), names.size());
    if (length < 0 && !means_none(errno)) return not_kept("*", errno);
    names.resize(static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    // Asked for in any case: from may have none, and some file systems do not list it.
    names.append(XATTR_NAME_POSIX_ACL_ACCESS).push_back('\0');
    for (std::string_view rest = names; !rest.empty();) {
        const std::string_view name = pop_piece(rest, '\0');
        const int number = is_computed(name) ? 0 : copy_attribute(from, to, name.data());
        if (number != 0) return not_kept(name, number);
    }
    return {};
}

}  // namespace stepdown
