// SPDX-License-Identifier: Apache-2.0
// Starts of which something is made to fail, and what may become of them.
#pragma once

#include "support/files/temporary.h"
#include "support/process/process.h"
#include "support/process/programs.h"

#include <sys/resource.h>

#include <set>
#include <string>
#include <vector>

namespace stepdown::test {

// A start as one of our names, of `probe ids`, with the accounts that are in /etc.
struct TroubledStart {
    std::string name;
    std::string file;   // of programs()
    std::string argv0;  // the name it is called by
    Words words;        // without the command
    std::string ids;    // as Seen::ids() has them
    // What it may exit with, other than 0.
    std::set<int> failures;
};

// What a start leaves behind: a directory to make, a tree to own, and the account files.
class Traces {
  public:
    // more: at the end of /etc/passwd.
    explicit Traces(const std::string& more = "");
    // As before the first start.
    void reset() const;
    // The account files are whole, old or new, and the directory is the user's, or not there.
    void expect_nothing_half() const;
    [[nodiscard]] bool is_tree_the_users() const;
    // The directory is made, and everything in the tree is the user's.
    void expect_all() const;
    [[nodiscard]] std::string new_directory() const { return base_ / "new"; }
    [[nodiscard]] std::string tree() const { return base_ / "tree"; }

  private:
    TemporaryDirectory base_;
    std::string passwd_;
};

// Every stage at once (uid 5000, which gets an entry), the usual start of app, and app by gosu and su-exec.
std::vector<TroubledStart> troubled_starts(const Traces& traces);

Command command_of(const TroubledStart& start);

// The RLIMIT_AS, in bytes, that it takes to get to the end of `stepdown --version`. With less, the kernel or the C
// library ends the process before main.
rlim_t smallest_address_space();

// Either the command ran, as whom it was to, or nothing did, and the exit code says so; never a hang nor a signal.
void expect_whole(const Outcome& outcome, const TroubledStart& start);

}  // namespace stepdown::test
