// SPDX-License-Identifier: Apache-2.0

#include "support/process/terminal.h"

#include "support/process/pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace stepdown::test {

Terminal open_terminal() {
    Terminal terminal;
    terminal.master = UniqueFd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    std::array<char, 64> name{};
    const int master = terminal.master.get();
    if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0 ||
        ::ptsname_r(master, name.data(), name.size()) != 0) {
        throw std::system_error(errno, std::generic_category(), "posix_openpt");
    }
    terminal.path = name.data();
    terminal.slave = UniqueFd(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    return terminal;
}

std::string output_of(const Terminal& terminal) { return read_all(terminal.master.get()); }

}  // namespace stepdown::test
