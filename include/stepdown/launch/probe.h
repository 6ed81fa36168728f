// A look at what the user would see, without becoming the user.
#pragma once

#include "stepdown/base/kernel.h"
#include "stepdown/base/result.h"
#include "stepdown/launch/command.h"
#include "stepdown/launch/credentials.h"

#include <optional>
#include <string>

namespace stepdown {

// Whether this process could become target (nothing: it stays who it is) and then execute the command called name;
// asked in a forked child, which becomes the user. The file that would be executed; "" where name is null. Errors:
// those of assume and find_command, and a file that the kernel would refuse to execute.
[[nodiscard]] Result<std::string> probe_launch(Kernel& kernel, const std::optional<Credentials>& target,
                                               const char* name, const SearchPath& path);

}  // namespace stepdown
