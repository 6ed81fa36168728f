// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/command_hint.h"

#include "stepdown/base/path.h"
#include "stepdown/base/text.h"
#include "stepdown/system/parent.h"

#include <string>
#include <vector>

namespace stepdown {
namespace {

// The first word after "sh -c SCRIPT" of the parent; "" where the parent is another program, or has no such word.
std::string word_kept_by_shell() {
    constexpr std::size_t words_before = 3;
    const std::vector<std::string> words = words_of_parent();
    const bool has_more = words.size() > words_before;
    return has_more && words[1] == "-c" && basename(words[0]).ends_with("sh") ? words[words_before] : "";
}

}  // namespace

Failure refuse_without_command() {
    const std::string kept = word_kept_by_shell();
    if (kept.empty()) {
        return fail(
            MessageId::command_missing,
            "cannot start: no command is given. See stepdown --help. In a Dockerfile add CMD. If ENTRYPOINT has "
            "no brackets, a shell runs it and drops CMD: write ENTRYPOINT [\"stepdown\"]");
    }
    return fail(MessageId::command_missing,
                concat({"cannot start: no command is given, because a shell runs ENTRYPOINT and drops CMD (",
                        quote(kept), "): write ENTRYPOINT [\"stepdown\"]"}));
}

}  // namespace stepdown
