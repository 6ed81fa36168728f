// Debian's gosu beside this one.
#pragma once

#include "support/process.h"
#include "support/programs.h"

#include <optional>
#include <string>

namespace stepdown::test {

enum class Gosu { ours, debians };

// Why Debian's cannot be run; nothing: it can.
std::optional<std::string> no_debians_gosu();

// `gosu words` with the accounts that are in /etc.
Command run_as(Gosu which, const Words& words);

// What a start comes to: how it ended, and, where `probe ids` ran, the ids, the groups (each once) and HOME.
std::string summary(const Outcome& outcome);

}  // namespace stepdown::test
