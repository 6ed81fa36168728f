// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/log.h"
#include "stepdown/base/out_of_memory.h"
#include "stepdown/base/output.h"
#include "stepdown/compat/run.h"
#include "stepdown/pipeline/run.h"
#include "stepdown/prepare/stdio.h"

#include <unistd.h>

#include <cstddef>
#include <string>

namespace {

using namespace stepdown;

int exit_code(Applet applet, ExitCode code) {
    return static_cast<int>(applet == Applet::native ? code : ExitCode::compat_failure);
}

// The first error and its further ones, one line each. A log is read by people, so it has a limit.
void print(const Error& error) {
    constexpr std::size_t most_lines = 20;
    const std::size_t shown = error.count() > most_lines ? most_lines - 1 : error.count();
    for (std::size_t i = 0; i < shown; ++i) log_error(error.at(i).message, error.at(i).id);
    if (shown == error.count()) return;
    log_error("cannot start: " + std::to_string(error.count() - shown) +
                  " more mistakes are not printed here. "
                  "A dry run prints all of them",
              error.at(shown).id);
}

// The one place where an error is printed; with no message, what there is to say was printed.
int report(Applet applet, const Error& error) {
    const bool native = applet == Applet::native;
    if (native && !error.message.empty()) print(error);
    if (!native && !error.message.empty()) write_stderr(error.message + "\n");
    return exit_code(applet, error.code);
}

}  // namespace

// The map, in call order:
//   compat/command_line            finds out by which of its names the program was called
//   base/out_of_memory             from here on, a lack of memory ends the process with a message
//   prepare/stdio                  opens closed standard streams, before anything else could take their place
//   pipeline/run or compat/run     the order of the stages for that name:
//     pipeline/install_check         refuses an install that would hand out privileges
//     settings/command_line          reads flags and variables, by one table (settings/options)
//     pipeline/process, system/parent who this process is, and whether this is the container's start
//     settings/compat_variables      reads the variables of other images (GOSU_COMPAT)
//     settings/settings              understands and checks every value (settings/shell_words, settings/value_hint)
//     prepare/signals                from here on TERM, INT, QUIT and HUP end the start
//     identity/accounts              reads /etc/passwd and /etc/group
//     plan/make_plan                 the Plan: identity/*, plan/*, launch/environment
//     dry_run/preview, *_page        --dry-run ends here
//     pipeline/carry_out             decides nothing more:
//       plan/check_paths               checks the paths before the first change, unless one stage does that itself
//       prepare/account_files          /etc/passwd and /etc/group
//       prepare/directories            mkdir -p, for the user
//       ownership/ownership            the recursive chown
//       prepare/stdio                  opens the standard streams to the user
//       launch/credentials             groups, gids, uids, capabilities; no way back
//       launch/command                 the search in PATH, and execve
int main(int /*argc*/, char** argv) {
    LinuxKernel kernel;
    const Applet applet = applet_of(argv[0]);
    end_when_out_of_memory("stepdown: cannot start: out of memory\n", exit_code(applet, ExitCode::failure));
    Result<void> outcome = open_missing_standard_streams();
    if (outcome && applet == Applet::native) outcome = run_pipeline(kernel, argv, environ);
    if (outcome && applet != Applet::native) outcome = run_applet(kernel, applet, argv, environ);
    return outcome ? 0 : report(applet, outcome.error());
}
