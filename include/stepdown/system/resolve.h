// SPDX-License-Identifier: Apache-2.0
// Safe path resolution: the operand rule. A path that an application may have prepared is never followed anywhere
// that root did not choose.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/base/unique_fd.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

enum class Presence { required, optional };

// A path that somebody gave us to work on.
struct Operand {
    std::string path;
    Presence presence = Presence::required;  // optional: nothing is done where it does not exist
    std::string hint{};                      // ends the message that it is missing (settings/path_hint.h); "" for none
    bool operator==(const Operand&) const = default;
};

struct Resolved {
    UniqueFd fd;       // O_PATH on the object itself, never on a symbolic link
    std::string path;  // where it is: absolute, without links, ".", ".." or doubled slashes
};

// Resolves path component by component from /, with O_PATH|O_NOFOLLOW (open(2)); a relative path is getcwd(2) plus
// path. A symbolic link is followed only if root owns the link, and if every directory passed so far belongs to root
// and is writable for nobody else. A sticky directory of root's (/tmp) may be passed on the way to a directory of
// root's, but a link that lies directly in one is not followed. ".." leads back the way the path came. Trailing slashes
// mean nothing. A link to an open file of a process (/dev/stdout, /proc/self/fd/1) is never followed: it has no path.
// verb follows "cannot" in the error ("change the owner of": "cannot change the owner of /data/db: it is a symbolic
// link that uid 1000 controls"). Error.number is ENOENT or ENOTDIR when there is no such object, ELOOP when a link was
// refused. A relative path is an error where the working directory cannot be reached from /, was removed, or has a path
// of over PATH_MAX bytes.
[[nodiscard]] Result<Resolved> resolve(std::string_view verb, std::string_view path);

// The part of a path that exists.
struct Reached {
    Resolved deepest;                  // the last object on the way that exists; a directory where something is missing
    std::vector<std::string> missing;  // the names below it, in order, "." left out; empty: all of it exists
    // The whole path, for names without "..".
    [[nodiscard]] std::string path() const;
};

// The same as resolve, but a name that does not exist is no error: the result holds it and all names after it.
[[nodiscard]] Result<Reached> reach(std::string_view verb, std::string_view path);

// Returns true if error says that the object does not exist.
[[nodiscard]] bool is_missing(const Fault& fault);

}  // namespace stepdown
