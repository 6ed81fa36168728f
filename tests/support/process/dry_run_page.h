// SPDX-License-Identifier: Apache-2.0
// The facts on the JSON page of a dry run, without its words.
#pragma once

#include "support/process/process.h"

#include <string>
#include <vector>

namespace stepdown::test {

// The facts of each entry of `access` on page, one text an entry. The use and the path come first, then the permission,
// the object that denies it, its owner and its mode, then each suggestion:
//   "argument /data | write /data 0:0 0755 | setting GOSU_CHOWN /data | chmod chmod a+w /data"
// " acl" follows the mode if an ACL may decide. The second part is missing if nothing denies anything, as for a path
// that does not exist.
std::vector<std::string> access_on(const std::string& page);

// The same of the page that dry_run, which is expected to succeed, prints once it has the flag --json: all entries, or
// those of one use ("argument").
std::vector<std::string> access_of(Command dry_run, const std::string& use = "");

// The ids of the problems on the page that dry_run prints, which is expected to end with 125, or with 0 for none.
std::vector<std::string> problems_of(Command dry_run);
// The ids of the warnings on that page.
std::vector<std::string> warnings_of(Command dry_run);

}  // namespace stepdown::test
