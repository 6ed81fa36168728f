// Whether the kernel takes a file for a program (execve(2)).
#pragma once

#include <string>
#include <vector>

namespace stepdown {

// What stands between this process and executing a file.
struct Obstacle {
    enum class Kind { unseen, file, other };  // other: whatever is not a regular file
    int number = 0;                           // errno; 0: nothing
    Kind kind = Kind::unseen;
};
[[nodiscard]] Obstacle obstacle_to(const std::string& file);

// What is wrong with the content of a file.
struct Defect {
    int number = 0;      // the errno of execve(2), or of what env(1) says; 0: nothing
    std::string advice;  // a sentence without its full stop; "" where number says it all
};

// Looks at what the file and the interpreters of a script say at their beginning, as the kernel does. A file that
// cannot be read is taken for good, and so is what binfmt_misc may know.
[[nodiscard]] Defect defect_of(const std::string& file);

// The interpreters that the kernel starts for a script, one the other's, as far as they can be read; none: it is no
// script.
[[nodiscard]] std::vector<std::string> interpreters_of(const std::string& file);

// file, if it is a script, and those of its interpreters that are scripts, too.
[[nodiscard]] std::vector<std::string> scripts_of(const std::string& file);

// The program that the script file has env(1) look for ("#!/usr/bin/env bash"); "" for none.
[[nodiscard]] std::string program_for_env(const std::string& file);

}  // namespace stepdown
