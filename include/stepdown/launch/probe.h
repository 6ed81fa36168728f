// A look at what the user would see, without becoming the user.
#pragma once

#include "stepdown/base/kernel.h"
#include "stepdown/base/result.h"
#include "stepdown/launch/command.h"
#include "stepdown/launch/credentials.h"

#include <optional>
#include <string>

namespace stepdown {

// find_command with the rights of target (nothing: our own), asked in a forked child that becomes the user.
[[nodiscard]] Result<std::string> find_command_as(Kernel& kernel, const std::optional<Credentials>& target,
                                                  const std::string& name, const SearchPath& path);

}  // namespace stepdown
