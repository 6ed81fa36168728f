// SPDX-License-Identifier: Apache-2.0
// Expectations that many subjects share.
#pragma once

#include "support/process/process.h"

#include <string>
#include <vector>

namespace stepdown::test {

// stepdown itself refused: exit code 125, nothing on stdout, a message of stepdown's that holds every one of words.
void expect_refused(const Outcome& outcome, const std::vector<std::string>& words = {});
// As expect_refused, with the exit code of what cannot be executed (126) or found (127).
void expect_failed(const Outcome& outcome, int exit_code, const std::vector<std::string>& words = {});
// The command ran and ended with 0, and stepdown said nothing.
void expect_silent_success(const Outcome& outcome);
// The messages on stderr, one a line.
std::vector<std::string> messages(const Outcome& outcome);
// "GOSU_CHOWN_ERRORS" and "--chown-errors" alike: whether text holds the name of a setting, given as "chown-errors".
bool names_setting(const std::string& text, const std::string& setting);

}  // namespace stepdown::test
