// A file exchanged as a whole.
#pragma once

#include "stepdown/base/result.h"

#include <sys/stat.h>

#include <string>
#include <string_view>

namespace stepdown {

// Puts text in the place of the file name in directory, so that after a crash there is the old file or the new one:
// a temporary file beside it, with the mode and the owner of like (nullptr: our own, 0644), fsync(2), rename(2), and
// fsync(2) of the directory. The temporary file is .NAME.stepdown; one that a crash left there is removed first, so
// the caller holds a lock. Error.number is the errno of what was refused; nothing has changed then.
[[nodiscard]] Result<void> replace_file(int directory, const std::string& name, const struct stat* like,
                                        std::string_view text);

}  // namespace stepdown
