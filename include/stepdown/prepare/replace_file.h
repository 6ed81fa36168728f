// SPDX-License-Identifier: Apache-2.0
// A file exchanged as a whole.
#pragma once

#include "stepdown/base/result.h"

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>

namespace stepdown {

// The file to replace.
struct Original {
    int fd = -1;  // open, in any mode
    const struct stat& status;
};

// Puts text in the place of the file name in directory, so that after a crash there is the old file or the new one. The
// text goes to a temporary file in directory; then follow fsync(2), rename(2), and fsync(2) of the directory. The new
// file has the owner, the mode and the extended attributes of original, with the access control list and the security
// label among them (acl(5), xattr(7)); it has the list of original alone, whatever default list the directory has.
// security.ima and security.evm are left to the kernel, which computes them from the file. No original: the file is
// this process's own, with mode 0644. The temporary file is .NAME.stepdown; one that a crash left there is removed
// first, so the caller holds a lock. Error.number is the errno of what was refused, and ENOTSUP for every attribute
// that cannot be kept, which the message names; nothing has changed then.
[[nodiscard]] Result<void> replace_file(int directory, const std::string& name, const std::optional<Original>& original,
                                        std::string_view text);

}  // namespace stepdown
