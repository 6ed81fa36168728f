// A look at what the user would see, without becoming the user.
#pragma once

#include "stepdown/base/kernel.h"
#include "stepdown/base/result.h"
#include "stepdown/base/way.h"
#include "stepdown/launch/command.h"
#include "stepdown/launch/credentials.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace stepdown {

// Whether this process could become target (nothing: it stays who it is) and then execute the command called name;
// asked in a forked child, which becomes the user. The file that would be executed; "" where name is null. Errors:
// those of assume and find_command, and a file that the kernel would refuse to execute.
[[nodiscard]] Result<std::string> probe_launch(Kernel& kernel, const std::optional<Credentials>& target,
                                               const char* name, const SearchPath& path);

// What the kernel refuses the user at one point of a way.
struct Refusals {
    std::array<int, 4> numbers{};  // the errno for each Right, EACCES or EROFS; 0: granted
    [[nodiscard]] int operator[](Right right) const { return numbers.at(static_cast<std::size_t>(right)); }
};

// Refusals for each point of way, in order, asked in a forked child that became target. Errors: those of assume.
[[nodiscard]] Result<std::vector<Refusals>> probe_way(Kernel& kernel, const std::optional<Credentials>& target,
                                                      const Way& way);

}  // namespace stepdown
