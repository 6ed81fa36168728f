// SPDX-License-Identifier: Apache-2.0
// Files as execve(2) sees them.
#pragma once

#include "stepdown/base/setting_name.h"

#include <string>
#include <vector>

namespace stepdown {

// The reason why this process cannot execute a file.
struct Obstacle {
    enum class Kind { unseen, file, other };  // other: whatever is not a regular file
    int number = 0;                           // errno; 0: nothing
    Kind kind = Kind::unseen;
};
// The reason why this process cannot execute file, links followed, by its mode, its kind and its mount; none if it may.
// The content is not looked at (content_of).
[[nodiscard]] Obstacle execute_obstacle(const std::string& file);

// The path that the symbolic link file leads to, by whatever links there are in between, if nothing is there; "" if
// something is, or if this process cannot tell.
[[nodiscard]] std::string missing_target(const std::string& file);

// The reason why execve(2) refuses a file for its content.
struct Defect {
    int number = 0;      // the errno of execve(2), or of the failure that env(1) reports; 0: none
    std::string advice;  // a sentence without its full stop; "" where number says it all
    std::string file{};  // the interpreter or loader that stands in the way; "": none does
};

// A script, and its #! line.
struct Script {
    std::string file;
    std::string interpreter;
    std::string sought;  // the program that env(1) looks for ("#!/usr/bin/env bash"); "": none
};

// The beginning of a file, and so on with the interpreter of a script, as the kernel reads them.
struct Content {
    std::vector<Script> scripts;  // the file, and those of the interpreters that are scripts, in this order
    Defect defect;
    std::string unread;  // the one that this process may not read, where the reading ended; "": none
};

// Reads it with the rights of this process. A file that cannot be read has no defect that is known, and neither has one
// that binfmt_misc may know. capabilities is the setting that says which capabilities are kept; "" where none does.
[[nodiscard]] Content content_of(const std::string& file, SettingName capabilities = "");

}  // namespace stepdown
