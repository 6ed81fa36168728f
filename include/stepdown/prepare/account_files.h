// SPDX-License-Identifier: Apache-2.0
// Changing /etc/passwd and /etc/group where that can be done.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/prepare/account_text.h"

#include <string>
#include <vector>

namespace stepdown {

struct FileEdit {
    std::string path;  // absolute
    AccountEdit edit;
    bool operator==(const FileEdit&) const = default;
};

// In the order in which they are made.
using FileEdits = std::vector<FileEdit>;

// Makes the edit under the lock of lckpwdf(3), which is in the directory of path even where the file is a link that
// leads elsewhere, or where that cannot be had under one of the file itself, in the text that the file has then; a file
// that is right already is not touched. The file is replaced as a whole (replace_file). Where that is refused (the
// directory is not ours to write, the file is a mount, an attribute cannot be kept), a line is appended by one write,
// taken back if it was short, and a rewrite is an error. A path leads there by the operand rule; a file that is missing
// is created. The signals of end_on_signals wait while the file is changed, not while the lock is waited for. Every
// error reads "cannot <the edit> in <path>: <reason>" and leaves the file as it was, or says that part of a line stays
// there.
[[nodiscard]] Result<void> make_edit(const FileEdit& edit);

// Checks that make_edit would be allowed to, without changing anything. The error is the one that make_edit would have.
[[nodiscard]] Result<void> check_edit(const FileEdit& edit);

}  // namespace stepdown
