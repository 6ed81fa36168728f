// SPDX-License-Identifier: Apache-2.0
// The questions of a dry run to a process that is the user, so that nothing is opened with more rights than the user's.
#pragma once

#include "stepdown/base/result.h"
#include "stepdown/base/unique_fd.h"
#include "stepdown/launch/command.h"
#include "stepdown/launch/credentials.h"
#include "stepdown/launch/executable_format.h"
#include "stepdown/system/kernel.h"
#include "stepdown/system/path_trace.h"

#include <sys/types.h>

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown {

enum class Question : char;  // user_process.h

// The longest time in which the user's process has to answer.
inline constexpr std::chrono::seconds longest_wait_for_answer{10};

// A command as the user finds it.
struct FoundCommand {
    std::string file;  // the file that would be executed; "" without a name
    Content content;   // what it holds, as far as the user may read it now
};

// The permissions that the kernel denies the user at one step of a trace.
struct DeniedPermissions {
    // The errno for each Permission: EACCES or EROFS. 0: granted, or the kernel cannot be asked (denial_errno).
    std::array<int, 4> numbers{};
    // The errno for permission.
    [[nodiscard]] int operator[](Permission permission) const {
        return numbers.at(static_cast<std::size_t>(permission));
    }
};

// A forked process that became target (nothing: the user stays) and answers until this object ends. The process is made
// with the first question. It is the user's process, which the user may stop or end: each question fails once it gave
// no answer within longest_wait_for_answer or ended. Each question also fails with the error of drop_privileges.
class AsUser {
  public:
    // kernel outlives this object. A name without '/' is looked for in path.
    AsUser(Kernel& kernel, std::optional<Credentials> target, SearchPath path)
        : kernel_(kernel), target_(std::move(target)), path_(std::move(path)) {}
    AsUser(const AsUser&) = delete;
    AsUser& operator=(const AsUser&) = delete;
    AsUser(AsUser&&) = delete;
    AsUser& operator=(AsUser&&) = delete;
    ~AsUser();

    // The command called name (null: none), if the user could execute it. Errors: those of find_command and
    // check_content, a program that env(1) does not find, and a user who has as many processes as the limit allows.
    [[nodiscard]] Result<FoundCommand> find_command(const char* name);

    // The content of file, as far as the user may read it now.
    [[nodiscard]] Result<Content> read_content(const std::string& file);

    // The denied permissions at each of steps, in order. The process receives their descriptors (unix(7), SCM_RIGHTS).
    [[nodiscard]] Result<std::vector<DeniedPermissions>> denied_permissions(std::span<const PathStep* const> steps);

    // The reason why the process gives no more answers; "" while it does.
    [[nodiscard]] const std::string& failure() const { return failure_; }

  private:
    [[nodiscard]] Result<std::string> ask(Question question, std::string_view text, std::span<const int> descriptors);
    [[nodiscard]] Result<void> start();
    [[nodiscard]] Failure fail_from_now_on(Failure failure);
    void stop();

    Kernel& kernel_;
    std::optional<Credentials> target_;
    SearchPath path_;
    UniqueFd socket_;
    pid_t process_ = -1;
    std::string failure_;
};

}  // namespace stepdown
