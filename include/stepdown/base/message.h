// SPDX-License-Identifier: Apache-2.0
// A message and its identifier, which stays the same when the words change: programs and the page about troubleshooting
// go by it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stepdown {

// In the order of the stages. The name of each is in kebab case: "option-invalid".
enum class MessageId {
    other,  // of a message that is neither a problem nor a warning
    // The start as a whole.
    install_privileged,
    option_invalid,
    command_missing,
    setting_unknown,
    setting_invalid,
    settings_ignored,
    settings_skipped,
    setting_in_part,
    // The user and the groups.
    user_unset,
    user_unknown,
    group_unknown,
    root_unnamed,
    owner_unusable,
    id_unmapped,
    id_shared,
    groups_lost,
    capability_missing,
    // The account files.
    file_unreadable,
    account_file_unchanged,
    name_taken,
    // Paths.
    path_missing,
    path_closed,
    link_refused,
    working_directory_unknown,
    directory_uncreated,
    preparation_impossible,
    path_protected,
    walk_interrupted,
    exclusion_unused,
    kernel_file_system,
    mount_read_only,
    owner_unchanged,
    entries_skipped,
    image_copied,
    // The streams, the credentials and the command.
    streams_closed,
    terminal_kept,
    credentials_refused,
    command_not_found,
    command_not_executable,
    process_limit,
    // A dry run.
    command_not_run,
    launch_untried,
    content_unknown,
    owner_untried,
    // Whatever the kernel says besides.
    operation_refused,
    system_error,
};

// "option-invalid".
[[nodiscard]] std::string_view name_of(MessageId id);

// A warning or a problem that is not printed yet.
struct Message {
    // Of a message that belongs to no setting.
    static constexpr std::size_t last = 255;

    MessageId id = MessageId::other;
    std::string text;
    std::size_t place = last;  // messages that are reported together stand in its order: that of the settings
    bool operator==(const Message& other) const { return id == other.id && text == other.text; }
    // A message is compared with words, and printed, as its text.
    bool operator==(std::string_view words) const { return text == words; }
    operator const std::string&() const { return text; }  // NOLINT(google-explicit-constructor)
};

}  // namespace stepdown
