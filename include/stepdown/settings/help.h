// SPDX-License-Identifier: Apache-2.0
// The texts of --help, --help-all and --version, for a terminal of 80 columns.
#pragma once

#include "stepdown/settings/options.h"

#include <string>

namespace stepdown {

// The common options, one a line: fits 24 lines along with the prompt that follows.
[[nodiscard]] std::string help_text();

// Every option, under the headings of the topics, how values are separated and quoted, and three examples.
[[nodiscard]] std::string help_all_text();

// One line: the version, the C library, and the source revision if the program was built from exactly that commit.
[[nodiscard]] std::string version_text();

}  // namespace stepdown
