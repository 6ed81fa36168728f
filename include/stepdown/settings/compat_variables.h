// SPDX-License-Identifier: Apache-2.0
// The variables of other images that count as stepdown's own if the image asks for it by the compat setting. Users of
// linuxserver's and Jupyter's images set them already.
#pragma once

#include "stepdown/settings/command_line.h"

#include <string_view>

namespace stepdown {

enum class Compat {
    linuxserver,  // PUID, PGID and UMASK: docs.linuxserver.io/general/understanding-puid-and-pgid
    jupyter,      // NB_UID, NB_GID, NB_UMASK and CHOWN_EXTRA:
                  // jupyter-docker-stacks.readthedocs.io/en/latest/using/common.html
};

// Gives line, which has the compat setting, the values of those variables in this process's environment. Each keeps its
// own name, and none counts where the option has a value. The paths of CHOWN_EXTRA join those of GOSU_CHOWN, but not
// those of the flag. line is as decide_invocation leaves it, so a call that ignores GOSU_COMPAT takes none of them.
void add_compat_variables(CommandLine& line);

// Returns true if options, the value of CHOWN_EXTRA_OPTS, make chown(1) recursive: one of the words, which a shell
// separates at blanks, is --recursive, or begins with one '-' and holds an R ("-vR").
[[nodiscard]] bool is_recursive(std::string_view options);

}  // namespace stepdown
