// SPDX-License-Identifier: Apache-2.0
// Commands that hold what only a shell reads: CMD ["node server.js"], CMD ["exec", "node"], CMD ["A=1", "node"].
#pragma once

#include "stepdown/launch/command.h"

#include <string>

namespace stepdown {

// The advice for name, a first word that is no command in path. Every command that it proposes is in path. "" where
// name holds nothing that a shell would have read.
[[nodiscard]] std::string word_hint(const std::string& name, const SearchPath& path);

}  // namespace stepdown
