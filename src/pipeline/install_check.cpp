// SPDX-License-Identifier: Apache-2.0

#include "stepdown/pipeline/install_check.h"

#include "stepdown/base/text.h"

#include <sys/stat.h>

#include <string>

namespace stepdown {
namespace {

// The mode of our executable, by the name that execve(2) was given. A set-id bit that took effect shows in the ids
// below. This check is for root, whose ids a set-id bit does not change. /proc/self/exe, where the name leads nowhere,
// costs a tenth of a whole start: procfs makes the entries of a new process when they are first looked at.
mode_t executable_mode() {
    struct stat status {};
    const char* name = executed_name();
    if (name != nullptr && ::stat(name, &status) == 0) return status.st_mode;
    return ::stat("/proc/self/exe", &status) == 0 ? status.st_mode : 0;
}

std::string executable() {
    const char* name = executed_name();
    return quote(name != nullptr ? name : "stepdown");
}

// remedy: a shell command, which the name of the file follows.
[[gnu::cold]] Failure refuse_file(std::string_view what, std::string_view remedy) {
    return fail(MessageId::install_privileged,
                concat({"cannot start: this executable has ", what, ", and anyone could become root by it. Run ",
                        remedy, " ", executable()}));
}

[[gnu::cold]] Failure refuse_ids(std::string_view reason) {
    return fail(MessageId::install_privileged,
                concat({"cannot start: ", reason,
                        ": a set-id program started this, and anyone could become root by it. "
                        "Start it as root, without that program"}));
}

}  // namespace

Result<void> refuse_privileged_install(Kernel& kernel) {
    const mode_t mode = executable_mode();
    if ((mode & S_ISUID) != 0) return refuse_file("the setuid bit", "chmod u-s");
    if ((mode & S_ISGID) != 0) return refuse_file("the setgid bit", "chmod g-s");
    const StartIds ids = kernel.start_ids();
    if (ids.real_uid != ids.effective_uid) return refuse_ids("the real and the effective uid differ");
    if (ids.real_gid != ids.effective_gid) return refuse_ids("the real and the effective gid differ");
    if (ids.real_uid == 0) return {};
    const CapabilitySets sets = TRY(kernel.capabilities());
    if (!sets.permitted.within(sets.ambient)) return refuse_file("file capabilities", "setcap -r");
    return {};
}

}  // namespace stepdown
