// SPDX-License-Identifier: Apache-2.0
// A pseudo-terminal of a test.
#pragma once

#include "stepdown/base/unique_fd.h"

#include <string>

namespace stepdown::test {

struct Terminal {
    UniqueFd master;
    UniqueFd slave;
    std::string path;  // of the slave
};

// Nobody's controlling terminal yet; its slave belongs to root. Throws std::system_error when there is none.
Terminal open_terminal();

// What was written to the slave and not yet read, without waiting.
std::string output_of(const Terminal& terminal);

}  // namespace stepdown::test
