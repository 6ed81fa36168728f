// SPDX-License-Identifier: Apache-2.0

#include "stepdown/base/message.h"

#include "stepdown/base/text.h"

#include <algorithm>

namespace stepdown {
namespace {

// One text instead of an array of pointers, because a start relocates each pointer (elf(5)).
constexpr std::string_view names =
    "other install-privileged option-invalid command-missing setting-unknown setting-invalid settings-ignored "
    "settings-skipped setting-in-part user-unset user-unknown group-unknown root-unnamed owner-unusable id-unmapped "
    "id-shared groups-lost capability-missing file-unreadable account-file-unchanged name-taken path-missing "
    "path-closed link-refused working-directory-unknown directory-uncreated preparation-impossible path-protected "
    "walk-interrupted exclusion-unused kernel-file-system mount-read-only owner-unchanged entries-skipped "
    "image-copied streams-closed terminal-kept credentials-refused command-not-found command-not-executable "
    "process-limit command-not-run launch-untried content-unknown owner-untried operation-refused system-error";

static_assert(std::count(names.begin(), names.end(), ' ') == static_cast<int>(MessageId::system_error));

}  // namespace

std::string_view name_of(MessageId id) {
    std::string_view rest = names;
    for (int before = static_cast<int>(id); before > 0; --before) pop_piece(rest, ' ');
    return pop_piece(rest, ' ');
}

}  // namespace stepdown
