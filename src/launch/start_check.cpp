#include "stepdown/launch/start_check.h"

#include <sys/auxv.h>
#include <sys/stat.h>

#include <string>

namespace stepdown {
namespace {

// The mode of our executable, by the name that execve(2) was given. A set-id bit that took effect shows in the ids
// below, whatever has become of that name: this is for root, to whom it gives nothing. /proc/self/exe, where the name
// leads nowhere, costs a tenth of a whole start: procfs makes the entries of a new process when they are first looked
// at.
mode_t executable_mode() {
    struct stat status {};
    const auto* name = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));  // NOLINT: the kernel's own type for it
    if (name != nullptr && ::stat(name, &status) == 0) return status.st_mode;
    return ::stat("/proc/self/exe", &status) == 0 ? status.st_mode : 0;
}

Failure refuse(const std::string& reason) {
    return fail("cannot start: " + reason + ". Anyone could become root with it. Remove that, and start it as root");
}

}  // namespace

Result<void> refuse_privileged_install(Kernel& kernel) {
    const mode_t mode = executable_mode();
    if ((mode & S_ISUID) != 0) return refuse("this executable has the setuid bit");
    if ((mode & S_ISGID) != 0) return refuse("this executable has the setgid bit");
    const StartIds ids = kernel.start_ids();
    if (ids.real_uid != ids.effective_uid) return refuse("the real and the effective uid differ");
    if (ids.real_gid != ids.effective_gid) return refuse("the real and the effective gid differ");
    if (ids.real_uid == 0) return {};
    const CapabilitySets sets = TRY(kernel.capabilities());
    if (!sets.permitted.within(sets.ambient)) return refuse("this executable has file capabilities");
    return {};
}

}  // namespace stepdown
