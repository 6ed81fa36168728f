// SPDX-License-Identifier: Apache-2.0
// The programs under test, and the commands most tests start from. Whatever is linked to this runs as root, or is
// skipped.
#pragma once

#include "support/process/process.h"
#include "support/process/skip.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepdown::test {

// The C library that the programs are linked to.
inline constexpr bool with_musl = std::string_view(STEPDOWN_LIBC) == "musl";

// In one directory that everyone can enter, apart from every tree a test gives away.
struct Programs {
    std::string directory;
    std::string stepdown;
    std::string gosu;     // a symbolic link to stepdown
    std::string su_exec;  // a symbolic link to stepdown
    std::string probe;    // support/programs/probe.cpp
    std::string escape;   // support/programs/escape.cpp
};
const Programs& programs();

// `stepdown words`, `gosu words` and `su-exec words`, with test_passwd and test_group as all there is in /etc.
Command stepdown(const Words& words);
Command gosu(const Words& words);
Command su_exec(const Words& words);

// words, then the probe that prints what it sees.
Words and_see(Words words);
// words, then the probe that opens /dev/stdout and /dev/stderr, and writes the name of each into it.
Words and_open(Words words);

// An account database that depends on no machine: root is listed in disk; games in audio; app in audio and video.
extern const char* const test_passwd;
extern const char* const test_group;

}  // namespace stepdown::test
