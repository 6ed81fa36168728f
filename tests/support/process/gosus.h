// SPDX-License-Identifier: Apache-2.0
// Debian's gosu beside this one.
#pragma once

#include "support/process/process.h"
#include "support/process/programs.h"

#include <optional>
#include <string>
#include <vector>

namespace stepdown::test {

enum class Gosu { ours, debians };

// Why Debian's cannot be run; nothing: it can.
std::optional<std::string> no_debians_gosu();

// The numbers of a version, the major one first. Versions compare as these vectors do.
using Version = std::vector<int>;

// What `gosu --version` of Debian's gosu says, such as "1.17 (go1.24.4 on linux/amd64; gc)". A version that is not
// found in it is empty.
struct GosuVersions {
    Version gosu;
    Version go;  // the compiler, whose library has a part in what gosu does
};
GosuVersions debians_versions();

// `gosu words` with the accounts that are in /etc.
Command run_as(Gosu which, const Words& words);

// What a start comes to: how it ended, and, where `probe ids` ran, the ids, the groups (each once) and HOME.
std::string summary(const Outcome& outcome);

}  // namespace stepdown::test
