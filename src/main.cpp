#include "stepdown/base/log.h"
#include "stepdown/base/output.h"
#include "stepdown/plan/run.h"
#include "stepdown/prepare/stdio.h"

#include <unistd.h>

#include <exception>

namespace {

using namespace stepdown;

Result<void> run(Kernel& kernel, Personality personality, char** argv) {
    if (personality == Personality::native) return run_natively(kernel, argv, environ);
    return run_as_peer(kernel, personality, argv, environ);
}

// The one place where an error is printed; with no message, what there is to say was printed.
int report(Personality personality, const Error& error) {
    const bool native = personality == Personality::native;
    if (native && !error.message.empty()) log_error(error.message);
    if (!native && !error.message.empty()) write_stderr(error.message + "\n");
    return static_cast<int>(native ? error.code : ExitCode::peer_failure);
}

}  // namespace

// The map, in call order:
//   prepare/stdio              closed standard streams are opened, before anything else could take their place
//   settings/personality       which of our names we were called by
//   plan/run_*                 the pipeline of that name, and in it:
//     launch/start_check         an install that would hand out privileges is refused
//     settings/command_line      flags and variables, by one table (settings/options)
//     base/kernel, base/parent   who this process is, and whether this is the container's start
//     settings/settings          their meaning, every value checked (settings/words, settings/near_miss)
//     prepare/signals            from here on TERM, INT, QUIT and HUP end the start
//     identity/accounts          /etc/passwd and /etc/group
//     plan/plan                  the Plan: identity/*, plan/account_plan, launch/environment
//     plan/inspect, describe     --dry-run stops here
//     plan/carry_out             nothing is decided from here on:
//       plan/check_paths           every path is looked at before the first change
//       prepare/account_files      /etc/passwd and /etc/group
//       prepare/directories        mkdir -p, for the user
//       ownership/ownership        the recursive chown
//       prepare/stdio              the standard streams are opened to the user
//       launch/credentials         groups, gids, uids, capabilities; no way back
//       launch/command             the search in PATH, and execve
int main(int /*argc*/, char** argv) {
    LinuxKernel kernel;
    const Personality personality = personality_of(argv[0]);
    try {
        Result<void> outcome = open_missing_standard_streams();
        if (outcome) outcome = run(kernel, personality, argv);
        return outcome ? 0 : report(personality, outcome.error());
    } catch (const std::exception&) {  // std::bad_alloc, or a lock that lacks memory: nothing else is let through
        write_stderr("stepdown: cannot start: out of memory\n");
        return static_cast<int>(personality == Personality::native ? ExitCode::failure : ExitCode::peer_failure);
    }
}
