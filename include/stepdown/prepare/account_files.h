// SPDX-License-Identifier: Apache-2.0
// Changing /etc/passwd and /etc/group where that can be done.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/prepare/account_text.h"

#include <string>
#include <vector>

namespace stepdown {

// One change of one file.
struct FileEdit {
    std::string path;  // absolute
    AccountEdit edit;
    bool operator==(const FileEdit&) const = default;
};

// In the order in which they are made.
using FileEdits = std::vector<FileEdit>;

// Makes the edit.
//
// The lock is that of lckpwdf(3), in the directory of path, even if the file is a link. If it cannot be had, the file
// itself is locked. The file is read under the lock.
//
// A path leads to its file by the operand rule (system/resolve.h). A file that is missing is created, and a file that
// is right already is not touched.
//
// The file is replaced as a whole (replace_file). That is refused if we cannot write the directory, the file is a
// mount, or an attribute cannot be kept. Then a line is appended by one write(2), which is taken back if it was short;
// a rewrite is an error.
//
// The signals of end_on_signals wait while the file is changed, but not while the lock is waited for.
//
// Every error reads "cannot <the edit> in <path>: <reason>". It leaves the file as it was, or says that part of a line
// stays there.
[[nodiscard]] Result<void> make_edit(const FileEdit& edit);

// Checks that make_edit would be allowed to, without changing anything. The error is the one that make_edit would have.
[[nodiscard]] Result<void> check_edit(const FileEdit& edit);

}  // namespace stepdown
