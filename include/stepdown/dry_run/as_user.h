// SPDX-License-Identifier: Apache-2.0
// A look at what the user would see, without becoming the user.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/launch/command.h"
#include "stepdown/launch/credentials.h"
#include "stepdown/launch/executable_format.h"
#include "stepdown/system/kernel.h"
#include "stepdown/system/path_trace.h"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace stepdown {

// The longest time in which a forked child has to answer.
inline constexpr std::chrono::seconds longest_wait_for_answer{10};

// Each function below asks a forked child that became target (nothing: the user stays), so that nothing is opened with
// more rights than the user's. The child is the user's process, which the user may stop or end. Errors: those of
// assume, and a child that ended without an answer, or gave none within longest_wait_for_answer.

// A command as the user finds it.
struct FoundCommand {
    std::string file;  // the file that would be executed; "" without a name
    Content content;   // what it holds, as far as the user may read it now
};

// The command called name (null: none), if this process could become target and then execute it. Errors: those of
// find_command and check_content, what env(1) does not find, and a user who has as many processes as the limit allows.
[[nodiscard]] Result<FoundCommand> find_command_as_user(Kernel& kernel, const std::optional<Credentials>& target,
                                                        const char* name, const SearchPath& path);

// The content of file, as far as target may read it now.
[[nodiscard]] Result<Content> read_content_as_user(Kernel& kernel, const std::optional<Credentials>& target,
                                                   const std::string& file);

// The permissions that the kernel denies the user at one step of a trace.
struct DeniedPermissions {
    std::array<int, 4> numbers{};  // the errno for each Right, EACCES or EROFS; 0: granted
    [[nodiscard]] int operator[](Permission permission) const {
        return numbers.at(static_cast<std::size_t>(permission));
    }
};

// The denied permissions at each step of trace, in order.
[[nodiscard]] Result<std::vector<DeniedPermissions>> trace_as_user(Kernel& kernel,
                                                                   const std::optional<Credentials>& target,
                                                                   const PathTrace& trace);

}  // namespace stepdown
